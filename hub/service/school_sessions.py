"""From reports of school registers to the sessions they tell of."""

from collections.abc import Iterator, Sequence

from hub.core.event import SchoolAbsenceFacts
from hub.core.intake import OpenedReport
from hub.core.reasons import RejectReason
from hub.core.report import Feed
from hub.core.school_marks import SchoolSession
from hub.ports import SessionRow


def session_rows(reports: Sequence[OpenedReport]) -> list[SessionRow]:
    """The sessions of these reports, and when their registers were complete.

    A register of which a mark was rejected is not taken as complete: what it lists is not known. Of
    one that was not taken because nobody asks for sickness it is known: no absence to account for.
    """
    return [row for one in reports if one.feed is Feed.SCHOOLS for row in _rows(one)]


def _rows(report: OpenedReport) -> Iterator[SessionRow]:
    agency, register = report.header.agency, report.attendance_register
    if register is not None:
        unclear = any(one.reason is not RejectReason.SICKNESS_NOT_ASKED for one in report.rejected)
        whole = register.complete and not unclear
        yield SessionRow(
            agency=agency,
            session_date=register.session_date,
            session=register.session.value,
            complete_as_at=register.as_at if whole else None,
            received_at=report.raw.received_at,
        )
    for valid in report.events:
        facts = valid.event.facts
        if not isinstance(facts, SchoolAbsenceFacts) or facts.session is SchoolSession.UNKNOWN:
            continue
        if facts.session_date is not None:
            yield SessionRow(
                agency=agency,
                session_date=facts.session_date,
                session=facts.session.value,
                complete_as_at=None,
                received_at=report.raw.received_at,
            )
