"""The social care connector: a council's plan register to plan events.

``connector`` reads a folder of CSV files under the Standard Safeguarding Dataset's own table and
column names, described by an ``extract.json``. The folder's README is written for the council.
"""

from connectors.social_care.source import SocialCareConnector

connector = SocialCareConnector()

__all__ = ["connector"]
