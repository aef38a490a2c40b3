"""The demo: a made-up town whose hospitals and councils report through the real connectors."""
