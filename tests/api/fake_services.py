"""A stand-in for the services: made-up answers by NHS number, and switches for what goes wrong."""

import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from hub.adapters.policy_files import load_policies
from hub.api.chronology_views import (
    ChronologyLine,
    ChronologyView,
    SourceGroup,
    SourceLine,
)
from hub.api.feed_views import (
    Alarm,
    FeedsView,
    FeedView,
    HubFault,
    ParkedShown,
    Readiness,
    ReadinessPart,
    Refusal,
    SequenceGap,
)
from hub.api.life_views import DecidedShown, StepLine
from hub.api.matching_views import matching_view
from hub.api.notice_views import NoticesView, NoticeView
from hub.api.register_views import extract_view
from hub.api.related_views import related_view
from hub.api.rules_views import rules_view
from hub.api.users import Role
from hub.api.views import (
    AlertView,
    ClaimView,
    GroundShown,
    InboxChangesView,
    InboxRow,
    InboxView,
    Standing,
)
from hub.api.wording_notice import ANSWER_WORDS
from hub.core.alert import GroundRole, Severity
from hub.core.answer import (
    ByName,
    CannotSay,
    CheckAnswer,
    Phone,
    PlanAnswer,
    PlanShown,
    Presentation,
    SeenAnswer,
    SourceState,
)
from hub.core.disclosure_related import RelatedChild, Relation, RelationReason
from hub.core.event import EventKind
from hub.core.history import EntryState
from hub.core.identifiers import GssCode, OdsCode
from hub.core.match_report import AgencyMatch, MatchReport, Reason
from hub.core.match_report import Standing as MatchStanding
from hub.errors import TransientFault
from hub.ports import ExtractTold, Held, InboxShows, Notice
from hub.service.match_reporting import KeptReport, week_of
from hub.service.notice_answers import NoticeAnswer
from hub.service.relatives import RelatedTold
from hub.settings import PROJECT_ROOT
from tests.api import fake_yields
from tests.api.fake_contacts import FakeContacts, acts_of
from tests.api.fake_feedback import REPORTS, FakeFeedback
from tests.api.fake_reviews import FakeReviews

NOW = datetime(2026, 11, 22, 14, 2, 31, tzinfo=UTC)
SECRET = b"a secret that only these tests use."
BRADFORD = GssCode("E08000032")
BRI, LGI = OdsCode("RAE01"), OdsCode("RR801")

ON_PLAN = "9990000018"
PLAN_ENDED = "9990000026"
LOOKED_AFTER = "9990000034"
UNBORN = "9990000042"
NO_PLAN = "9990000050"
CANNOT_SAY = "9990000069"
SHIELDED = "9990000077"
NEEDS_POSTCODE = "9990000085"
MANY_VISITS = "9990000093"
NOT_LISTED = "9990000107"
MANY_REASONS = "9990000115"
MORE_THAN_SHOWN = "9990000123"
EVERYTHING = "9990000131"
BEFORE_BIRTH_AND_IN_CARE = "9990000158"
IN_NEED = "9990002002"
IN_NEED_ON_PLAN = "9990002010"

PHONES = (
    Phone(
        label="Bradford children's social care",
        number="01274 000000",
        hours="Mon to Fri, 8:30 to 5",
    ),
    Phone(label="Bradford emergency duty team", number="01274 000001", hours="Nights and weekends"),
)
SOURCES = (
    SourceState(
        agency="E08000032",
        name="Bradford Council",
        joined=True,
        as_of=NOW - timedelta(hours=7),
        fresh=True,
        complete=True,
    ),
    SourceState(
        agency="RAE",
        name="Bradford Teaching Hospitals",
        joined=True,
        as_of=NOW - timedelta(minutes=1),
        fresh=True,
        complete=True,
    ),
    SourceState(
        agency="RR8",
        name="Leeds Teaching Hospitals",
        joined=True,
        as_of=NOW - timedelta(minutes=3),
        fresh=True,
        complete=True,
    ),
)


def a_plan(kind=EventKind.CHILD_PROTECTION_PLAN, **changes):
    plan = PlanShown(
        kind=kind,
        current=True,
        started_on=date(2026, 2, 9),
        ended_on=None,
        authority=BRADFORD,
        authority_name="Bradford Council",
        worker="Ruth Hollis",
        team="Keighley safeguarding team",
        as_of=NOW - timedelta(hours=7),
    )
    return replace(plan, **changes)


def visits(count):
    return tuple(
        Presentation(
            arrived_at=NOW - timedelta(days=11 + 17 * i, hours=i * 5 % 24),
            site_code=(BRI, LGI)[i % 2],
            site_name=("Bradford Royal Infirmary", "Leeds General Infirmary")[i % 2],
            department="major",
            left_before_seen=i == 1,
            age_months=40 - i,
        )
        for i in range(count)
    )


