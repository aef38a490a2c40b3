"""What is noticed while an extract is read: rows refused, values left out, and why.

No finding holds a value from a cell: it says where, which column, and what was expected.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from connectors.outcome import CONNECTOR_BUG
from connectors.social_care.tables import Row, UnreadableRow
from hub.core.report import REGISTER_ROW_REFUSED, Dropped, FeedFault, Refusal

REFUSALS_PER_TABLE_MAX: Final = 1_000
"""Beyond it refusals are counted, not listed: a garbled file must not become a thousand reports."""

ROW_REFUSED: Final = REGISTER_ROW_REFUSED
PERIOD_START_MISSING: Final = "period_start_missing"
PERIOD_CONTINUATION_MISSING: Final = "period_continuation_missing"
UNBORN_WITHOUT_MOTHER: Final = "unborn_without_mother"


@dataclass(frozen=True, slots=True)
class Finding:
    """One refusal, and the fault of the feed that it amounts to, if it does."""

    refusal: Refusal
    fault: FeedFault | None = None


class Findings:
    """Gathers findings in the order in which they are made, each place and column once."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._found: dict[tuple[str, str], Finding] = {}
        self._per_table: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()
        self._unlisted_faults: dict[FeedFault, None] = {}

    def refuse(
        self, row: Row | UnreadableRow, column: str, expected: str, *, fault: str | None = None
    ) -> None:
        """Note that a cell (or, with a fault, its row) cannot be used."""
        told = FeedFault(code=fault, subject=row.table.name) if fault else None
        named = row.field_name(column) if isinstance(row, Row) else column
        refusal = Refusal(reference=row.reference, field=named, expected=expected, at=self._at)
        self._add(row.table.name, Finding(refusal, told))

    def refuse_row(self, row: Row | UnreadableRow, column: str, expected: str) -> None:
        """Note that a row is not used; where that may hide a plan, the fault says so."""
        self.refuse(row, column, expected, fault=ROW_REFUSED if row.table.registers else None)

    def bug(self, row: Row, kind: str) -> None:
        """Note that a bug of ours costs a person's rows: the register lacks what they say."""
        expected = f"nothing else: this is a bug of the connector ({kind})"
        self.refuse(row, "record", expected, fault=ROW_REFUSED)
        self._unlisted_faults[FeedFault(code=CONNECTOR_BUG, subject=kind)] = None

    def drop(self, reason: str, count: int = 1) -> None:
        """Count something that is left out on purpose."""
        self._dropped[reason] += count

    def add_all(self, others: "Findings") -> None:
        """Take over what another gathering found; what both found counts once."""
        for finding in others.found():
            self._add(finding.refusal.reference.partition(".")[0], finding)
        for left_out in others.dropped():
            self._dropped[left_out.reason] += left_out.count
        self._unlisted_faults.update(dict.fromkeys(others.unlisted_faults()))

    def found(self) -> tuple[Finding, ...]:
        """Answer the findings, in order."""
        return tuple(self._found.values())

    def unlisted_faults(self) -> tuple[FeedFault, ...]:
        """Answer the faults of refusals that are counted and not listed: a fault is never lost."""
        return tuple(self._unlisted_faults)

    def dropped(self) -> tuple[Dropped, ...]:
        """Answer what was left out, by reason in alphabetical order."""
        return tuple(Dropped(reason=r, count=c) for r, c in sorted(self._dropped.items()))

    def _add(self, table: str, finding: Finding) -> None:
        place = (finding.refusal.reference, finding.refusal.field)
        if place in self._found:
            return
        if self._per_table[table] >= REFUSALS_PER_TABLE_MAX:
            self._dropped["refusal_not_listed"] += 1
            if finding.fault is not None:
                self._unlisted_faults[finding.fault] = None
            return
        self._per_table[table] += 1
        self._found[place] = finding


def faults_of(findings: Iterable[Finding], also: Iterable[FeedFault] = ()) -> tuple[FeedFault, ...]:
    """Answer the faults of some findings, and others, each once, in a fixed order."""
    told = {finding.fault for finding in findings if finding.fault is not None} | set(also)
    return tuple(sorted(told, key=lambda fault: (fault.code, fault.subject)))
