"""Hypothesis strategies for reports and everything in them; made-up people, 999 NHS numbers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from hub.core.attendance_facts import ClinicianConcern, DepartureManner
from hub.core.event import (
    REGISTER_KINDS,
    Audience,
    ChildInNeedPeriodFacts,
    ChildProtectionPlanFacts,
    Contact,
    CountedBecause,
    DepartmentType,
    DomesticAbuseIncidentFacts,
    EmergencyAttendanceFacts,
    Event,
    EventKind,
    EventState,
    Handling,
    IdentityChangeFacts,
    LookedAfterPeriodFacts,
    Mother,
    NhsNumberStatus,
    OtherName,
    PersonDetailsFacts,
    SchoolAbsenceFacts,
    Sex,
    Subject,
    SubjectRole,
    UnbornChildProtectionPlanFacts,
)
from hub.core.identifiers import NhsNumber, Postcode, SnomedCode, Upn, Urn
from hub.core.identity_change import Change
from hub.core.incident_facts import (
    AdultRole,
    Consent,
    IncidentAdult,
    Parties,
    Premises,
    RecordedAs,
    RelationToChild,
    RiskGrade,
    RiskTool,
    WhereInHouse,
)
from hub.core.report import (
    SUITE,
    AttendanceRegister,
    ConnectorStatus,
    Dropped,
    Extract,
    Feed,
    FeedFault,
    OpenPlan,
    Refusal,
    RegisterStatement,
    ReportBody,
    ReportHeader,
)
from hub.core.school_marks import (
    REASON_AS_TOLD,
    SICKNESS_CODE,
    SICKNESS_DAYS_LEAST,
    SICKNESS_DAYS_MOST,
    SchoolSession,
)
from hub.core.seal import report_id

_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_KNOWN_STATES = [EventState.REPORTED, EventState.CORRECTED, EventState.WITHDRAWN]
_MILLISECONDS_MAX = 4_102_444_800_000  # the year 2100


def nhs_numbers():
    """Valid NHS numbers of the never-issued 999 range."""
    return st.integers(0, 999_999).map(_nhs_number).filter(bool)


def _nhs_number(tail):
    first_nine = f"999{tail:06d}"
    check = 11 - sum(int(d) * w for d, w in zip(first_nine, range(10, 1, -1), strict=True)) % 11
    check = 0 if check == 11 else check
    number = f"{first_nine}{check}"
    if check == 10 or len(set(number)) == 1:
        return None
    return NhsNumber.parse(number, test_numbers=True)


def upns():
    """Valid unique pupil numbers."""
    return st.integers(1, 99_999_999_999).map(_upn).filter(bool)


def _upn(number):
    digits = f"{number:011d}0"
    if len(set(digits)) == 1:
        return None
    total = sum(position * int(d) for position, d in enumerate(digits, start=2))
    return Upn.parse(_UPN_LETTERS[total % 23] + digits)


def postcodes():
    """Postcodes of the right form."""
    return st.builds(
        lambda area, district, sector, unit: Postcode.parse(f"{area}{district} {sector}{unit}"),
        st.sampled_from(["LS", "BD", "M", "SK", "HX"]),
        st.integers(1, 20),
        st.integers(0, 9),
        st.sampled_from(["AA", "DZ", "EX", "TN"]),
    )


def texts(maximum=20):
    """Text as people write it, any script, without U+0000 and surrogates."""
    return st.text(
        st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=maximum
    )


def keys():
    """Text that can be a key: something is there, and no control characters are."""
    letters = st.characters(categories=["L", "N"])
    return st.text(letters, min_size=1, max_size=30)


def instants():
    """Aware instants from 1900 to 2100, whole milliseconds."""
    start = datetime(1970, 1, 1, tzinfo=UTC)
    return st.integers(-2_208_988_800_000, _MILLISECONDS_MAX).map(
        lambda ms: start + timedelta(milliseconds=ms)
    )


def days():
    """Days from 1900 to 2100."""
    return st.dates(date(1900, 1, 1), date(2100, 1, 1))


def maybe(strategy):
    """The value, or nothing said."""
    return st.none() | strategy


def tuples_of(strategy, maximum=3):
    """Tuples of up to ``maximum`` values."""
    return st.lists(strategy, max_size=maximum).map(tuple)


def mothers():
    """Mothers of unborn children and newborns."""
    return st.builds(
        Mother,
        local_id=maybe(keys()),
        nhs_number=maybe(nhs_numbers()),
        family_name=maybe(texts()),
        given_names=tuples_of(texts()),
        birth_date=maybe(days()),
        postcode=maybe(postcodes()),
    )


@st.composite
def subjects(draw, roles=(SubjectRole.CHILD, SubjectRole.UNBORN)):
    """People as agencies know them; the birth date is whole, partial or absent."""
    born = draw(maybe(days()))
    partial = None if born else draw(maybe(st.sampled_from(["2019", "2019-07"])))
    others = st.builds(OtherName, family_name=maybe(texts()), given_names=tuples_of(texts()))
    return draw(
        st.builds(
            Subject,
            local_id=keys(),
            role=st.sampled_from(roles),
            nhs_number=maybe(nhs_numbers()),
            nhs_number_status=st.sampled_from(NhsNumberStatus),
            upn=maybe(upns()),
            family_name=maybe(texts()),
            given_names=maybe(tuples_of(texts())),
            other_names=maybe(tuples_of(others)),
            birth_date=st.just(born),
            birth_date_partial=st.just(partial),
            birth_date_estimated=st.booleans(),
            sex=st.sampled_from(Sex),
            postcode=maybe(postcodes()),
            address_lines=maybe(tuples_of(texts())),
            died_on=maybe(days()),
            due_on=maybe(days()),
            mother=maybe(mothers()),
            cleared=tuples_of(st.sampled_from(["postcode", "family_name"])),
        )
    )


CONCERNS = (SnomedCode("836881000000105"), SnomedCode("1064961000000107"))


def attendance_facts():
    """Facts of an attendance that say at least where."""
    return st.builds(
        EmergencyAttendanceFacts,
        site_code=st.sampled_from(["RR801", "RAE01"]),
        site_as_sent=maybe(texts()),
        arrived_at=maybe(instants()),
        departed_at=maybe(instants()),
        department_type=maybe(st.sampled_from(DepartmentType)),
        counted_because=st.sampled_from(CountedBecause),
        attendance_category=maybe(texts()),
        disposition=maybe(texts()),
        left_before_seen=maybe(st.booleans()),
        injury=maybe(st.booleans()),
        age_months=maybe(st.integers(0, 250)),
        departure=maybe(st.sampled_from(DepartureManner)),
        safeguarding_concerns=maybe(tuples_of(st.sampled_from(CONCERNS))),
        clinician_concern=maybe(st.sampled_from(ClinicianConcern)),
        held_from=maybe(instants()),
        hold_ended_at=maybe(instants()),
    )


@st.composite
def plan_facts(draw, of):
    """Facts of a plan or period whose end is not before its start."""
    started, ended = sorted([draw(days()), draw(days())])
    own = {
        ChildProtectionPlanFacts: {
            "category_initial": maybe(texts()),
            "category_latest": maybe(texts()),
        },
        LookedAfterPeriodFacts: {"legal_status": maybe(texts())},
        ChildInNeedPeriodFacts: {},
        UnbornChildProtectionPlanFacts: {
            "due_on": maybe(days()),
            "born_on": maybe(days()),
            "category_latest": maybe(texts()),
        },
    }[of]
    return draw(
        st.builds(
            of,
            authority=st.sampled_from(["E08000035", "E08000032"]),
            started_on=maybe(st.just(started)),
            ended_on=maybe(st.just(ended)),
            end_reason=maybe(texts()),
            held_for_another_authority=st.booleans(),
            **own,
        )
    )


def incident_adults():
    """Adults of an incident, coded."""
    return st.builds(
        IncidentAdult,
        role=st.sampled_from(AdultRole),
        relation=st.sampled_from(RelationToChild),
        lives_with_child=maybe(st.booleans()),
        person=maybe(keys()),
        on_bail=maybe(st.booleans()),
        non_molestation_order=maybe(st.booleans()),
        protection_notice=maybe(st.booleans()),
    )


def incident_facts():
    """Facts of an incident that say at least when it began."""
    flags = (
        *("marac_referred", "honour_based", "stalking", "coercive_control", "strangulation"),
        *("weapon", "victim_pregnant", "separation", "present", "resident", "seen", "spoken_to"),
        *("voice_recorded", "injured", "referral_made", "unborn"),
    )
    return st.builds(
        DomesticAbuseIncidentFacts,
        occurrence=maybe(keys()),
        began_at=instants(),
        ended_at=maybe(instants()),
        recorded_as=maybe(st.sampled_from(RecordedAs)),
        offence=maybe(texts()),
        premises=maybe(st.sampled_from(Premises)),
        place_authority=maybe(st.sampled_from(["E08000035", "E08000032", "nowhere"])),
        risk_tool=maybe(st.sampled_from(RiskTool)),
        officer_grade=maybe(st.sampled_from(RiskGrade)),
        assessor_grade=maybe(st.sampled_from(RiskGrade)),
        yes_answers=maybe(st.integers(0, 27)),
        parties=maybe(st.sampled_from(Parties)),
        adults=tuples_of(incident_adults()),
        where_in_house=maybe(st.sampled_from(WhereInHouse)),
        school_urn=maybe(texts()),
        encompass_sent_at=maybe(instants()),
        consent=maybe(st.sampled_from(Consent)),
        handling_code=maybe(texts()),
        age_months=maybe(st.integers(0, 216)),
        **{flag: maybe(st.booleans()) for flag in flags},
    )


SCHOOL = Urn("107442")
_SESSIONS_HELD = [SchoolSession.AM, SchoolSession.PM]


@st.composite
def absence_facts(draw):
    """Facts of a mark of absence that may be told."""
    code = draw(st.sampled_from(sorted(REASON_AS_TOLD)))
    ill = st.integers(SICKNESS_DAYS_LEAST, SICKNESS_DAYS_MOST)
    return draw(
        st.builds(
            SchoolAbsenceFacts,
            school=st.just(SCHOOL),
            session_date=days(),
            session=st.sampled_from(_SESSIONS_HELD),
            code=st.just(code),
            reason=st.just(REASON_AS_TOLD[code]),
            sickness_days_in_a_row=ill if code == SICKNESS_CODE else st.none(),
            sickness_days_in_year=maybe(ill) if code == SICKNESS_CODE else st.none(),
            minutes_late=maybe(st.integers(0, 300)),
            register_complete=maybe(st.booleans()),
        )
    )


def attendance_registers():
    """School registers that a report is of."""
    return st.builds(
        AttendanceRegister,
        school=st.just(SCHOOL.reveal()),
        session_date=days(),
        session=st.sampled_from(_SESSIONS_HELD),
        as_at=instants(),
        complete=st.booleans(),
    )


def identity_change_facts():
    """Mergers of records: a feed of health and a council's alike may tell of them."""
    return st.builds(
        IdentityChangeFacts,
        change=st.just(Change.RECORDS_MERGED),
        former_local_id=keys().map("former {}".format),
        former_nhs_number=maybe(nhs_numbers()),
        visit_key=maybe(keys()),
    )


