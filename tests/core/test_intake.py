"""Every way a report can be refused, in which order, and every way one of its events can."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core import codec, seal
from hub.core.codec_padding import BODY_CONTENT_MAX, pad
from hub.core.event import (
    ChildProtectionPlanFacts,
    EmergencyAttendanceFacts,
    EventKind,
    EventState,
    Handling,
    IdentityChangeFacts,
    PersonDetailsFacts,
    SchoolAbsenceFacts,
    Subject,
    SubjectRole,
)
from hub.core.identifiers import SnomedCode, Urn
from hub.core.identity_change import Change
from hub.core.intake import VALUE_BYTES_MAX, OpenedReport, ParkedReport, SigningKey, open_report
from hub.core.intake_event import KINDS_BY_FEED, EventContext, ValidEvent, judge_event
from hub.core.intake_order import check_attendance_register
from hub.core.reasons import EventFlag, ParkReason, RejectReason
from hub.core.report import AttendanceRegister, ConnectorStatus, Extract, Feed, ReportBody
from hub.core.school_marks import REASON_OF_CODE, AbsenceReason, SchoolSession
from hub.errors import ReportFault
from tests import strategies
from tests.core.a_report import (
    DIGESTS,
    HUB_KEY,
    NOW,
    OTHER_TOPIC,
    REGISTRY,
    SIGNER,
    STRANGER,
    Report,
    an_event,
    an_intake,
)

PLAN_TIMES = {"occurred_at": NOW, "recorded_at": NOW}


def a_plan(**facts):
    said = {"authority": "E08000035", "started_on": NOW.date()} | facts
    return an_event(facts=ChildProtectionPlanFacts(**said), **PLAN_TIMES)


def a_change(**facts):
    said = {"change": Change.RECORDS_MERGED, "former_local_id": "RR8|H2"} | facts
    return an_event(facts=IdentityChangeFacts(**said))


def a_mark(**facts):
    said = {
        "school": strategies.SCHOOL,
        "session_date": NOW.date(),
        "session": SchoolSession.AM,
        "code": "N",
        "reason": AbsenceReason.UNEXPLAINED,
    } | facts
    return an_event(facts=SchoolAbsenceFacts(**said), **PLAN_TIMES)


def sick(in_a_row=15, in_year=None, **facts):
    said = {"code": "I", "reason": AbsenceReason.SICKNESS}
    counts = {"sickness_days_in_a_row": in_a_row, "sickness_days_in_year": in_year}
    return a_mark(**(said | counts | facts))


def a_context(feed=Feed.HEALTH):
    return EventContext(
        feed=feed,
        agency=strategies.SCHOOL.agency if feed is Feed.SCHOOLS else "RR8",
        received_at=NOW,
        schemas=REGISTRY,
        digests=DIGESTS,
        test_numbers=True,
    )


def judged(event, feed=Feed.HEALTH):
    return judge_event(0, codec.encode_event(event, REGISTRY), a_context(feed))


def test_a_report_as_agreed_is_opened_and_its_events_have_their_ids():
    report = open_report(Report().raw(), an_intake())
    assert isinstance(report, OpenedReport)
    (event,) = report.events
    assert event.event == an_event()
    assert event.event_id == DIGESTS.event_id("RR8", "RR801|V1", 1)
    assert event.fact_key == DIGESTS.fact_key("RR8", "RR801|V1")
    assert event.record_ref == DIGESTS.record_ref("RR8", "RR8|H1")
    assert report.rejected == ()
    assert report.feed is Feed.HEALTH


def test_a_heartbeat_is_opened_with_its_status():
    status = ConnectorStatus(read_count=3)
    report = open_report(Report(body=ReportBody(status=status)).raw(), an_intake())
    assert isinstance(report, OpenedReport)
    assert (report.events, report.status) == ((), status)


AN_EXTRACT = Extract(extract_id="E", slice=0, slices=1, as_at=NOW, full=True)
"""Of a register, and so not for a hospital's feed."""


