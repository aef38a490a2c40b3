"""The routes, one module for each surface; ``hub.api.app`` lists them."""