def facts(kind):
    """Facts of one kind of event."""
    return {
        EventKind.EMERGENCY_ATTENDANCE: attendance_facts(),
        EventKind.CHILD_PROTECTION_PLAN: plan_facts(ChildProtectionPlanFacts),
        EventKind.LOOKED_AFTER_PERIOD: plan_facts(LookedAfterPeriodFacts),
        EventKind.CHILD_IN_NEED_PERIOD: plan_facts(ChildInNeedPeriodFacts),
        EventKind.UNBORN_CHILD_PROTECTION_PLAN: plan_facts(UnbornChildProtectionPlanFacts),
        EventKind.PERSON_DETAILS: st.just(PersonDetailsFacts()),
        EventKind.DOMESTIC_ABUSE_INCIDENT: incident_facts(),
        EventKind.SCHOOL_ABSENCE: absence_facts(),
        EventKind.IDENTITY_CHANGE: identity_change_facts(),
    }[kind]


def events(kinds=tuple(EventKind)):
    """Events that intake stores, of any of ``kinds``."""
    contacts = st.builds(
        Contact, role=texts(), name=maybe(texts()), team=maybe(texts()), since=maybe(days())
    )
    handling = st.builds(
        Handling,
        audience=st.sampled_from(Audience),
        not_before=maybe(instants()),
        not_to_family=st.booleans(),
    )
    return st.builds(
        Event,
        source_key=keys(),
        revision=st.integers(0, 2**63 - 1),
        state=st.sampled_from(_KNOWN_STATES),
        occurred_at=instants(),
        recorded_at=instants(),
        subject=subjects(),
        facts=st.one_of([facts(kind) for kind in kinds]),
        cleared=tuples_of(st.sampled_from(["departed_at", "disposition"])),
        contacts=tuples_of(contacts, maximum=2),
        detail=maybe(st.binary(max_size=40)),
        handling=handling,
        shielded=st.booleans(),
    ).map(_as_intake_takes_it)


