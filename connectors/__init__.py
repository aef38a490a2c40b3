"""Agency connectors: each reads one agency's own records and maps them to events."""