A_REGISTER = AttendanceRegister(
    school=strategies.SCHOOL.reveal(),
    session_date=NOW.date(),
    session=SchoolSession.AM,
    as_at=NOW,
    complete=True,
)
"""Of a school, and so not for a hospital's feed."""


def unknown_schema(value):
    return value[:2] + bytes(8) + value[10:]


UNVERIFIED = {
    ParkReason.TOO_LARGE: lambda: Report().raw(bytes(VALUE_BYTES_MAX + 1)),
    ParkReason.VALUE_UNREADABLE: lambda: Report().raw(b"no report"),
    ParkReason.SCHEMA_NOT_KNOWN: lambda: Report().raw(unknown_schema(Report().value())),
    ParkReason.HEADER_UNREADABLE: lambda: Report().raw(
        codec.encode_value(codec.ReportValue(header=b"x", sealed=b"y"), REGISTRY)
    ),
    ParkReason.PUBLISHER_NOT_KNOWN: lambda: Report(publisher="nobody").raw(),
    ParkReason.SIGNATURE_MISSING: lambda: Report().raw(headers=()),
    ParkReason.SIGNATURE_WRONG: lambda: Report(signer=STRANGER).raw(),
}
VERIFIED = {
    ParkReason.FEED_WRONG: lambda: Report(feed="social_care").raw(),
    ParkReason.AGENCY_NOT_ALLOWED: lambda: Report(agency="RAE").raw(),
    ParkReason.SEQUENCE_UNUSABLE: lambda: Report(sequence=0).raw(),
    ParkReason.EXTRACT_UNUSABLE: lambda: Report(extract=AN_EXTRACT).raw(),
    ParkReason.ATTENDANCE_REGISTER_UNUSABLE: lambda: Report(
        body=ReportBody(attendance_register=A_REGISTER)
    ).raw(),
    ParkReason.REPORT_ID_WRONG: lambda: Report(report_id=bytes(16)).raw(),
    ParkReason.SUITE_NOT_KNOWN: lambda: Report(suite="ROT13").raw(),
    ParkReason.SEALING_KEY_NOT_KNOWN: lambda: Report(key_id="ingest-0").raw(),
    ParkReason.BODY_DOES_NOT_OPEN: lambda: Report().raw(_other_body()),
    ParkReason.BODY_UNREADABLE: lambda: Report(encoded_body=b"no body").raw(),
    ParkReason.TOO_MANY_EVENTS: lambda: Report(encoded_body=_too_many_events()).raw(),
    ParkReason.SCHEMA_NOT_KNOWN: lambda: Report(encoded_body=_event_of_tomorrow()).raw(),
}


def _other_body():
    """A value signed by the right publisher, whose body was sealed with another header."""
    value = codec.decode_value(Report().value(), REGISTRY)
    other = codec.decode_value(Report(sequence=2).value(), REGISTRY)
    swapped = codec.ReportValue(header=value.header, sealed=other.sealed)
    return codec.encode_value(swapped, REGISTRY)


def _too_many_events():
    return REGISTRY.write("report_body", {"events": [b""] * 501})


def _event_of_tomorrow():
    event = unknown_schema(codec.encode_event(an_event(), REGISTRY))
    return codec.encode_encoded_body(codec.EncodedBody(events=(event,)), REGISTRY)


@pytest.mark.parametrize("reason", UNVERIFIED)
def test_what_is_not_verified_is_parked_and_names_no_publisher(reason):
    parked = open_report(UNVERIFIED[reason](), an_intake())
    assert isinstance(parked, ParkedReport)
    assert (parked.reason, parked.verified, parked.header) == (reason, False, None)
    assert parked.sentence.endswith(".")


