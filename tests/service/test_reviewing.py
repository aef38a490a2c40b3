"""Questions for people over a real PostgreSQL: asked, urgent, settled, and asked again."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest

from hub.adapters.identity_reference import shipped_matching
from hub.adapters.store.reviews import PostgresReviews
from hub.core.alert import Severity
from hub.core.alert_route import AlertRoute, RouteChannel
from hub.core.escalation import Available, EscalationPolicy, EscalationStep
from hub.core.front_door import OWN_DESK
from hub.core.identifiers import GssCode, Postcode
from hub.core.review import ReviewReason, ReviewState, Urgency, review_id
from hub.errors import TransientFault
from hub.ports.review import ReviewAsked, ReviewShows, ReviewsWanted
from hub.service.review_asking import AT_ONCE_MAX
from hub.service.reviewing import Reviewing
from tests.service.laboratory import BRADFORD, LEEDS, NOW, a_child, a_plan, an_attendance

pytestmark = pytest.mark.stack

WAITING = ReviewsWanted()


@pytest.fixture
def reviews(laboratory):
    return PostgresReviews(laboratory.store, laboratory.keys.sealer)


@pytest.fixture
def reviewing(laboratory, reviews):
    return Reviewing(
        store=reviews,
        policies=laboratory.policies,
        places=laboratory.places,
        matching=shipped_matching(),
        clock=laboratory.clock,
    )


def unnamed(**changes):
    """The child whom the council knows as Mira, as a hospital knows it: another name, no number."""
    return a_child(**({"local_id": "H9", "nhs_number": None, "given_names": ("Oriel",)} | changes))


def possible(laboratory, **changes):
    """A record that is possibly the child's on the register, and is linked to nobody's."""
    laboratory.receive(laboratory.extract(laboratory.council, a_plan()))
    seen = an_attendance(child=unnamed(**changes))
    laboratory.receive([laboratory.says(laboratory.hospital, seen)])
    assert laboratory.one("SELECT count(*) FROM link WHERE verdict = 'possible'") == 1


def queue(reviews, desk=BRADFORD, wanted=WAITING, now=NOW):
    with reviews.review_transaction() as transaction:
        return transaction.reviews_at([desk], wanted, now)


def steps(reviews, row):
    with reviews.review_transaction() as transaction:
        found = transaction.steps([row.review_id])[row.review_id]
    return [(step.kind, step.code) for step in found]


def test_an_uncertain_record_asks_once_for_each_child_it_may_be_of(laboratory, reviews, reviewing):
    possible(laboratory)

    assert reviewing() == 1
    assert reviewing() == 0

    found = queue(reviews)
    (row,) = found.rows
    assert {row.one, row.other} == {
        bytes(ref) for (ref,) in laboratory.rows("SELECT record_ref FROM link")
    }
    assert (row.reason, row.state) == (ReviewReason.POSSIBLE, ReviewState.OPEN)
    assert (row.opened_at, row.desks) == (NOW, (BRADFORD,))
    assert row.urgent == (Urgency.PLAN,)
    assert (found.counts[ReviewShows.WAITING], found.urgent, found.behind) == (1, 1, 0)
    assert found.oldest_at == NOW
    assert steps(reviews, row) == [("opened", "possible")]


def test_a_record_that_may_be_of_very_many_is_asked_of_twenty_and_first_of_who_has_a_plan(
    laboratory, reviews, reviewing
):
    laboratory.receive(laboratory.extract(laboratory.council, a_plan()))
    for number in range(26):
        nameless = unnamed(local_id=f"N{number}", given_names=())
        visit = an_attendance(f"N{number}", child=nameless)
        laboratory.receive([laboratory.says(laboratory.hospital, visit)])
        reviewing()
    last = laboratory.keys.events.record_ref(laboratory.hospital.agency, "N25")

    with reviews.review_transaction() as transaction:
        (link,) = transaction.links([last]).values()
        asked = transaction.reviews_of([last])
        of_register = next(iter(transaction.representatives(link.possible).values()))

    assert len(link.possible) == 26
    assert len(asked) == AT_ONCE_MAX
    assert of_register in {ref for row in asked for ref in (row.one, row.other)}
    assert laboratory.rows("SELECT 1 FROM plan WHERE record_ref = %s", of_register)


def test_it_goes_by_itself_when_the_record_is_told_to_be_the_childs(laboratory, reviews, reviewing):
    possible(laboratory)
    reviewing()
    laboratory.clock.instant = NOW + timedelta(hours=1)
    known = replace(a_child(local_id="H9"), given_names=None)
    laboratory.receive(
        [laboratory.says(laboratory.hospital, an_attendance("V2", child=known, revision=2))]
    )

    assert reviewing() == 1

    (row,) = queue(reviews, wanted=ReviewsWanted(shows=ReviewShows.ENDED)).rows
    assert (row.state, row.changed_at) == (ReviewState.WITHDRAWN, laboratory.clock.instant)
    assert queue(reviews).rows == ()
    assert steps(reviews, row) == [("opened", "possible"), ("withdrawn", "together")]


def test_it_goes_when_the_record_turns_out_to_be_of_nobody_like_it(laboratory, reviews, reviewing):
    possible(laboratory)
    reviewing()
    other = unnamed(
        birth_date=date(2011, 1, 30), family_name="Quill", postcode=Postcode.parse("LS1 1UR")
    )
    laboratory.receive(
        [laboratory.says(laboratory.hospital, an_attendance("V2", child=other, revision=2))]
    )

    reviewing()

    (row,) = queue(reviews, wanted=ReviewsWanted(shows=ReviewShows.ENDED)).rows
    assert steps(reviews, row)[-1] == ("withdrawn", "apart")


def test_it_comes_again_when_it_is_uncertain_again(laboratory, reviews, reviewing):
    possible(laboratory)
    reviewing()
    away = unnamed(birth_date=date(2011, 1, 30), family_name="Quill", postcode=None)
    laboratory.receive(
        [laboratory.says(laboratory.hospital, an_attendance("V2", child=away, revision=2))]
    )
    reviewing()
    back = an_attendance("V3", child=unnamed(), revision=3)
    laboratory.clock.instant = NOW + timedelta(days=1)
    laboratory.receive([laboratory.says(laboratory.hospital, back)])

    reviewing()

    (row,) = queue(reviews).rows
    assert row.opened_at == laboratory.clock.instant
    assert [kind for kind, _ in steps(reviews, row)] == ["opened", "withdrawn", "opened"]
    assert steps(reviews, row)[-1] == ("opened", "uncertain_again")


def test_a_baby_makes_it_urgent_and_no_plan_of_the_past_does(laboratory, reviews, reviewing):
    baby = a_child(local_id="C1", birth_date=date(2026, 8, 1), given_names=("Mira",))
    seen = replace(baby, local_id="H9", nhs_number=None, given_names=("Oriel",))
    laboratory.receive(
        [
            laboratory.says(laboratory.other_hospital, an_attendance(child=baby, site="RR801")),
            laboratory.says(laboratory.hospital, an_attendance(child=seen)),
        ]
    )
    reviewing()
    (row,) = queue(reviews).rows
    assert row.urgent == (Urgency.UNDER_ONE,)


def test_a_question_grows_urgent_when_a_plan_comes_later(laboratory, reviews, reviewing):
    mira = a_child()
    laboratory.receive(
        [
            laboratory.says(laboratory.other_hospital, an_attendance(child=mira, site="RR801")),
            laboratory.says(laboratory.hospital, an_attendance(child=unnamed())),
        ]
    )
    reviewing()
    (row,) = queue(reviews).rows
    assert row.urgent == ()
    laboratory.receive(laboratory.extract(laboratory.council, a_plan()))
    laboratory.clock.instant = NOW + timedelta(minutes=6)

    reviewing()

    (row,) = queue(reviews).rows
    assert Urgency.PLAN in row.urgent


def test_it_waits_with_every_authority_that_answers_for_either_child(
    laboratory, reviews, reviewing
):
    in_leeds = unnamed(postcode=Postcode.parse("LS1 1UR"))
    laboratory.receive(
        [
            *laboratory.extract(laboratory.council, a_plan()),
            laboratory.says(laboratory.hospital, an_attendance(child=in_leeds)),
        ]
    )
    reviewing()
    assert queue(reviews, BRADFORD).rows == queue(reviews, LEEDS).rows != ()
    assert queue(reviews, OWN_DESK).rows == ()


def test_one_that_nobody_answers_for_waits_at_the_hubs_own_desk(laboratory, reviews, reviewing):
    nowhere = {"postcode": None, "birth_date": date(2019, 2, 3)}
    at_no_site = {"site": "RXX01"}
    laboratory.receive(
        [
            laboratory.says(
                laboratory.other_hospital, an_attendance(child=a_child(**nowhere), **at_no_site)
            ),
            laboratory.says(
                laboratory.hospital, an_attendance(child=unnamed(**nowhere), **at_no_site)
            ),
        ]
    )
    reviewing()
    (row,) = queue(reviews, OWN_DESK).rows
    assert row.desks == (OWN_DESK,)


def asked(laboratory, reviews, reason=ReviewReason.AGENCY_MERGE):
    """A question that a hospital asks about two children who are not alike at all."""
    laboratory.receive(
        [
            laboratory.says(laboratory.hospital, an_attendance(child=a_child())),
            laboratory.says(
                laboratory.hospital,
                an_attendance("V2", child=a_child(1, family_name="Quill", given_names=("Bo",))),
            ),
        ]
    )
    one, other = (bytes(ref) for (ref,) in laboratory.rows("SELECT record_ref FROM link"))
    question = ReviewAsked(one=one, other=other, reason=reason, asked_by="RAE")
    with reviews.review_transaction() as transaction:
        transaction.ask_review([question, question], NOW)
    return question


def test_an_agency_asks_a_question_that_no_link_asks(laboratory, reviews, reviewing):
    question = asked(laboratory, reviews)

    reviewing()

    (row,) = queue(reviews).rows
    assert row.review_id == question.review_id == review_id(question.other, question.one)
    assert (row.asked_by, row.reason) == ("RAE", ReviewReason.AGENCY_MERGE)
    assert steps(reviews, row) == [("opened", "agency_merge")]


def test_a_split_that_an_agency_asks_for_is_settled_where_they_are_apart(
    laboratory, reviews, reviewing
):
    question = asked(laboratory, reviews, ReviewReason.AGENCY_SPLIT)
    reviewing()
    with laboratory.store.connection() as connection:
        connection.execute(
            "UPDATE link SET version = version + 1 WHERE record_ref = %s", (question.one,)
        )

    reviewing()

    (row,) = queue(reviews, wanted=ReviewsWanted(shows=ReviewShows.ENDED)).rows
    assert steps(reviews, row)[-1] == ("withdrawn", "apart")


def test_what_a_round_that_dies_had_looked_at_is_looked_at_again(laboratory, reviews, reviewing):
    possible(laboratory)

    class Dies(PostgresReviews):
        @contextmanager
        def review_transaction(self):
            with super().review_transaction() as transaction:
                yield transaction
                raise TransientFault("the process died before its commit")

    dying = Dies(laboratory.store, laboratory.keys.sealer)
    with pytest.raises(TransientFault):
        Reviewing(
            store=dying,
            policies=laboratory.policies,
            places=laboratory.places,
            matching=shipped_matching(),
            clock=laboratory.clock,
        )()
    assert queue(reviews).rows == ()

    assert reviewing() == 1
    assert len(queue(reviews).rows) == 1


def test_a_queue_that_nobody_keeps_says_that_questions_may_be_missing(laboratory, reviews):
    possible(laboratory)
    with laboratory.store.connection() as connection:
        connection.execute("UPDATE identity_review_look SET since = %s", (NOW,))

    assert queue(reviews).behind == 0
    assert queue(reviews, now=NOW + timedelta(minutes=2)).behind == 1


def test_of_two_rounds_at_once_one_does_it(laboratory, reviews, reviewing):
    possible(laboratory)
    with reviews.review_transaction() as transaction:
        assert transaction.take_round()
        assert reviewing() == 0
    assert reviewing() == 1


def numbered(laboratory, number, **changes):
    """A visit of somebody who bears the number of the child on the register, and is like nobody."""
    told = {
        "local_id": f"H{number}",
        "family_name": "Quill",
        "given_names": ("Bo",),
        "birth_date": date(2014, 1, 30),
        "postcode": Postcode.parse("LS1 1UR"),
    }
    seen = an_attendance(f"V{number}", child=a_child(**{**told, **changes}))
    laboratory.receive([laboratory.says(laboratory.hospital, seen)])


def test_one_number_in_two_records_is_asked_behind_what_is_likely(laboratory, reviews, reviewing):
    laboratory.receive(laboratory.extract(laboratory.council, a_plan()))
    numbered(laboratory, 3)
    reviewing()
    laboratory.clock.instant = NOW + timedelta(minutes=1)
    visit = an_attendance(child=unnamed())
    laboratory.receive([laboratory.says(laboratory.hospital, visit)])

    reviewing()

    likely, unlikely = queue(reviews, wanted=ReviewsWanted(urgent_only=True)).rows
    assert (likely.unlikely, unlikely.unlikely) == (False, True)
    assert unlikely.opened_at < likely.opened_at
    with reviews.review_transaction() as transaction:
        for here, around in ((likely, (None, unlikely)), (unlikely, (likely, None))):
            beside = transaction.neighbours(BRADFORD, here, urgent_only=False)
            assert beside == tuple(one.review_id if one else None for one in around)


def test_of_a_shielded_child_the_queue_does_not_tell_how_likely_it_is(
    laboratory, reviews, reviewing
):
    laboratory.receive(laboratory.extract(laboratory.council, replace(a_plan(), shielded=True)))
    numbered(laboratory, 3)

    reviewing()

    (row,) = queue(reviews).rows
    assert not row.unlikely


class Stumbles(PostgresReviews):
    """Fails whenever one record is in hand."""

    on = None

    @contextmanager
    def review_transaction(self):
        with super().review_transaction() as transaction:
            links = transaction.links

            def stumbling(refs):
                if self.on in refs:
                    raise ZeroDivisionError
                return links(refs)

            transaction.links = stumbling
            yield transaction


@pytest.fixture
def stumbling(laboratory):
    return Stumbles(laboratory.store, laboratory.keys.sealer)


@pytest.fixture
def stumbles(laboratory, stumbling):
    return Reviewing(
        store=stumbling,
        policies=laboratory.policies,
        places=laboratory.places,
        matching=shipped_matching(),
        clock=laboratory.clock,
    )


QUILL = {"family_name": "Quill", "birth_date": date(2012, 1, 30)}


def two_questions(laboratory):
    """Two children who have nothing to do with each other, and of each a visit without a name."""
    at_leeds = [
        an_attendance("V1", child=a_child(local_id="L1"), site="RR801"),
        an_attendance(
            "V2",
            child=a_child(1, local_id="L2", given_names=("Bo",), **QUILL),
            site="RR801",
        ),
    ]
    unknown = [
        an_attendance("V1", child=unnamed()),
        an_attendance(
            "V2", child=a_child(1, local_id="H8", nhs_number=None, given_names=None, **QUILL)
        ),
    ]
    laboratory.receive([laboratory.says(laboratory.other_hospital, *at_leeds)])
    laboratory.receive([laboratory.says(laboratory.hospital, *unknown)])
    assert laboratory.one("SELECT count(*) FROM identity_review_look") == 2


def test_one_record_that_cannot_be_looked_at_holds_up_no_other(
    laboratory, reviews, stumbling, stumbles, caplog
):
    two_questions(laboratory)
    stumbling.on = bytes(laboratory.one("SELECT record_ref FROM identity_review_look LIMIT 1"))

    assert stumbles() == 1
    assert stumbles() == 0

    (left,) = laboratory.rows("SELECT record_ref FROM identity_review_look")
    assert bytes(left[0]) == stumbling.on
    assert len(queue(reviews).rows) == 1
    assert queue(reviews, now=NOW + timedelta(days=365)).behind == 1
    assert "ZeroDivisionError in test_reviewing.py" in caplog.text
    stumbling.on = None
    assert stumbles() == 0
    laboratory.clock.instant = NOW + timedelta(minutes=11)
    assert stumbles() == 1
    assert len(queue(reviews).rows) == 2


def test_one_question_that_cannot_be_looked_at_again_holds_up_no_other(
    laboratory, reviews, stumbling, stumbles
):
    two_questions(laboratory)
    stumbles()
    first, second = queue(reviews).rows
    stumbling.on = first.one
    laboratory.clock.instant = NOW + timedelta(minutes=6)

    stumbles()

    assessed = {row.review_id: row.assessed_at for row in queue(reviews).rows}
    assert assessed == {first.review_id: NOW, second.review_id: laboratory.clock.instant}


# ---------------------------------------------------------------------------- whoever is on duty


def told(laboratory):
    return laboratory.rows(
        "SELECT recipient, next_at, severity, authority FROM outbox"
        " WHERE kind = 'urgent_question' ORDER BY recipient"
    )


def on_duty(laboratory, *severities, steps=()):
    """Bradford has a system that is told of alerts of these severities, and these contacts."""
    route = AlertRoute(
        label="Duty team",
        severities=frozenset(severities),
        channel=RouteChannel.WEBHOOK,
        desk="BFD-DUTY",
        webhook="https://duty.example/waits",
    )
    authorities = dict(laboratory.policies.authorities)
    code = GssCode(BRADFORD)
    escalation = EscalationPolicy(steps=steps)
    authorities[code] = replace(authorities[code], routes=(route,), escalation=escalation)
    laboratory.policies = replace(laboratory.policies, authorities=authorities)


def at_night(laboratory):
    """A minute and a half before two o'clock on the night after."""
    laboratory.clock.instant = (NOW + timedelta(days=1)).replace(hour=1, minute=58, second=30)


