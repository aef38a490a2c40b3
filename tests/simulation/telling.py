"""A year's messages as its agencies' connectors would send them: encoded, sealed and signed."""

from hub.core.intake import SIGNATURE_HEADER, Intake, RawReport, open_report
from hub.core.report import AttendanceRegister, ConnectorStatus
from hub.core.school_marks import SchoolSession
from hub.service.rows import stored_event
from hub.topics import report_topic
from tests.service.laboratory import Agency
from tests.simulation.messages import Beat, RegisterRead, Told
from tests.simulation.town import FEEDS

TELLING = Told | RegisterRead | Beat
"""What comes by way of Kafka."""


def agencies_of_the_year():
    """Every agency that tells, as one publisher with one connector."""
    return {
        code: Agency(code, feed, seed=number)
        for number, (code, feed) in enumerate(sorted(FEEDS.items()), start=20)
    }


def report_of(agency, arrival):
    """The value of the report that a message is."""
    says = arrival.says
    if isinstance(says, Told):
        backfill = says.stored.backfill
        return agency.report(says.event, source_as_of=arrival.read_at, backfill=backfill)
    if isinstance(says, Beat):
        status = ConnectorStatus(read_count=0)
        return agency.report(source_as_of=arrival.read_at, status=status)
    register = AttendanceRegister(
        school=says.agency.removeprefix("URN"),
        session_date=says.day,
        session=SchoolSession(says.session),
        as_at=says.at,
        complete=True,
    )
    return agency.report(source_as_of=arrival.read_at, attendance_register=register)


def as_taken(agency, arrival, value, intake: Intake):
    """What the product's intake makes of a report: the events that it stores, and what it does not.

    ``arrival`` says when it came.
    """
    topic = report_topic(agency.feed)
    raw = RawReport(
        topic=topic,
        partition=0,
        offset=0,
        key=agency.key,
        value=value,
        headers=((SIGNATURE_HEADER, agency.sign(value)),),
        received_at=arrival.at,
    )
    opened = open_report(raw, intake)
    return [stored_event(opened, one) for one in opened.events], opened.rejected
