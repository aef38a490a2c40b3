"""Receiving reports over a real PostgreSQL: every state of reports and events, and what follows."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from hub.core.event import EventState
from tests.service.laboratory import LEEDS, NOW, NUMBERS, a_child, a_plan, an_attendance

pytestmark = pytest.mark.stack


def test_a_child_on_a_plan_who_arrives_in_a_and_e_raises_an_immediate_alert(laboratory):
    plan = laboratory.extract(laboratory.council, a_plan())
    arrival = laboratory.says(laboratory.hospital, an_attendance())

    received = laboratory.receive([*plan, arrival])

    assert (received.accepted, received.events) == (3, 2)
    ((rule, severity, state, owner, delivered),) = laboratory.rows(
        "SELECT rule, severity, state, owner, delivered FROM alert"
    )
    assert (rule, severity, state, owner, delivered) == (
        "plan_match",
        "immediate",
        "standing",
        "E08000032",
        True,
    )


@pytest.mark.parametrize("together", [True, False])
def test_a_childs_clock_begins_with_its_own_report_and_not_with_others_of_the_batch(
    laboratory, together
):
    hospital, other = laboratory.hospital, a_child(1, family_name="Bell", given_names=("Sam",))
    laboratory.receive(laboratory.extract(laboratory.council, a_plan()))
    hers = laboratory.raw(hospital, hospital.report(an_attendance()), received_at=NOW)
    later = NOW + timedelta(minutes=40)
    his = hospital.report(an_attendance("V2", child=other))
    his = laboratory.raw(hospital, his, received_at=later)

    for batch in [[hers, his]] if together else [[hers], [his]]:
        laboratory.receive(batch)

    assert laboratory.one("SELECT raised_at FROM alert") == NOW


def test_a_plan_that_comes_after_the_attendance_raises_the_same_alert(laboratory):
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance())])
    assert laboratory.standing() == set()

    laboratory.receive(laboratory.extract(laboratory.council, a_plan()))

    assert len(laboratory.standing()) == 1


def test_the_same_batch_again_changes_nothing(laboratory):
    batch = [
        *laboratory.extract(laboratory.council, a_plan()),
        laboratory.says(laboratory.hospital, an_attendance()),
    ]
    laboratory.receive(batch)
    before = laboratory.rows("SELECT alert_id, version FROM alert")

    again = laboratory.receive(batch)

    assert again.known == len(batch)
    assert again.accepted == again.events == again.alerts_changed == 0
    assert laboratory.rows("SELECT alert_id, version FROM alert") == before


def test_the_same_report_at_another_offset_is_a_duplicate(laboratory):
    value = laboratory.hospital.report(an_attendance())
    laboratory.receive([laboratory.raw(laboratory.hospital, value)])

    received = laboratory.receive([laboratory.raw(laboratory.hospital, value)])

    assert received.duplicate == 1
    assert laboratory.rows(
        "SELECT state, count(*)::int FROM report GROUP BY state ORDER BY state"
    ) == [
        ("accepted", 1),
        ("duplicate", 1),
    ]
    assert laboratory.one("SELECT count(*) FROM event") == 1


def test_two_reports_with_one_sequence_number_are_both_taken_and_told_as_a_fork(laboratory):
    first = laboratory.says(laboratory.hospital, an_attendance("V1"), sequence=1)
    second = laboratory.says(laboratory.hospital, an_attendance("V2"), sequence=1)

    received = laboratory.receive([first, second])

    assert received.accepted == 2
    assert laboratory.one("SELECT code FROM feed_fault") == "sequence_fork"
    assert laboratory.one("SELECT count(*) FROM event") == 2


def test_a_report_with_a_wrong_signature_is_parked_and_names_no_publisher(laboratory):
    value = laboratory.hospital.report(an_attendance())
    forged = laboratory.raw(laboratory.hospital, value)
    forged = replace(forged, headers=(("signature", bytes(64)),))

    received = laboratory.receive([forged])

    assert received.parked == 1
    assert laboratory.rows("SELECT state, reason, publisher, agency FROM report") == [
        ("parked", "signature_wrong", None, None)
    ]
    assert laboratory.one("SELECT count(*) FROM feed") == 0


def test_a_parked_report_is_accepted_once_its_publisher_is_known(laboratory):
    stranger = type(laboratory.hospital)("RCB", laboratory.hospital.feed, seed=9)
    raw = laboratory.raw(stranger, stranger.report(an_attendance()))
    laboratory.receive([raw])
    assert laboratory.one("SELECT reason FROM report") == "publisher_not_known"

    laboratory.publishers.add(
        "RCB",
        public_key=stranger.signer.public_key().public_bytes_raw(),
        reports_for=[("RCB", stranger.feed)],
        now=NOW - timedelta(days=1),
    )
    received = laboratory.receive.retry([raw])

    assert received.accepted == 1
    assert laboratory.one("SELECT state FROM report") == "accepted"
    assert laboratory.one("SELECT count(*) FROM event") == 1


def test_an_event_with_the_same_revision_and_other_content_is_a_conflict_and_both_are_kept(
    laboratory,
):
    laboratory.receive([laboratory.says(laboratory.council, a_plan())])
    other = a_plan(started=date(2026, 8, 1))

    received = laboratory.receive([laboratory.says(laboratory.council, other)])

    assert received.conflicts == 1
    assert laboratory.rows("SELECT outcome, reason, sealed IS NOT NULL FROM event_problem") == [
        ("conflict", "other_content", True)
    ]
    assert laboratory.one("SELECT started_on FROM plan") == date(2026, 9, 1)


def test_an_unusable_event_is_rejected_and_the_rest_of_its_report_is_stored(laboratory):
    broken = a_plan("P2", ended=date(2026, 1, 1))

    received = laboratory.receive([laboratory.says(laboratory.council, broken, a_plan("P1"))])

    assert (received.events, received.rejected) == (1, 1)
    assert laboratory.rows("SELECT outcome, reason, field FROM event_problem") == [
        ("rejected", "ends_before_start", "facts.ended_on")
    ]
    assert laboratory.rows("SELECT events_stored, events_rejected FROM report") == [(1, 1)]


def test_a_cancelled_attendance_takes_its_alert_back(laboratory):
    laboratory.receive(
        [
            *laboratory.extract(laboratory.council, a_plan()),
            laboratory.says(laboratory.hospital, an_attendance()),
        ]
    )
    assert len(laboratory.standing()) == 1

    cancel = an_attendance(revision=2, state=EventState.WITHDRAWN)
    laboratory.receive([laboratory.says(laboratory.hospital, cancel)])

    assert laboratory.standing() == set()
    assert laboratory.one("SELECT state FROM alert") == "withdrawn"
    assert [kind for (kind,) in laboratory.rows("SELECT kind FROM alert_step ORDER BY step")] == [
        "raised",
        "withdrawn",
    ]


def test_a_deleted_plan_takes_its_alert_back(laboratory):
    laboratory.receive(
        [
            *laboratory.extract(laboratory.council, a_plan()),
            laboratory.says(laboratory.hospital, an_attendance()),
        ]
    )

    later = NOW + timedelta(hours=1)
    deletion = a_plan(as_at=later, state=EventState.WITHDRAWN)
    laboratory.receive([laboratory.says(laboratory.council, deletion)])

    assert laboratory.standing() == set()


def test_history_is_recorded_and_never_delivered(laboratory):
    laboratory.receive(laboratory.extract(laboratory.council, a_plan()))

    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance(), backfill=True)])

    assert laboratory.rows("SELECT state, delivered FROM alert") == [("standing", False)]


@pytest.mark.parametrize("history_first", [True, False])
def test_what_is_loaded_as_history_and_told_as_news_is_news_whichever_came_first(
    laboratory, history_first
):
    laboratory.receive(laboratory.extract(laboratory.council, a_plan()))
    for backfill in (history_first, not history_first):
        visit = laboratory.says(laboratory.hospital, an_attendance(), backfill=backfill)
        laboratory.receive([visit])

    assert laboratory.rows("SELECT state, delivered FROM alert") == [("standing", True)]
    assert laboratory.one("SELECT count(*) FROM event_problem") == 0


def test_a_gap_in_the_sequence_delays_nothing_and_is_seen(laboratory):
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance("V1"), sequence=1)])

    received = laboratory.receive(
        [laboratory.says(laboratory.hospital, an_attendance("V3"), sequence=3)]
    )

    assert received.accepted == 1
    assert str(laboratory.one("SELECT received::text FROM spool")) == "{[1,2),[3,4)}"


def test_a_full_extract_closes_what_it_no_longer_lists_and_nothing_newer(laboratory):
    early, late = NOW - timedelta(days=1), NOW + timedelta(hours=2)
    gone, kept = a_child(0, local_id="C1"), a_child(1, local_id="C2", family_name="Bell")
    newer = a_child(2, local_id="C3", family_name="Cole")
    laboratory.receive(
        laboratory.extract(
            laboratory.council,
            a_plan("P1", child=gone, as_at=early),
            a_plan("P2", child=kept, as_at=early),
            as_at=early,
        )
    )
    laboratory.receive([laboratory.says(laboratory.council, a_plan("P3", child=newer, as_at=late))])

    laboratory.receive(laboratory.extract(laboratory.council, a_plan("P2", child=kept)))

    closed = laboratory.rows(
        "SELECT omitted_as_at IS NOT NULL FROM plan ORDER BY as_at, omitted_as_at"
    )
    assert sorted(closed) == [(False,), (False,), (True,)]
    assert laboratory.one("SELECT statement_agrees FROM register") is True


def test_a_change_from_before_a_full_extract_that_does_not_list_it_stays_closed(laboratory):
    laboratory.receive(
        laboratory.extract(laboratory.council, a_plan("P2", child=a_child(1, local_id="C2")))
    )

    late = a_plan("P1", as_at=NOW - timedelta(days=2))
    laboratory.receive([laboratory.says(laboratory.council, late)])

    assert laboratory.one("SELECT omitted_as_at FROM plan WHERE as_at < %s", NOW) == NOW


def test_an_extract_that_would_close_too_many_plans_waits_for_a_person(laboratory):
    yesterday = NOW - timedelta(days=1)
    plans = [
        a_plan(
            f"P{n}",
            child=a_child(0, local_id=f"C{n}", nhs_number=None, family_name=f"Name{n}"),
            as_at=yesterday,
        )
        for n in range(7)
    ]
    laboratory.receive(laboratory.extract(laboratory.council, *plans, as_at=yesterday))

    today = [replace(plans[0], revision=int(NOW.timestamp() * 1000), recorded_at=NOW)]
    laboratory.receive(laboratory.extract(laboratory.council, *today))

    assert laboratory.rows(
        "SELECT state, would_close, open_before FROM extract WHERE as_at = %s", NOW
    ) == [("waiting", 6, 7)]
    assert laboratory.one("SELECT count(*) FROM plan WHERE omitted_as_at IS NOT NULL") == 0


def test_two_agencies_that_know_one_child_lead_to_one_child(laboratory):
    council_child = a_child(local_id="C1")
    laboratory.receive(
        [
            laboratory.says(laboratory.hospital, an_attendance()),
            laboratory.says(
                laboratory.other_hospital, an_attendance(site="RR801", child=a_child(local_id="L9"))
            ),
            *laboratory.extract(laboratory.council, a_plan(child=council_child)),
        ]
    )

    assert laboratory.one("SELECT count(DISTINCT child_ref) FROM link") == 1
    assert laboratory.rows("SELECT verdict, count(*)::int FROM link GROUP BY 1 ORDER BY 1") == [
        ("matched", 2),
        ("new", 1),
    ]


def test_two_children_with_the_same_birth_date_and_surname_are_possibly_one_and_not_joined(
    laboratory,
):
    one, other = a_child(0), a_child(1, local_id="L9", nhs_number=None, given_names=("Tom",))
    laboratory.receive(
        [
            laboratory.says(laboratory.hospital, an_attendance(child=one)),
            laboratory.says(laboratory.other_hospital, an_attendance(site="RR801", child=other)),
        ]
    )

    assert laboratory.one("SELECT count(DISTINCT child_ref) FROM link") == 2
    assert ("possible",) in laboratory.rows("SELECT verdict FROM link")


def test_a_number_learnt_later_joins_the_records_and_raises_what_follows(laboratory):
    unnumbered = a_child(local_id="H1", nhs_number=None, given_names=("Oriel",))
    laboratory.receive(
        [
            *laboratory.extract(laboratory.council, a_plan()),
            laboratory.says(laboratory.hospital, an_attendance(child=unnumbered)),
        ]
    )
    assert laboratory.standing() == set()

    known = an_attendance(child=a_child(local_id="H1"), revision=2, state=EventState.CORRECTED)
    laboratory.receive([laboratory.says(laboratory.hospital, known)])

    assert laboratory.one("SELECT count(DISTINCT child_ref) FROM link") == 1
    assert len(laboratory.standing()) == 1
    assert laboratory.one("SELECT count(*) FROM correlation_pending") == 0


def test_a_strong_claim_by_two_children_is_many_and_joins_neither(laboratory):
    first = a_child(0, local_id="H1", upn=None)
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance("V1", child=first))])
    laboratory.receive(
        [
            laboratory.says(
                laboratory.hospital,
                an_attendance(
                    "V2", child=replace(first, local_id="H2", birth_date=date(2020, 1, 1))
                ),
            )
        ]
    )
    verdicts = laboratory.rows("SELECT verdict FROM link ORDER BY verdict")
    assert verdicts == [("new",), ("possible",)]


def test_nothing_that_identifies_a_person_stands_in_clear_in_any_table(laboratory):
    laboratory.receive(
        [
            *laboratory.extract(laboratory.council, a_plan()),
            laboratory.says(laboratory.hospital, an_attendance()),
        ]
    )
    tables = [
        name
        for (name,) in laboratory.rows(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        )
    ]
    dump = " ".join(
        str(row) for table in tables for row in laboratory.rows(f"SELECT t::text FROM {table} AS t")
    )
    planted = laboratory.one("SELECT agency FROM record WHERE agency = 'RAE'")
    assert planted in dump
    for secret in ("Ashworth", "Mira", NUMBERS[0], "BD1 1HX", "2021-05-04", "RAE01|V1"):
        assert secret not in dump
        assert secret.encode().hex() not in dump


def test_an_alert_about_a_child_with_a_plan_elsewhere_is_owned_here_and_told_there(laboratory):
    laboratory.receive(
        [
            *laboratory.extract(laboratory.other_council, a_plan(authority=LEEDS)),
            laboratory.says(laboratory.hospital, an_attendance()),
        ]
    )

    ((owner, informed),) = laboratory.rows("SELECT owner, informed FROM alert")
    assert owner == "E08000032"
    assert LEEDS in informed
