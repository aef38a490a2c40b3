"""The connector for NHS numbers that were replaced, as a client of the demographics service tells.

``connector`` reads ``superseded.csv`` and the signals beside it. README.md is for who runs it.
"""

from connectors.nhs_numbers.source import NhsNumbersConnector

connector = NhsNumbersConnector()

__all__ = ["connector"]