@pytest.mark.parametrize("reason", VERIFIED)
def test_a_verified_report_that_cannot_be_used_is_parked_with_its_sender(reason):
    parked = open_report(VERIFIED[reason](), an_intake())
    assert isinstance(parked, ParkedReport)
    assert (parked.reason, parked.verified) == (reason, True)
    assert parked.header is not None
    assert parked.sentence.endswith(".")


def test_every_reason_that_intake_gives_is_seen_here():
    later = {ParkReason.HUB_FAULT, ParkReason.WORKER_DEATHS}
    assert {*UNVERIFIED, *VERIFIED, *later} == set(ParkReason)


@settings(max_examples=60)
@given(st.integers(0, 2000), st.integers(1, 255))
def test_any_changed_byte_of_a_report_is_refused_unverified(at, by):
    value = bytearray(Report().value())
    raw = Report().raw(bytes(value))
    value[at % len(value)] ^= by
    parked = open_report(replace(raw, value=bytes(value)), an_intake())
    assert isinstance(parked, ParkedReport)
    assert not parked.verified


@settings(max_examples=30)
@given(st.integers(0, 63), st.integers(1, 255))
def test_any_changed_byte_of_the_signature_is_refused(at, by):
    raw = Report().raw()
    ((name, signature),) = raw.headers
    bad = signature[:at] + bytes([signature[at] ^ by]) + signature[at + 1 :]
    parked = open_report(replace(raw, headers=((name, bad),)), an_intake())
    assert isinstance(parked, ParkedReport)
    assert parked.reason is ParkReason.SIGNATURE_WRONG


def test_a_report_signed_for_one_topic_is_refused_on_another():
    parked = open_report(Report().raw(topic=OTHER_TOPIC), an_intake())
    assert isinstance(parked, ParkedReport)
    assert parked.reason is ParkReason.SIGNATURE_WRONG


def test_a_verified_report_on_a_topic_of_no_feed_is_parked():
    raw = Report(signed_topic="elsewhere").raw(topic="elsewhere")
    parked = open_report(raw, an_intake())
    assert (parked.reason, parked.verified) == (ParkReason.FEED_WRONG, True)


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "opened"),
    [
        (NOW, None, True),
        (NOW - timedelta(days=1), NOW + timedelta(seconds=1), True),
        (NOW - timedelta(days=1), NOW, False),
        (NOW + timedelta(seconds=1), None, False),
    ],
)
def test_a_key_counts_only_while_it_is_valid(valid_from, valid_until, opened):
    key = SigningKey(key=SIGNER.public_key(), valid_from=valid_from, valid_until=valid_until)
    answer = open_report(Report().raw(), _with_keys(key))
    assert isinstance(answer, OpenedReport) is opened


def test_one_of_several_keys_is_enough_but_only_the_newest_four_are_tried():
    others = [
        SigningKey(key=STRANGER.public_key(), valid_from=NOW - timedelta(days=day))
        for day in range(1, 5)
    ]
    ours = SigningKey(key=SIGNER.public_key(), valid_from=NOW - timedelta(days=30))
    assert isinstance(open_report(Report().raw(), _with_keys(*others[:3], ours)), OpenedReport)
    assert isinstance(open_report(Report().raw(), _with_keys(*others, ours)), ParkedReport)


def _with_keys(*keys):
    intake = an_intake()
    (publisher,) = intake.publishers.values()
    return replace(intake, publishers={publisher.name: replace(publisher, keys=keys)})