def _as_intake_takes_it(event):
    """An entry of a register cannot be kept back."""
    if event.kind not in REGISTER_KINDS:
        return event
    return replace(event, handling=replace(event.handling, not_before=None))


def statements():
    """Slices of a daily register statement."""
    plans = st.builds(OpenPlan, kind=st.sampled_from(EventKind), source_key=keys())
    return st.builds(
        RegisterStatement,
        statement_id=keys(),
        as_at=instants(),
        slice=st.integers(0, 9),
        slices=st.integers(1, 10),
        open_plans=tuples_of(plans),
    )


def statuses():
    """Heartbeats' accounts of what a connector did."""
    refusals = st.builds(Refusal, reference=texts(), field=texts(), expected=texts(), at=instants())
    return st.builds(
        ConnectorStatus,
        read_count=st.integers(0, 2**40),
        dropped=tuples_of(st.builds(Dropped, reason=texts(), count=st.integers(0, 2**40))),
        refusals=tuples_of(refusals),
        faults=tuples_of(st.builds(FeedFault, code=texts(), subject=texts())),
    )


def bodies(kinds=tuple(EventKind)):
    """Bodies of reports."""
    return st.builds(
        ReportBody,
        events=tuples_of(events(kinds)),
        statement=maybe(statements()),
        status=maybe(statuses()),
        attendance_register=maybe(attendance_registers()),
    )


@st.composite
def headers(draw, feeds=tuple(Feed)):
    """Headers whose report id follows from the rest."""
    publisher, connector = draw(keys()), draw(keys())
    epoch, sequence = draw(st.integers(1, 2**41)), draw(st.integers(1, 2**40))
    extracts = st.builds(
        Extract,
        extract_id=keys(),
        slice=st.integers(0, 9),
        slices=st.integers(1, 10),
        as_at=instants(),
        full=st.booleans(),
    )
    return draw(
        st.builds(
            ReportHeader,
            report_id=st.just(report_id(publisher, connector, epoch, sequence)),
            feed=st.sampled_from([feed.value for feed in feeds]),
            publisher=st.just(publisher),
            agency=keys(),
            connector=st.just(connector),
            epoch=st.just(epoch),
            sequence=st.just(sequence),
            created_at=instants(),
            source_as_of=instants(),
            event_schemas=tuples_of(st.sampled_from(["emergency_attendance.v1"])),
            suite=st.just(SUITE),
            key_id=keys(),
            extract=maybe(extracts),
            backfill=st.booleans(),
        )
    )


def reports():
    """Pairs of a header and a body; the kinds of the events may be of any feed."""
    return st.tuples(headers(), bodies())