def an_answer(plan=PlanAnswer.NO_PLAN_FOUND, **changes):
    answer = CheckAnswer(
        plan=plan,
        seen=SeenAnswer.NONE_KNOWN,
        none_known_since=NOW - timedelta(days=364),
        days=364,
        sources=SOURCES,
        phones=PHONES,
        checked_at=NOW,
        policy_version="E08000032-2026-11-01",
        audit_id="4f2a91c07be3",
    )
    return replace(answer, **changes)


def seen(count):
    return {
        "seen": SeenAnswer.SEEN_BEFORE,
        "none_known_since": None,
        "presentations": visits(count),
        "visits": count,
        "sites": min(count, 2),
    }


STALE = (replace(SOURCES[0], fresh=False, as_of=NOW - timedelta(days=3)), *SOURCES[1:])
COUNCILS = (
    ("E08000035", "Leeds City Council"),
    ("E08000033", "Calderdale Council"),
    ("E10000017", "Lancashire County Council"),
)
FOUR_COUNCILS = (
    STALE[0],
    *(replace(SOURCES[0], agency=code, name=name) for code, name in COUNCILS),
    *SOURCES[1:],
)
FOUR_PHONES = (
    PHONES[1],
    *(replace(PHONES[1], label=f"{name} emergency duty team") for _, name in COUNCILS),
)
"""As many councils as can be concerned: home, where the child is, plan holder, former home."""
ENDED = {"current": False, "ended_on": date(2026, 5, 3)}
IN_NEED_SHOWN = a_plan(EventKind.CHILD_IN_NEED_PERIOD, team="Family support")
ANSWERS = {
    ON_PLAN: an_answer(PlanAnswer.ON_PLAN, plans=(a_plan(),), **seen(3)),
    PLAN_ENDED: an_answer(PlanAnswer.PLAN_ENDED, plans=(a_plan(**ENDED),), **seen(1)),
    IN_NEED: an_answer(in_need=(IN_NEED_SHOWN,)),
    IN_NEED_ON_PLAN: an_answer(
        PlanAnswer.ON_PLAN,
        plans=(a_plan(EventKind.CHILD_PROTECTION_PLAN),),
        in_need=(IN_NEED_SHOWN,),
        **seen(2),
    ),
    LOOKED_AFTER: an_answer(
        PlanAnswer.LOOKED_AFTER, plans=(a_plan(EventKind.LOOKED_AFTER_PERIOD),), **seen(2)
    ),
    UNBORN: an_answer(
        PlanAnswer.UNBORN_ON_PLAN,
        plans=(a_plan(EventKind.UNBORN_CHILD_PROTECTION_PLAN, due_on=date(2026, 12, 30)),),
    ),
    NO_PLAN: an_answer(),
    CANNOT_SAY: an_answer(
        PlanAnswer.CANNOT_SAY,
        plan_reasons=(CannotSay.REGISTER_STALE, CannotSay.POSSIBLE_MATCH),
        seen=SeenAnswer.CANNOT_SAY,
        seen_reasons=(CannotSay.FEED_STALE,),
        none_known_since=None,
        sources=(
            *STALE,
            SourceState(
                agency="E08000035",
                name="Leeds City Council",
                joined=False,
                as_of=None,
                fresh=False,
                complete=False,
            ),
        ),
    ),
    SHIELDED: an_answer(
        PlanAnswer.ON_PLAN,
        plans=(
            a_plan(authority=None, authority_name=None, worker=None, team=None),
            a_plan(
                EventKind.LOOKED_AFTER_PERIOD,
                authority=None,
                authority_name=None,
                worker=None,
                team=None,
            ),
        ),
        **seen(2)
        | {
            "presentations": tuple(
                replace(visit, site_code=None, site_name=None) for visit in visits(2)
            )
        },
        phones=(Phone(label="Safeguarding relay", number="0113 000 0000", hours="Day and night"),),
    ),
    NEEDS_POSTCODE: an_answer(
        PlanAnswer.CANNOT_SAY, plan_reasons=(CannotSay.POSTCODE_NEEDED,), sources=SOURCES[1:]
    ),
    MANY_VISITS: an_answer(PlanAnswer.ON_PLAN, plans=(a_plan(),), **seen(25)),
    MORE_THAN_SHOWN: an_answer(
        PlanAnswer.PLAN_ENDED,
        plans=(a_plan(**ENDED),),
        plan_reasons=(CannotSay.REGISTER_STALE,),
        **seen(2)
        | {
            "visits": 1,
            "sites": 1,
            "presentations": (replace(visits(1)[0], this_visit=True), visits(2)[1]),
        },
        seen_reasons=(CannotSay.FEED_STALE,),
        sources=STALE,
    ),
    EVERYTHING: an_answer(
        PlanAnswer.ON_PLAN,
        plans=(
            a_plan(),
            a_plan(EventKind.LOOKED_AFTER_PERIOD, team="Children looked after, Keighley"),
            a_plan(**ENDED, authority_name="Leeds City Council"),
        ),
        in_need=(IN_NEED_SHOWN,),
        **seen(25) | {"presentations": (replace(visits(1)[0], this_visit=True), *visits(25)[1:])},
        plan_reasons=(
            CannotSay.POSSIBLE_MATCH,
            CannotSay.REGISTER_STALE,
            CannotSay.REGISTER_INCOMPLETE,
        ),
        seen_reasons=(CannotSay.FEED_STALE, CannotSay.FEED_INCOMPLETE),
        sources=FOUR_COUNCILS,
        phones=FOUR_PHONES,
    ),
    BEFORE_BIRTH_AND_IN_CARE: an_answer(
        PlanAnswer.LOOKED_AFTER,
        plans=(
            a_plan(EventKind.LOOKED_AFTER_PERIOD),
            a_plan(EventKind.UNBORN_CHILD_PROTECTION_PLAN, due_on=date(2026, 12, 30)),
        ),
        in_need=(IN_NEED_SHOWN,),
        **seen(3),
        seen_reasons=(CannotSay.FEED_STALE,),
        sources=FOUR_COUNCILS,
        phones=FOUR_PHONES,
    ),
    MANY_REASONS: an_answer(
        PlanAnswer.CANNOT_SAY,
        plan_reasons=(
            CannotSay.POSSIBLE_MATCH,
            CannotSay.REGISTER_NOT_JOINED,
            CannotSay.REGISTER_STALE,
            CannotSay.REGISTER_INCOMPLETE,
        ),
        seen=SeenAnswer.CANNOT_SAY,
        seen_reasons=(CannotSay.FEED_STALE, CannotSay.FEED_INCOMPLETE),
        none_known_since=None,
        sources=STALE,
    ),
    NOT_LISTED: an_answer(
        PlanAnswer.PLAN_ENDED,
        plans=(a_plan(current=False, not_listed_since=date(2026, 10, 1)),),
    ),
}