REJECTED = {
    RejectReason.STATE_NOT_KNOWN: (an_event(state=EventState.UNKNOWN), Feed.HEALTH),
    RejectReason.KIND_NOT_ON_FEED: (an_event(), Feed.SOCIAL_CARE),
    RejectReason.SOURCE_KEY_UNUSABLE: (an_event(source_key=" "), Feed.HEALTH),
    RejectReason.LOCAL_ID_UNUSABLE: (an_event(subject=Subject(local_id=" ")), Feed.HEALTH),
    RejectReason.ROLE_NOT_ACCEPTED: (
        an_event(subject=Subject(local_id="1", role=SubjectRole.MOTHER)),
        Feed.HEALTH,
    ),
    RejectReason.REVISION_OUT_OF_RANGE: (an_event(revision=-1), Feed.HEALTH),
    RejectReason.TIME_ABSURD: (
        an_event(occurred_at=datetime(1899, 12, 31, tzinfo=UTC)),
        Feed.HEALTH,
    ),
    RejectReason.AUTHORITY_MISSING: (a_plan(authority=None), Feed.SOCIAL_CARE),
    RejectReason.ENDS_BEFORE_START: (
        a_plan(ended_on=NOW.date() - timedelta(days=1)),
        Feed.SOCIAL_CARE,
    ),
    RejectReason.NOTHING_SAID: (an_event(facts=EmergencyAttendanceFacts()), Feed.HEALTH),
    RejectReason.TEXT_UNUSABLE: (
        an_event(subject=Subject(local_id="1", family_name="A\0B")),
        Feed.HEALTH,
    ),
    RejectReason.SCHOOL_NOT_ITS_OWN: (a_mark(school=Urn("107201")), Feed.SCHOOLS),
    RejectReason.SESSION_MISSING: (a_mark(session=SchoolSession.UNKNOWN), Feed.SCHOOLS),
    RejectReason.REGISTER_KEPT_BACK: (
        replace(a_plan(), handling=Handling(not_before=NOW)),
        Feed.SOCIAL_CARE,
    ),
    RejectReason.MARK_NOT_FOR_US: (a_mark(code="/"), Feed.SCHOOLS),
    RejectReason.SICKNESS_NOT_ASKED: (sick(), Feed.SCHOOLS),
    RejectReason.CHANGE_NOT_TAKEN: (a_change(change=Change.UNKNOWN), Feed.HEALTH),
    RejectReason.FORMER_MISSING: (a_change(former_local_id=None), Feed.HEALTH),
    RejectReason.SAME_AS_BEFORE: (a_change(former_local_id=" RR8|H1"), Feed.HEALTH),
}


@pytest.mark.parametrize(
    "facts",
    [
        {"code": "I"},
        {"code": None},
        {"code": "N", "reason": AbsenceReason.UNAUTHORISED},
        {"code": "O", "reason": AbsenceReason.UNKNOWN},
        {"code": "M", "reason": AbsenceReason.SICKNESS, "sickness_days_in_a_row": 20},
        {"sickness_days_in_a_row": 20},
        {"sickness_days_in_year": 20},
    ],
)
def test_a_mark_that_is_not_told_as_agreed_is_rejected(facts):
    assert judged(a_mark(**facts), Feed.SCHOOLS).reason is RejectReason.MARK_NOT_FOR_US


def asked(event):
    context = replace(a_context(Feed.SCHOOLS), sickness_asked=True)
    return judge_event(0, codec.encode_event(event, REGISTRY), context)


@pytest.mark.parametrize(("in_a_row", "in_year"), [(15, None), (None, 15), (1, 15), (366, 366)])
def test_sickness_of_15_school_days_is_taken_where_a_policy_asks_for_it(in_a_row, in_year):
    taken = asked(sick(in_a_row, in_year))
    assert taken.facts["code"] == "I"
    said = (taken.facts.get("sickness_days_in_a_row"), taken.facts.get("sickness_days_in_year"))
    assert said == (in_a_row, in_year)


@pytest.mark.parametrize(
    ("in_a_row", "in_year"), [(14, None), (None, 14), (14, 14), (None, None), (15, 0), (367, 20)]
)
def test_shorter_sickness_and_what_is_no_count_are_rejected_though_a_policy_asks(in_a_row, in_year):
    assert asked(sick(in_a_row, in_year)).reason is RejectReason.MARK_NOT_FOR_US


