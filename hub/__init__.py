"""The Safeguarding Hub: joins what agencies each know of a child and tells the people who can act."""