STEPS = (
    StepLine(at=NOW - timedelta(minutes=13), sentence="Arrived at an emergency department."),
    StepLine(
        at=NOW - timedelta(minutes=3),
        sentence="Seen by the duty team.",
        by="duty-worker-e08000032",
    ),
)


def alert_id(number):
    return uuid.UUID(int=0xA1E27 << 64 | number)


def a_row(number=1, severity=Severity.IMMEDIATE, **changes):
    row = InboxRow(
        alert_id=alert_id(number),
        severity=severity,
        sentence="A child on a Bradford child protection plan arrived at Bradford Royal Infirmary "
        "at 13:48 today.",
        raised_at=NOW - timedelta(minutes=13 * number),
        standing=Standing.OWNER,
        owner_name="Bradford Council",
        child_label="Girl, 3 years",
        child_name="Ayesha Example",
        birth_date=date(2023, 5, 3),
    )
    return replace(row, **changes)


THIRD_VISIT = "Third A&E visit in 61 days, at two hospitals: 22 September, 3 and 22 November 2026."
ROWS = (
    a_row(1),
    a_row(
        2,
        sentence=THIRD_VISIT,
        child_label="Boy, 14 months",
        child_name="Leon Sample",
        birth_date=date(2025, 9, 14),
        severity=Severity.TODAY,
    ),
    a_row(
        3,
        Severity.TODAY,
        sentence="A child who is possibly on a Leeds plan arrived at Bradford Royal Infirmary.",
        child_label="Boy, 9 years",
        child_name=None,
        birth_date=None,
        confirmed_match=False,
        standing=Standing.INFORMED,
        owner_name="Leeds City Council",
    ),
    a_row(
        4,
        Severity.INFORMATION,
        sentence="A child whose plan ended on 3 May 2026 arrived at Leeds General Infirmary.",
        acknowledged_by="duty-worker-e08000032",
        acknowledged_at=NOW - timedelta(minutes=5),
        child_label="Girl, 12 years",
        child_name="Mia Placeholder",
        birth_date=date(2014, 8, 2),
    ),
)
GROUNDS = (
    GroundShown(
        kind=EventKind.EMERGENCY_ATTENDANCE,
        sentence="Arrived at Bradford Royal Infirmary, A&E",
        occurred_at=NOW - timedelta(minutes=14),
        received_at=NOW - timedelta(minutes=13),
        source_name="Bradford Teaching Hospitals",
    ),
    GroundShown(
        kind=EventKind.CHILD_PROTECTION_PLAN,
        sentence="On a child protection plan since 9 February 2026",
        occurred_at=datetime(2026, 2, 9, tzinfo=UTC),
        source_name="Bradford Council's plan register",
        role=GroundRole.CONTEXT,
    ),
)
LINES = (
    ChronologyLine(
        kind=EventKind.EMERGENCY_ATTENDANCE,
        sentence="Visit to Bradford Royal Infirmary",
        details=("A&E", "Aged 3 years"),
        on=NOW - timedelta(minutes=14),
        source_name="Bradford Teaching Hospitals",
        told_at=NOW - timedelta(minutes=13),
        ground=True,
    ),
    ChronologyLine(
        kind=None,
        sentence="From here on nothing has been heard from Leeds Teaching Hospitals",
        on=NOW - timedelta(days=2),
    ),
    ChronologyLine(
        kind=EventKind.SCHOOL_ABSENCE,
        sentence="Absent from school with no reason known, 3 sessions on 2 days from"
        " 12 November 2026 to 13 November 2026",
        on=NOW - timedelta(days=10),
        until=NOW - timedelta(days=9),
        whole_day=True,
        source_name="Made-up Primary School",
        told_at=NOW - timedelta(days=10),
        state=EntryState.NO_LONGER_MARKED,
        changed_at=NOW - timedelta(days=8),
    ),
    ChronologyLine(
        kind=EventKind.DOMESTIC_ABUSE_INCIDENT,
        sentence="Domestic-abuse incident, graded high by the force",
        details=("The child was there, in the same room", "An officer spoke to the child"),
        on=NOW - timedelta(days=30),
        source_name="West Yorkshire Police",
        told_at=NOW - timedelta(days=29),
        state=EntryState.CORRECTED,
        changed_at=NOW - timedelta(days=28),
        not_to_family=True,
    ),
    ChronologyLine(
        kind=EventKind.EMERGENCY_ATTENDANCE,
        sentence="Visit to A&E",
        on=NOW - timedelta(days=60),
        source_name="Leeds Teaching Hospitals",
        told_at=NOW - timedelta(days=60),
        state=EntryState.WITHDRAWN,
        changed_at=NOW - timedelta(days=59),
        possible=True,
    ),
    ChronologyLine(
        kind=EventKind.CHILD_PROTECTION_PLAN,
        sentence="Child protection plan began",
        details=("Held by Bradford", "Open now"),
        on=datetime(2026, 2, 9, tzinfo=UTC),
        whole_day=True,
        source_name="Bradford Council's plan register",
        told_at=datetime(2026, 9, 1, 2, tzinfo=UTC),
        backfill=True,
        ground=True,
    ),
)
SOURCE_GROUPS = (
    SourceGroup(
        title="Hospitals",
        joined=2,
        troubled=(
            SourceLine(
                name="Leeds Teaching Hospitals",
                problems=("has not been heard from lately: last on 20 November 2026, 14:02",),
            ),
        ),
    ),
    SourceGroup(title="Council registers", joined=1),
    SourceGroup(title="Police", joined=1),
    SourceGroup(title="Schools", joined=0),
)
HIDDEN = "Where this child is must not be known: places and agencies are left out."
SHIELDED_LINES = tuple(
    replace(line, source_name="a hospital", sentence="Visit to A&E", details=())
    for line in LINES[:1]
)