def as_version_1(event):
    """The event as a connector writes it that knows no sickness."""
    older = next(one for one in REGISTRY.by_prefix.values() if one.label == "school_absence.v1")
    _, plain = REGISTRY.read(codec.encode_event(event, REGISTRY))
    out = io.BytesIO(older.prefix)
    out.seek(0, io.SEEK_END)
    fastavro.schemaless_writer(out, older.parsed, plain)
    return out.getvalue()


def test_the_first_version_of_a_mark_is_the_same_mark_as_the_second():
    """Older senders go on: what they tell has the digest, and so the identity, that it had."""
    for code, reason in REASON_OF_CODE.items():
        event = a_mark(code=code, reason=reason)
        now = codec.encode_event(event, REGISTRY)
        plain = as_version_1(event)
        assert plain != now
        told, again = (judge_event(0, one, a_context(Feed.SCHOOLS)) for one in (plain, now))
        assert isinstance(told, ValidEvent)
        assert (told.event, told.content_digest) == (again.event, again.content_digest)


def test_the_four_marks_that_are_told_are_taken():
    for code, reason in REASON_OF_CODE.items():
        assert isinstance(judged(a_mark(code=code, reason=reason), Feed.SCHOOLS), ValidEvent)


@pytest.mark.parametrize(
    "changed",
    [
        {"school": "107201"},
        {"school": "a school"},
        {"session": SchoolSession.UNKNOWN},
        {"as_at": NOW + timedelta(minutes=11)},
    ],
)
def test_a_school_register_must_be_of_its_own_school_and_not_from_the_future(changed):
    agency = strategies.SCHOOL.agency
    check_attendance_register(A_REGISTER, Feed.SCHOOLS, agency, NOW)
    with pytest.raises(ReportFault, match="expected"):
        check_attendance_register(replace(A_REGISTER, **changed), Feed.SCHOOLS, agency, NOW)


@pytest.mark.parametrize("reason", REJECTED)
def test_an_event_is_rejected_with_its_reason_and_without_its_values(reason):
    event, feed = REJECTED[reason]
    rejected = judged(event, feed)
    assert rejected.reason is reason
    assert rejected.kind is event.kind
    assert "expected" in rejected.expected or "nothing was given" in rejected.expected
    assert event.source_key.strip() == "" or event.source_key not in rejected.expected


def test_every_reason_to_reject_an_event_is_seen_here():
    assert {*REJECTED, RejectReason.UNREADABLE} == set(RejectReason)


def test_an_unreadable_event_costs_only_itself():
    good = codec.encode_event(an_event(), REGISTRY)
    body = codec.EncodedBody(events=(good[:-4], good, b""))
    encoded = codec.encode_encoded_body(body, REGISTRY)
    report = open_report(Report(encoded_body=encoded).raw(), an_intake())
    assert [event.index for event in report.events] == [1]
    assert [event.index for event in report.rejected] == [0, 2]
    assert {event.reason for event in report.rejected} == {RejectReason.UNREADABLE}


def test_a_withdrawal_needs_nothing_but_its_key():
    plan = a_plan(authority=None, started_on=None)
    withdrawn = replace(plan, state=EventState.WITHDRAWN)
    assert isinstance(judged(withdrawn, Feed.SOCIAL_CARE), ValidEvent)


@pytest.mark.parametrize("minutes", [4, 6])
def test_an_event_of_the_future_is_flagged_and_stands(minutes):
    event = judged(an_event(occurred_at=NOW + timedelta(minutes=minutes)))
    assert isinstance(event, ValidEvent)
    assert event.flags == ((EventFlag.OCCURRED_IN_FUTURE,) if minutes > 5 else ())


def test_a_record_made_in_the_future_is_flagged():
    event = judged(an_event(recorded_at=NOW + timedelta(minutes=6)))
    assert event.flags == (EventFlag.RECORDED_IN_FUTURE,)


