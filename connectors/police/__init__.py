"""The police connector: a force's domestic-abuse incidents to one event for each child.

``connector`` reads CSV, JSON, JSON lines and XML of one published shape, under the force's own
mapping file. README.md beside this file is written for the force.
"""

from connectors.police.source import PoliceConnector

connector = PoliceConnector()

__all__ = ["connector"]
