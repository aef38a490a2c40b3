"""Templates and vendored static files of the pages."""
