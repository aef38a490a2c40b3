"""Use cases over ports: receive, reconcile, check, triage, deliver, tick."""