FEEDS = (
    FeedView(
        feed="health",
        agency="RAE",
        agency_name="Bradford Teaching Hospitals",
        last_heard_at=NOW - timedelta(minutes=1),
        source_as_of=NOW - timedelta(minutes=1),
        fresh=True,
        accepted=1204,
        parked=2,
        parked_overdue=True,
        parked_reports=(
            ParkedShown(
                number=411,
                sentence="The body does not open with any key that the hub has.",
                received_at=NOW - timedelta(days=2),
            ),
            ParkedShown(
                number=None,
                sentence="3 workers died while they held this report: it is kept and waits.",
                received_at=NOW - timedelta(hours=2),
                settled=True,
            ),
        ),
        conflicts=1,
        gaps=(SequenceGap(first_missing=418, last_missing=420),),
        refusals=(
            Refusal(
                reference="message MSG00231",
                field_name="PV1-44",
                expected="a time of arrival, such as 202611221348",
                refused_at=NOW - timedelta(minutes=40),
            ),
            Refusal(
                outcome="In conflict with what came before",
                reference="Event 1, visit to A&E, of report 417 in its spool",
                field_name="Revision",
                expected="The same content as the event that this source key already has.",
                refused_at=NOW - timedelta(hours=3),
            ),
            Refusal(
                reference="message MSG00198",
                field_name="MSH-11",
                expected="P: this feed takes live messages only",
                refused_at=NOW - timedelta(days=1),
            ),
        ),
        refusals_total=51,
    ),
    FeedView(
        feed="health",
        agency="RAE",
        agency_name="Airedale site",
        last_heard_at=None,
        source_as_of=None,
        fresh=False,
    ),
)


