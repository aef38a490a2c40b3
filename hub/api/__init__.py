"""The HTTP interface: JSON and pages."""
