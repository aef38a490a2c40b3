"""A seeded generator of made-up children and of what agencies write about them.

It knows nothing of the hub's matching: what counts as one name, and who could be told from whom,
follows from the facts and tables here, so that no matcher is measured by its own lights.
"""