HUB_FAULTS = (
    HubFault(
        reference="fault:offsets_removed:health:safeguarding.reports.health.v1:2:410-412",
        sentence=(
            "Kafka removed 3 positions before the hub had read them:"
            " safeguarding.reports.health.v1:2:410-412."
        ),
    ),
)
ALARMS = (
    Alarm(
        name="parked_reports",
        count=2,
        since=NOW - timedelta(days=2),
        sentence="Reports have been parked for too long; see 'hub reports list'.",
    ),
)


def an_extract(extract_id="E08000032-20261122T020000000Z-full", **changes):
    told = {
        "extract_id": extract_id,
        "state": "waiting",
        "as_at": datetime(2026, 11, 22, 2, tzinfo=UTC),
        "received_at": datetime(2026, 11, 22, 2, 4, tzinfo=UTC),
        "publisher": "bradford-council",
        "connector": "register",
        "would_close": 14,
        "open_before": 412,
        "ceiling": 8,
        "flawed": False,
        "closing": (
            *[("child_protection_plan", date(2026, 9, 1))] * 11,
            ("looked_after_period", date(2025, 2, 3)),
            ("looked_after_period", None),
            ("unborn_child_protection_plan", date(2024, 6, 30)),
        ),
    }
    return ExtractTold(**(told | changes))


DECIDED = an_extract(
    "nightly-41",
    state="refused",
    as_at=datetime(2026, 11, 20, 2, tzinfo=UTC),
    would_close=31,
    closing=(),
    decided_by="Sam Okafor (register-staff-e08000032)",
    decided_at=datetime(2026, 11, 20, 9, 12, tzinfo=UTC),
    decision_reason="The nightly job stopped half way through.",
)


def a_notice(number=1, **changes):
    told = {
        "notice_id": uuid.UUID(int=500 + number),
        "heading": "Domestic abuse incident, 21 November 2026, 22:40",
        "asks": False,
        "waits": True,
        "stands": True,
        "late": False,
        "revised": False,
        "due_at": datetime(2026, 11, 23, 8, 15, tzinfo=UTC),
        "changed_at": datetime(2026, 11, 22, 1, 5, tzinfo=UTC),
        "child_name": "Mira Ashworth",
        "birth_date": date(2021, 5, 4),
        "facts": (
            ("Police reference", "13260704/26"),
            ("When", "21 November 2026, 22:40"),
            ("Where", "At home"),
            ("The child", "The child was there, in another room and lives there."),
        ),
        "force_name": "West Yorkshire Police Operation Encompass desk",
        "force_number": "01632 960913",
        "answers": tuple(
            (one, ANSWER_WORDS[one])
            for one in (
                NoticeAnswer.ACKNOWLEDGE,
                NoticeAnswer.NOT_ON_ROLL,
                NoticeAnswer.NOT_ME,
            )
        ),
        "policy_version": "2026.1+0a1b2c3d4e5f",
    }
    return NoticeView(**(told | changes))


SCHOOL_NOTICES = (
    a_notice(1, late=True, revised=True, not_to_family=True),
    a_notice(
        2,
        heading="Is this child on your roll?",
        asks=True,
        force_name="",
        force_number=None,
        facts=(),
        answers=tuple(
            (one, ANSWER_WORDS[one]) for one in (NoticeAnswer.ON_ROLL, NoticeAnswer.NOT_ON_ROLL)
        ),
    ),
    a_notice(
        3,
        reason="No school is known for the child this school year.",
        answers=tuple(
            (one, ANSWER_WORDS[one]) for one in (NoticeAnswer.ACKNOWLEDGE, NoticeAnswer.SCHOOL)
        ),
        schools=(("107200", "Made-up Primary School"), ("107201", "Made-up Academy")),
    ),
    a_notice(4, heading="Taken back", stands=False, waits=False, facts=(), answers=()),
)