NIGHT = EscalationStep(
    label="Emergency duty team",
    severities=frozenset({Severity.IMMEDIATE}),
    available=Available.OUT_OF_HOURS,
    minutes=20,
    desk="BFD-NIGHT",
    webhook="https://night.example/waits",
)
DAY = replace(NIGHT, label="Manager", available=Available.OFFICE, desk="BFD-DAY")


def asking(laboratory, reviews):
    return Reviewing(
        store=reviews,
        policies=laboratory.policies,
        places=laboratory.places,
        matching=shipped_matching(),
        clock=laboratory.clock,
    )


def test_an_urgent_question_is_told_to_whoever_is_on_duty_at_night_too(laboratory, reviews):
    possible(laboratory)
    on_duty(laboratory, Severity.IMMEDIATE, steps=(DAY, NIGHT))
    at_night(laboratory)
    round_ = asking(laboratory, reviews)

    round_()

    due = laboratory.clock.instant + timedelta(seconds=90)
    (row,) = queue(reviews).rows
    assert row.urgent
    assert told(laboratory) == [
        ("BFD-DUTY", due, "immediate", BRADFORD),
        ("BFD-NIGHT", due, "immediate", BRADFORD),
    ]
    laboratory.clock.instant += timedelta(minutes=10)
    round_()
    assert len(told(laboratory)) == 2, "it was urgent before"


