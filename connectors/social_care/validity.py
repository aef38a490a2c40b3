"""Which of a person's dated rows are in force on a day. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from connectors.social_care.cells import UnreadableCell, read_day
from connectors.social_care.findings import Findings
from connectors.social_care.tables import Row


@dataclass(frozen=True, slots=True)
class InForce:
    """The rows in force that began last (several if on the same day), and whether any has ended."""

    rows: tuple[Row, ...]
    any_ended: bool


def in_force(
    rows: Sequence[Row], begins: str, ends: str, day: date, findings: Findings
) -> tuple[list[tuple[date | None, Row]], bool]:
    """Answer the rows in force on a day with their first day, and whether any has ended before.

    A row ends on its last day: on that day it is no longer in force. An empty first day is "always
    was", an empty last day "still is". A row with an unreadable day is refused.
    """
    standing: list[tuple[date | None, Row]] = []
    any_ended = False
    for row in rows:
        try:
            column = begins
            first = read_day(row.text(begins))
            column = ends
            last = read_day(row.text(ends))
        except UnreadableCell as unreadable:
            findings.refuse(row, column, str(unreadable))
            continue
        if last is not None and last <= day:
            any_ended = True
        elif first is None or first <= day:
            standing.append((first, row))
    return standing, any_ended


def latest_in_force(
    rows: Sequence[Row], begins: str, ends: str, day: date, findings: Findings
) -> InForce:
    """Answer those of the rows in force that began last."""
    standing, any_ended = in_force(rows, begins, ends, day, findings)
    latest = max((first or date.min for first, _ in standing), default=date.min)
    return InForce(
        tuple(row for first, row in standing if (first or date.min) == latest), any_ended
    )