def test_a_departure_before_the_arrival_is_flagged_and_the_attendance_stands():
    facts = EmergencyAttendanceFacts(arrived_at=NOW, departed_at=NOW - timedelta(hours=1))
    event = judged(an_event(facts=facts))
    assert event.flags == (EventFlag.DEPARTED_BEFORE_ARRIVAL,)


def test_more_concerns_than_there_are_terms_are_refused():
    facts = EmergencyAttendanceFacts(
        site_code="RR801", safeguarding_concerns=(SnomedCode("836881000000105"),) * 47
    )
    refused = judged(an_event(facts=facts))
    assert refused.field == "facts.safeguarding_concerns"


def test_a_concern_that_is_no_code_is_left_out_and_named_and_the_others_stand():
    """Words where a code should be could hold a name: they are never stored."""
    facts = EmergencyAttendanceFacts(
        site_code="RR801", safeguarding_concerns=(SnomedCode("836881000000105"),)
    )
    _, plain = REGISTRY.read(codec.encode_event(an_event(facts=facts), REGISTRY))
    plain["facts"]["safeguarding_concerns"] = ["mother of Ann", "836881000000105"]
    stored = judge_event(0, REGISTRY.write("emergency_attendance", plain), a_context())
    assert stored.facts["safeguarding_concerns"] == ["836881000000105"]
    (dropped,) = stored.dropped_identifiers
    assert (dropped.field, dropped.reason) == ("facts.safeguarding_concerns", "characters")


def test_the_same_event_again_has_the_same_id_and_content_and_a_changed_one_other_content():
    once, again = judged(an_event()), judged(an_event())
    assert (once.event_id, once.content_digest) == (again.event_id, again.content_digest)
    changed = judged(an_event(shielded=True))
    assert changed.event_id == once.event_id
    assert changed.content_digest != once.content_digest


def test_outer_spaces_of_the_local_id_make_no_second_record():
    spaced = judged(an_event(subject=Subject(local_id=" RR8|H1 ")))
    assert spaced.record_ref == judged(an_event()).record_ref


@settings(max_examples=40)
@given(st.data(), st.sampled_from(Feed))
def test_every_valid_event_is_stored_on_its_feed(data, feed):
    event = data.draw(strategies.events(tuple(KINDS_BY_FEED[feed])))
    context = replace(a_context(feed), sickness_asked=True)
    assert isinstance(judge_event(0, codec.encode_event(event, REGISTRY), context), ValidEvent)


def test_every_kind_has_a_feed():
    assert set().union(*KINDS_BY_FEED.values()) == set(EventKind)
    assert set(KINDS_BY_FEED) == set(Feed)


def test_details_of_a_person_are_taken_from_hospitals_and_councils():
    details = an_event(facts=PersonDetailsFacts())
    assert all(
        isinstance(judged(details, feed), ValidEvent) for feed in (Feed.HEALTH, Feed.SOCIAL_CARE)
    )


def test_the_largest_body_fits_a_message_of_kafka():
    header = codec.encode_header(Report().header(), REGISTRY)
    sealed = seal.seal_body(
        pad(bytes(BODY_CONTENT_MAX)), public_key=HUB_KEY.public_key(), header=header
    )
    value = codec.encode_value(codec.ReportValue(header=header, sealed=sealed), REGISTRY)
    assert len(value) <= VALUE_BYTES_MAX < 2**20


@pytest.mark.parametrize("days", [28, 29])
def test_a_time_beyond_28_days_before_which_nothing_is_told_is_flagged(days):
    event = judged(an_event(handling=Handling(not_before=NOW + timedelta(days=days))))
    assert event.flags == ((EventFlag.KEPT_BACK_TOO_LONG,) if days > 28 else ())


def test_a_plan_that_is_taken_back_is_taken_back_whatever_is_wished():
    gone = replace(a_plan(), state=EventState.WITHDRAWN, handling=Handling(not_before=NOW))
    assert isinstance(judged(gone, Feed.SOCIAL_CARE), ValidEvent)
