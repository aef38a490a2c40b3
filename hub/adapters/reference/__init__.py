"""Tables of public reference data: councils, their successors, hospital sites, forces, holidays.

Contains public sector information licensed under the Open Government Licence v3.0. Sources and
licences of each table are in README.md beside it; ``scripts/make_reference.py`` makes them again.
"""

import csv
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files

from hub.core.identifiers import ForceCode


def rows_of(table: str) -> list[dict[str, str]]:
    """Answer every row of a table, such as ``authorities``, as column name to text."""
    text = files(__name__).joinpath(f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def bank_holidays() -> frozenset[date]:
    """Answer the bank holidays of England and Wales from 2020 to 2030.

    Later years are by the rule of the Act: a day that is proclaimed for one year alone is added to
    ``scripts/make_reference.py`` when it is announced.
    """
    return frozenset(date.fromisoformat(row["day"]) for row in rows_of("bank_holidays"))


@cache
def force_names() -> Mapping[ForceCode, str]:
    """Answer the names of the 43 territorial forces; no other force has one here."""
    return {ForceCode(row["force"]): row["name"] for row in rows_of("forces")}
