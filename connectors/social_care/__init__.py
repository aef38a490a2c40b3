"""The social care connector: a council's plan register to plan events."""
