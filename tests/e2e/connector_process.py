"""The real connector in a process of these tests, with a fault planted if asked for."""
