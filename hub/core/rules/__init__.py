"""The rules, one module each, and the explicit list of them."""