RELATIVES = RelatedTold(
    children=(
        RelatedChild(
            child_ref=b"sister",
            relations=(
                Relation(reason=RelationReason.SAME_HOME, at=NOW - timedelta(days=40)),
                Relation(reason=RelationReason.SAME_INCIDENT, at=NOW - timedelta(days=29)),
            ),
            label="Girl, 4 years",
            name="Mira Ashworth",
            birth_date=date(2022, 5, 4),
            plans=frozenset({EventKind.CHILD_PROTECTION_PLAN}),
            alerts=1,
        ),
        RelatedChild(
            child_ref=b"elsewhere",
            relations=(Relation(reason=RelationReason.SAME_INCIDENT, at=NOW),),
            label="A child",
            confirmed=False,
            concerned=False,
        ),
    )
)


POLICIES = load_policies(PROJECT_ROOT / "deploy" / "policies")


def a_match(agency, *, with_others=0, unborn=0, reasons=None, **standings):
    """Counts of one agency, by the names of standings."""
    return AgencyMatch(
        agency=agency,
        standings={MatchStanding(name): count for name, count in standings.items()},
        reasons=reasons or {},
        with_others=with_others,
        unborn=unborn,
    )


def a_match_report(*agencies, weeks_ago=0, left_out=None):
    made_at = NOW - timedelta(weeks=weeks_ago)
    report = MatchReport(authority=GssCode("E08000032"), agencies=agencies, left_out=left_out or {})
    return KeptReport(week=week_of(made_at), made_at=made_at, report=report)


MATCH_REPORTS = (
    a_match_report(
        a_match(
            "E08000032",
            verified=1899,
            numbered=61,
            possible=4,
            many=2,
            alone=34,
            reasons={
                Reason.NO_NUMBER: 40,
                Reason.NOT_TRACED: 61,
                Reason.PLACEHOLDER_NAME: 12,
                Reason.NO_POSTCODE: 3,
                Reason.SEVERAL_CANDIDATES: 2,
                Reason.ONE_CANDIDATE: 4,
                Reason.NOBODY_ALIKE: 9,
            },
            with_others=1240,
            unborn=17,
        ),
        a_match("RAE", verified=9120, numbered=30, joined=12, alone=200, with_others=1500),
        a_match("POL13", verified=200, joined=12, possible=41, with_others=220),
        a_match("URN107200", verified=3, waiting=1),
        left_out={"nhs_number: check_digit": 14, "upn: check_letter": 3},
    ),
    a_match_report(a_match("E08000032", verified=1700, alone=250), weeks_ago=1),
    a_match_report(a_match("E08000032", verified=1500, alone=380), weeks_ago=2),
)


