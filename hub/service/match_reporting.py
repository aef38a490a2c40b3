"""How well an authority's records are matched: counted, kept by week, told to its own people.

Counting goes through every record of the authority's children once, one child after another, so it
is done by the timekeeper and the command line and never while somebody waits for a page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from hub.core.clock import london_date
from hub.core.disclosure import Role
from hub.core.identifiers import GssCode
from hub.core.match_counts import plain_counts, report_of
from hub.core.match_report import LinkedRecord, MatchCounts, MatchReport
from hub.ports.match_reports import LinkedRow, MatchReading, MatchReportRow, MatchReports
from hub.service.asker import Asker, Surroundings, audit_row
from hub.service.records import evidence_in

MADE_AGAIN_AFTER: Final = timedelta(hours=24)
FEW_AGAIN_AFTER: Final = timedelta(hours=1)
FEW_RECORDS: Final = 20_000
"""To count so many takes about a second of a processor, so it may be done more often."""
LOOKED_AGAIN_AFTER: Final = timedelta(minutes=5)
"""How often it is looked whether a report is due; one of no records at all is then made again."""
WEEKS_TOLD: Final = 12

Progress = Callable[[int, int], None]
"""Told after each child: records gone through, and how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReport:
    """A report, of which week, and when it was made."""

    week: date
    made_at: datetime
    report: MatchReport


class MatchReporting:
    """The use case."""

    def __init__(self, around: Surroundings, reports: MatchReports) -> None:
        self._around = around
        self._reports = reports
        self._look_at: datetime | None = None

    def make(
        self, asker: Asker, authority: GssCode, progress: Progress = lambda *_: None
    ) -> KeptReport:
        """Count an authority's records now, keep the report as that of this week, and answer it.

        Raises:
            HubError: it could not be counted, kept or audited.
        """
        with self._reports.reading(authority.reveal()) as reading:
            report = _counted(reading, authority, progress)
        now = self._around.clock.now()
        kept = KeptReport(week=week_of(now), made_at=now, report=report)
        row = MatchReportRow(week=kept.week, made_at=now, counted=plain_counts(report))
        self._reports.keep(authority.reveal(), row)
        self._audit(asker, "make match report", authority)
        return kept

    def told(self, asker: Asker) -> tuple[KeptReport, ...]:
        """The last reports of the asker's own council, the latest first; none for anybody else.

        Raises:
            HubError: they could not be read or audited; nothing may be shown then.
        """
        authority = asker.authority if asker.role is Role.AGENCY_STAFF else None
        if authority is None:
            return ()
        rows = self._reports.told(authority.reveal(), WEEKS_TOLD)
        self._audit(asker, "match report", authority)
        return tuple(kept for row in rows if (kept := _kept(authority, row)) is not None)

    def make_if_due(self) -> int:
        """Make one report that is missing or old; answer how many were made.

        Several processes may do so beside each other: the later report of a week stands.
        """
        now = self._around.clock.now()
        if self._look_at is not None and now < self._look_at:
            return 0
        for authority in sorted(self._around.policies.authorities, key=lambda one: one.reveal()):
            last = self._reports.told(authority.reveal(), 1)
            if not last or now - last[0].made_at >= _again_after(_kept(authority, last[0])):
                self.make(_TIMEKEEPER, authority)
                return 1
        self._look_at = now + LOOKED_AGAIN_AFTER
        return 0

    def _audit(self, asker: Asker, action: str, authority: GssCode) -> None:
        around = self._around
        row = audit_row(
            around.new_id(),
            asker,
            at=around.clock.now(),
            action=action,
            subjects=(),
            outcome=f"counts of {authority.reveal()}",
            fields=(),
            policies=around.policies,
        )
        with around.questions.question() as asking:
            asking.write_audit(row)


_TIMEKEEPER: Final = Asker(user_id="timekeeper", role=Role.HUB_OPERATOR, organisation="HUB")


def _again_after(kept: KeptReport | None) -> timedelta:
    records = sum(one.records for one in kept.report.agencies) if kept else FEW_RECORDS
    if not records:
        return LOOKED_AGAIN_AFTER
    return FEW_AGAIN_AFTER if records < FEW_RECORDS else MADE_AGAIN_AFTER


def week_of(at: datetime) -> date:
    """Answer the Monday of the week in London."""
    day = london_date(at)
    return day - timedelta(days=day.weekday())


def linked_records(rows: Sequence[LinkedRow], authority: str) -> tuple[LinkedRecord, ...]:
    """Answer one child's records as the core counts them.

    Of a child whom any agency shields, the authority is told its own records alone.
    """
    shielded = any(row.record.shielded for row in rows)
    return tuple(
        LinkedRecord(
            evidence=evidence_in(row.record),
            verdict=row.verdict,
            possible=row.possible,
            counted=row.record.agency == authority
            or (authority in row.record.authorities and not shielded),
        )
        for row in rows
    )


def _counted(reading: MatchReading, authority: GssCode, progress: Progress) -> MatchReport:
    code, total = authority.reveal(), reading.records()
    counts, done = MatchCounts(), 0
    for rows in reading.children():
        counts.add(linked_records(rows, code))
        done += len(rows)
        progress(done, total)
    for agency, waiting in reading.waiting().items():
        counts.add_waiting(agency, waiting)
    return counts.report(authority, reading.identifiers_left_out())


def _kept(authority: GssCode, row: MatchReportRow) -> KeptReport | None:
    report = report_of(authority, row.counted)
    return KeptReport(week=row.week, made_at=row.made_at, report=report) if report else None