def test_in_office_hours_those_of_the_night_are_left_alone(laboratory, reviews):
    possible(laboratory)
    on_duty(laboratory, Severity.IMMEDIATE, steps=(DAY, NIGHT))
    laboratory.clock.instant = (NOW + timedelta(days=1)).replace(hour=11)  # a Monday

    asking(laboratory, reviews)()

    assert [recipient for recipient, *_ in told(laboratory)] == ["BFD-DUTY"]


def test_a_question_that_is_not_urgent_is_told_to_nobody_until_it_is(laboratory, reviews):
    on_duty(laboratory, Severity.IMMEDIATE)
    seen = an_attendance(child=a_child())
    laboratory.receive([laboratory.says(laboratory.hospital, seen)])
    other = an_attendance("V2", child=unnamed())
    laboratory.receive([laboratory.says(laboratory.hospital, other)])
    round_ = asking(laboratory, reviews)
    round_()
    (row,) = queue(reviews).rows
    assert row.urgent == ()
    assert told(laboratory) == []

    laboratory.receive(laboratory.extract(laboratory.council, a_plan()))
    laboratory.clock.instant += timedelta(minutes=10)
    round_()

    (row,) = queue(reviews).rows
    assert Urgency.PLAN in row.urgent
    assert [recipient for recipient, *_ in told(laboratory)] == ["BFD-DUTY"]


def test_questions_of_one_moment_are_told_together(laboratory, reviews):
    on_duty(laboratory, Severity.IMMEDIATE)
    possible(laboratory)
    again = an_attendance("V3", child=unnamed(local_id="H10", given_names=("Sunniva",)))
    laboratory.receive([laboratory.says(laboratory.hospital, again)])

    asking(laboratory, reviews)()

    assert queue(reviews).urgent == 2
    assert len(told(laboratory)) == 1


def test_who_is_told_of_nothing_immediate_is_told_of_no_question(laboratory, reviews):
    possible(laboratory)
    on_duty(laboratory, Severity.TODAY)

    asking(laboratory, reviews)()

    assert queue(reviews).urgent == 1
    assert told(laboratory) == []