@dataclass
class FakeServices:
    """Answers what the tests have put in; ``asked`` and ``broken`` are theirs to read and set."""

    asked: list = field(default_factory=list)
    rows: tuple = ROWS
    stale_feeds: tuple = ()
    listeners: dict = field(default_factory=dict)
    lines: tuple = LINES
    source_groups: tuple = SOURCE_GROUPS
    notes: tuple = ()
    relatives: RelatedTold = RELATIVES
    feed_views: tuple = FEEDS
    hub_faults: tuple = HUB_FAULTS
    alarms: tuple = ALARMS
    extracts: tuple = (an_extract(), DECIDED)
    school_notices: tuple = SCHOOL_NOTICES
    unreadable_notices: int = 0
    match_reports: tuple = MATCH_REPORTS
    own_desks: tuple = ()
    organisations: list = field(default_factory=list)
    rule_yields: object = field(default_factory=fake_yields.usual)
    broken: Exception | None = None
    reviews: FakeReviews = None
    contacts: FakeContacts = None
    feedback: FakeFeedback = None
    reports: tuple = REPORTS
    reports_a_page: int = 50
    before: tuple = ()
    grouped: tuple = ()
    taken_back: tuple = ()
    for_information: tuple = ()
    by_name: ByName = ByName.NOT_SEARCHED
    changed: tuple = ()
    cannot_look_up: bool = False
    version: int = 1
    now: datetime = NOW
    ready_parts: tuple = (ReadinessPart(name="database", ready=True, sentence="It answers."),)

    def __post_init__(self):
        self.reviews = FakeReviews(self._note)
        self.contacts = FakeContacts(self)
        self.feedback = FakeFeedback(self)

    def asked_of(self, name):
        """What was given with each question of this name."""
        return [asked[-1] for asked in self.asked if asked[0] == name]

    def _note(self, name, user, *more):
        self.organisations.append((name, user.organisation if user else ""))
        self.asked.append((name, user.user_id, *more))
        if self.broken:
            raise self.broken

    def check(self, user, question):
        self._note("check", user, question)
        number = question.nhs_number.reveal() if question.nhs_number else None
        if number is None or question.birth_date is None:
            missing = CannotSay.NHS_NUMBER_NEEDED if number is None else CannotSay.BIRTH_DATE_NEEDED
            reasons = (missing,)
            return an_answer(PlanAnswer.CANNOT_SAY, plan_reasons=reasons, by_name=self.by_name)
        return ANSWERS.get(number, an_answer())

    def changed_answers(self, user):  # noqa: ARG002  # whose they are is the service's matter
        if self.cannot_look_up:
            raise TransientFault("the database is away.")
        return self.changed

    def acknowledge_changed(self, user, changed_id):
        self._note("acknowledge_changed", user, changed_id)
        return changed_id in {one.changed_id for one in self.changed}

    def inbox(self, user, filters):
        self._note("inbox", user, filters)
        wanted = {
            InboxShows.WAITING: [r for r in self.rows if r.acknowledged_at is None],
            InboxShows.ACKNOWLEDGED: [r for r in self.rows if r.acknowledged_at and not r.outcome],
            InboxShows.DECIDED: [r for r in self.rows if r.outcome and r.stage.value != "closed"],
            InboxShows.ALL: list(self.rows),
        }
        hands = {
            Held.ANYONE: wanted[filters.shows],
            Held.MINE: [r for r in wanted[filters.shows] if r.claimed_by == user.user_id],
            Held.UNCLAIMED: [r for r in wanted[filters.shows] if r.claimed_by is None],
        }
        rows = hands[filters.held]
        pages = max(1, -(-len(rows) // filters.size))
        page = min(filters.page, pages)
        shown = rows[(page - 1) * filters.size : page * filters.size]
        return InboxView(
            rows=tuple(shown),
            not_shown=len(rows) - len(shown),
            page=page,
            pages=pages,
            cursor=str(self.version),
            as_of=self.now,
            stale_feeds=self.stale_feeds,
            counts={shows: len(rows) for shows, rows in wanted.items()},
            held_counts={held: len(rows) for held, rows in hands.items()},
            next_due=min(
                (r.due_at for r in shown if r.due_at and r.due_at > self.now), default=None
            ),
            tiers={severity: sum(r.severity is severity for r in rows) for severity in Severity},
        )

    def inbox_changes(self, user, since):
        self._note("inbox_changes", user, since)
        return InboxChangesView(
            rows=self.rows[:1],
            removed=(alert_id(99),),
            cursor=str(self.version),
            complete=not since,
            as_of=self.now,
        )

    def inbox_changed(self, user, since):
        self._note("inbox_changed", user)
        return since != str(self.version)

    def listen_to_inbox(self, user, told):
        self.listeners[told] = user
        return lambda: self.listeners.pop(told, None)

    def tell(self, notice=Notice.CHANGED):
        for told in list(self.listeners):
            told(notice)

    def change(self):
        """Something changed in the inbox, and everybody who listens is told."""
        self.version += 1
        self.tell()

    def alert(self, user, alert_id):
        self._note("alert", user, alert_id)
        row = next((r for r in self.rows if r.alert_id == alert_id), None)
        if row is None:
            return None
        return AlertView(
            row=row,
            state=row.state,
            grounds=GROUNDS,
            not_known=("Leeds City Council's plan register is not joined.",),
            informed_names=("Leeds City Council",),
            may_acknowledge=row.acknowledged_at is None,
            may_claim=row.claimed_by is None and row.standing is Standing.OWNER,
            may_take_over=row.claimed_by is not None and row.standing is Standing.OWNER,
            before=tuple(DecidedShown(outcome=one, decided_at=self.now) for one in self.before),
            steps=STEPS,
            **acts_of(row, self.now),
            policy_version="E08000032-2026-11-01",
            as_of=self.now,
        )

    def chronology(self, user, alert_id, wanted):
        self._note("chronology", user, alert_id, wanted)
        if all(row.alert_id != alert_id for row in self.rows):
            return None
        size = 100
        pages = max(1, -(-len(self.lines) // size))
        page = min(wanted.page, pages)
        return ChronologyView(
            alert_id=alert_id,
            period=wanted.period,
            begin=wanted.period.begin(self.now),
            lines=self.lines[(page - 1) * size : page * size],
            total=len(self.lines),
            earlier=4,
            page=page,
            pages=pages,
            notes=self.notes,
            sources=self.source_groups,
            as_of=self.now,
        )

    def related(self, user, alert_id):
        self._note("related", user, alert_id)
        if all(row.alert_id != alert_id for row in self.rows):
            return None
        return related_view(self.relatives)

    def acknowledge(self, user, alert_id):
        self._note("acknowledge", user, alert_id)
        if all(row.alert_id != alert_id for row in self.rows):
            return None
        self.rows = tuple(
            replace(row, acknowledged_by=user.user_id, acknowledged_at=self.now)
            if row.alert_id == alert_id and row.standing is not Standing.INFORMED
            else row
            for row in self.rows
        )
        self.change()
        return self.alert(user, alert_id)

    def claim(self, user, alert_id):
        self._note("claim", user, alert_id)
        return self._hands(user, alert_id, None, user.user_id)

    def take_over(self, user, alert_id, holder):
        self._note("take_over", user, alert_id, holder)
        return self._hands(user, alert_id, holder, user.user_id)

    def release(self, user, alert_id):
        self._note("release", user, alert_id)
        return self._hands(user, alert_id, user.user_id, None)

    def _hands(self, user, alert_id, before, after):
        row = next((r for r in self.rows if r.alert_id == alert_id), None)
        if row is None:
            return None
        done = row.claimed_by == before and row.standing is Standing.OWNER
        if done:
            at = self.now if after else None
            self.rows = tuple(
                replace(r, claimed_by=after, claimed_at=at) if r is row else r for r in self.rows
            )
            self.change()
        return ClaimView(alert=self.alert(user, alert_id), done=done)

    def feeds(self, user):
        self._note("feeds", user)
        if user.role is Role.OPERATOR:
            views = tuple(replace(view, refusals=()) for view in self.feed_views)
            return FeedsView(feeds=views, alarms=self.alarms, faults=self.hub_faults)
        return FeedsView(feeds=self.feed_views)

    def registers(self, user):
        self._note("registers", user)
        return tuple(extract_view(one) for one in self.extracts)

    def matching(self, user):
        self._note("matching", user)
        return matching_view(self.match_reports, POLICIES)

    def at_desk(self, user, authority):
        served = {one.authority: one for one in self.own_desks}
        if authority not in served or user.role is not Role.DUTY_WORKER:
            return None
        return replace(
            user,
            authority=GssCode(authority),
            organisation=authority,
            organisation_name=served[authority].name,
            desks=(),
        )

    def at_all_desks(self, user):
        if user.role is not Role.DUTY_WORKER or len(self.own_desks) < 2:
            return user
        return replace(user, desks=tuple(GssCode(one.authority) for one in self.own_desks))

    def desks(self, user):
        if user.role is not Role.DUTY_WORKER:
            return ()
        code = user.authority.reveal()
        return tuple(replace(one, here=one.authority == code) for one in self.own_desks)

    def rules(self, user, days):
        self._note("rules", user, days)
        report = self.rule_yields
        return rules_view(report, POLICIES.of(user.authority), days)

    def decide_extract(self, user, extract_id, *, approve, reason):
        self._note("decide_extract", user, extract_id, approve, reason)
        if all(one.extract_id != extract_id or one.state != "waiting" for one in self.extracts):
            return False
        state = "applied" if approve else "refused"
        self.extracts = tuple(
            replace(
                one,
                state=state,
                closing=(),
                decided_by=f"{user.name} ({user.user_id})",
                decided_at=self.now,
                decision_reason=reason,
            )
            if one.extract_id == extract_id
            else one
            for one in self.extracts
        )
        return True

    def notices(self, user, page=1):
        self._note("notices", user, page)
        size = 50
        return NoticesView(
            notices=self.school_notices[(page - 1) * size : page * size],
            total=len(self.school_notices),
            page=page,
            pages=max(1, -(-len(self.school_notices) // size)),
            unreadable=self.unreadable_notices,
        )

    def notice(self, user, notice_id):
        self._note("notice", user, notice_id)
        return next((one for one in self.school_notices if one.notice_id == notice_id), None)

    def answer_notice(self, user, notice_id, answer, school):
        self._note("answer_notice", user, notice_id, answer, school)
        found = next(one for one in self.school_notices if one.notice_id == notice_id)
        if answer not in {one for one, _ in found.answers}:
            return False
        answered = replace(
            found,
            waits=False,
            late=False,
            answers=(),
            acknowledged_by=user.user_id,
            acknowledged_at=self.now,
        )
        self.school_notices = tuple(
            answered if one is found else one for one in self.school_notices
        )
        return True

    def ready(self):
        parts = self.ready_parts
        ready = all(part.ready for part in parts)
        return Readiness(ready=ready, parts=parts, alarms=self.alarms)

    def phones(self, user):  # noqa: ARG002  # the same numbers for everybody
        return PHONES


@dataclass(frozen=True)
class DemoSettings:
    demo: bool = True
    search_beat_milliseconds: int = 0


AWAY = TransientFault("The database is away; it was expected to answer within 2 s.")
