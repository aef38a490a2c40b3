"""The schools connector: attendance registers to marks of absence.

``connector`` reads a folder of two CSV files: which registers there are, and their marks. The
folder's README is written for a school, or for the vendor of its system.
"""

from connectors.schools.source import SchoolsConnector

connector = SchoolsConnector()

__all__ = ["connector"]
