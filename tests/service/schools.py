"""Schools for the laboratory: registers as reports, marks of absence as their events."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hub.core.event import Event, EventState, SchoolAbsenceFacts, Subject
from hub.core.identifiers import GssCode, NhsNumber, Postcode, Upn, Urn
from hub.core.policy import Source
from hub.core.report import AttendanceRegister, Feed
from hub.core.school_marks import REASON_OF_CODE, SchoolSession
from tests.service.laboratory import BRADFORD, NOW, NUMBERS, Agency

SCHOOL, OTHER_SCHOOL = Urn("107200"), Urn("107201")
FRIDAY = date(2026, 11, 20)
UPNS = ("B801200005001", "D801200005002", "F801200005003")
AM, PM = SchoolSession.AM, SchoolSession.PM


class School(Agency):
    """A school that signs for itself."""

    def __init__(self, school=SCHOOL, *, seed=20):
        super().__init__(school.agency, Feed.SCHOOLS, seed=seed)


def joined(laboratory, school=SCHOOL, *, seed=20):
    """A school in the publishers' registry, joined by Bradford."""
    found = School(school, seed=seed)
    laboratory.publishers.add(
        found.name,
        public_key=found.signer.public_key().public_bytes_raw(),
        reports_for=[(found.name, Feed.SCHOOLS)],
        now=NOW - timedelta(days=900),
    )
    _join(laboratory, found.name)
    return found


def _join(laboratory, agency):
    bradford = GssCode(BRADFORD)
    policy = laboratory.policies.of(bradford)
    source = Source(
        agency=agency,
        feed=Feed.SCHOOLS,
        name="A made-up school",
        live_from=NOW - timedelta(days=900),
        maximum_age=timedelta(days=5),
    )
    policy = replace(policy, sources={**policy.sources, agency: source})
    authorities = {**laboratory.policies.authorities, bradford: policy}
    laboratory.policies = replace(laboratory.policies, authorities=authorities)
    laboratory.receive = laboratory.a_receive()


def a_pupil(number=0, **changes):
    """A made-up pupil as a school knows them: the child of the laboratory with that number."""
    subject = Subject(
        local_id=f"P{number}",
        nhs_number=NhsNumber(NUMBERS[number]),
        upn=Upn(UPNS[0]) if number == 0 else None,
        family_name="Ashworth",
        given_names=("Mira",),
        birth_date=date(2021, 5, 4),
        postcode=Postcode.parse("BD1 1HX"),
    )
    return replace(subject, **changes)


def read_at(day=FRIDAY, hour=9, minute=45):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def an_absence(  # noqa: PLR0913  # what a mark is made of, all by name
    *, pupil=None, day=FRIDAY, session=AM, code="N", as_at=None, school=SCHOOL, **changes
):
    """A mark of absence as a register told it."""
    pupil = pupil or a_pupil()
    as_at = as_at or read_at(day)
    event = Event(
        source_key=f"{school.reveal()}|{pupil.local_id}|{day.isoformat()}|{session.value}",
        revision=int(as_at.timestamp() * 1000),
        state=EventState.REPORTED,
        occurred_at=datetime(day.year, day.month, day.day, 9 if session is AM else 13, tzinfo=UTC),
        recorded_at=as_at,
        subject=pupil,
        facts=SchoolAbsenceFacts(
            school=school,
            session_date=day,
            session=session,
            code=code,
            reason=REASON_OF_CODE[code],
            register_complete=True,
        ),
    )
    return replace(event, **changes)


def a_register(*, day=FRIDAY, session=AM, as_at=None, complete=True, school=SCHOOL):
    """What a report says of the register that it is of."""
    return AttendanceRegister(
        school=school.reveal(),
        session_date=day,
        session=session,
        as_at=as_at or read_at(day),
        complete=complete,
    )


def told(laboratory, school, *marks, **register):
    """The report of a register, on its way."""
    return laboratory.says(
        school,
        *marks,
        attendance_register=a_register(school=Urn.of_agency(school.name), **register),
    )
