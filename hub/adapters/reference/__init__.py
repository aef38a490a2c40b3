"""Tables of public reference data: councils, who succeeded them, hospital sites, bank holidays.

Contains public sector information licensed under the Open Government Licence v3.0. Sources and
licences of each table are in README.md beside it; ``scripts/make_reference.py`` makes them again.
"""

import csv
from datetime import date
from functools import cache
from importlib.resources import files


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
