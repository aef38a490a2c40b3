"""The Safeguarding Hub: joins what agencies know of a child, tells the people who can act."""
