"""Has the child been at any A&E before, and how far can it be said that it has not?"""

from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.answer import CannotSay, PlanAnswer, SeenAnswer
from hub.core.identity import Verdict
from hub.core.status_answer import sources, whole_answer
from hub.core.status_registers import FeedState
from hub.core.status_seen import PRESENTATIONS_MAX, seen_answer
from tests.core.builders import BRADFORD, LEEDS, a_number, a_policy, a_source, some_policies
from tests.core.status_builders import (
    BORN,
    NOW,
    POLICIES,
    UNBORN_PLAN,
    a_mother,
    a_plan,
    a_question,
    a_register,
    a_visit,
    an_unborn,
    days_ago,
    hours_ago,
    knowledge,
    somebody,
)


def seen(*visits, **more):
    return seen_answer(a_question(), knowledge(attendances=visits, **more), POLICIES, NOW)


def feed_fault(**spoilt):
    def spoil(question, known):
        state = FeedState(**({"agency": "RR8", "as_of": hours_ago(1)} | spoilt))
        return question, replace(known, feeds=dict(known.feeds) | {"RR8": state})

    return spoil


def question_fault(**changed):
    return lambda question, known: (replace(question, **changed), known)


def knowledge_fault(**changed):
    return lambda question, known: (question, replace(known, **changed))


def visitor(**more):
    return replace(somebody(entries=(), **more), attended=True)


def another(**more):
    return lambda question, known: (
        question,
        replace(known, others=(*known.others, visitor(**more))),
    )


FAULTS = {
    "no NHS number": (question_fault(nhs_number=None), CannotSay.NHS_NUMBER_NEEDED),
    "no birth date": (question_fault(birth_date=None), CannotSay.BIRTH_DATE_NEEDED),
    "contradiction": (knowledge_fault(contradiction=True), CannotSay.DETAILS_DISAGREE),
    "many": (knowledge_fault(verdict=Verdict.MANY), CannotSay.POSSIBLE_MATCH),
    "unavailable": (
        knowledge_fault(verdict=Verdict.UNAVAILABLE), CannotSay.SOURCE_UNAVAILABLE),
    "some may not be shown": (
        knowledge_fault(attendances_withheld=True), CannotSay.SOURCE_UNAVAILABLE),
    "a feed is stale": (feed_fault(as_of=hours_ago(24.1)), CannotSay.FEED_STALE),
    "a feed is of the future": (feed_fault(as_of=hours_ago(-1)), CannotSay.FEED_STALE),
    "a feed was never heard of": (
        knowledge_fault(feeds={"RAE": FeedState(agency="RAE", as_of=NOW)}),
        CannotSay.FEED_STALE),
    "a gap": (feed_fault(sequence_gap=True), CannotSay.FEED_INCOMPLETE),
    "a rejected event": (feed_fault(rejected_events=1), CannotSay.FEED_INCOMPLETE),
    "a conflict": (feed_fault(conflicting_events=1), CannotSay.FEED_INCOMPLETE),
    "a parked report": (feed_fault(parked_reports=1), CannotSay.FEED_INCOMPLETE),
    "a refused record": (feed_fault(refused_rows=1), CannotSay.FEED_INCOMPLETE),
    "a numberless visitor sounds alike": (
        another(birth_date=BORN, family_name="Holroyd"), CannotSay.POSSIBLE_MATCH),
    "a visitor has the number and another birth date": (
        another(nhs_number=a_number()), CannotSay.POSSIBLE_MATCH),
}  # fmt: skip


def answer_with(names):
    question, known = a_question(), knowledge()
    for name in names:
        question, known = FAULTS[name][0](question, known)
    return seen_answer(question, known, POLICIES, NOW)


def test_none_is_known_when_every_feed_is_fresh_and_complete():
    found = answer_with(())
    assert (found.answer, found.reasons) == (SeenAnswer.NONE_KNOWN, ())
    assert found.none_known_since == NOW - timedelta(days=365)
    assert found.days == 365


def test_none_is_known_only_since_the_latest_feed_went_live():
    policy = a_policy()
    late = a_source("RR8")
    late = replace(late, live_from=NOW - timedelta(days=20))
    policies = replace(
        some_policies(),
        hub=replace(policy, authority=None, sources={"RAE": a_source("RAE")}),
        authorities={BRADFORD: replace(policy, sources=dict(policy.sources) | {"RR8": late})},
    )
    found = seen_answer(
        a_question(), knowledge(authorities=knowledge().authorities[:2]), policies, NOW
    )
    assert found.none_known_since == NOW - timedelta(days=20)


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_forbids_none_known(name):
    found = answer_with([name])
    assert found.answer is SeenAnswer.CANNOT_SAY
    assert FAULTS[name][1] in found.reasons
    assert found.none_known_since is None


def test_any_two_faults_forbid_it_too():
    for pair in combinations(FAULTS, 2):
        assert answer_with(pair).answer is SeenAnswer.CANNOT_SAY, pair


@settings(deadline=None)  # the machine is shared: a slow moment is no failure
@given(st.sets(st.sampled_from(sorted(FAULTS))))
def test_over_all_combinations_none_known_appears_only_without_any(names):
    found = answer_with(sorted(names))
    expected = SeenAnswer.CANNOT_SAY if names else SeenAnswer.NONE_KNOWN
    assert found.answer is expected


def test_earlier_visits_are_counted_with_their_sites():
    found = seen(a_visit("a1", ago=100), a_visit("a2", ago=200, site="RAE01"), a_visit("a3"))
    assert found.answer is SeenAnswer.SEEN_BEFORE
    assert (found.visits, found.sites, found.days) == (3, 2, 365)
    assert [one.arrived_at for one in found.presentations] == [
        hours_ago(100), hours_ago(200), hours_ago(240),
    ]  # fmt: skip
    assert found.presentations[1].site_name == "Bradford Royal Infirmary"


def test_what_is_there_is_shown_even_if_a_feed_is_stale_and_that_is_said():
    found = seen(a_visit(), feeds={})
    assert found.answer is SeenAnswer.SEEN_BEFORE
    assert found.reasons == (CannotSay.FEED_STALE,)


def test_the_present_visit_is_shown_and_not_counted():
    found = seen(a_visit(ago=2, site="RAE01"))
    assert (found.answer, found.visits) == (SeenAnswer.NONE_KNOWN, 0)
    assert [one.this_visit for one in found.presentations] == [True]


@pytest.mark.parametrize(
    "visit",
    [
        a_visit(ago=13, site="RAE01"),
        a_visit(ago=2, site="RR801"),
        a_visit(ago=2, site="RAE01", departed_at=hours_ago(1)),
        a_visit(ago=2, site=None),
    ],
    ids=["too long ago", "elsewhere", "has left", "site not known"],
)
def test_no_other_visit_is_taken_for_the_present_one(visit):
    found = seen(visit)
    assert (found.answer, found.visits) == (SeenAnswer.SEEN_BEFORE, 1)
    assert found.presentations[0].this_visit is False


def test_only_one_visit_is_the_present_one():
    found = seen(a_visit("a1", ago=2, site="RAE01"), a_visit("a2", ago=6, site="RAE01"))
    assert (found.answer, found.visits) == (SeenAnswer.SEEN_BEFORE, 1)


def test_a_clock_a_little_ahead_does_not_hide_the_present_visit():
    found = seen(a_visit(ago=-1, site="RAE01"))
    assert (found.answer, found.visits) == (SeenAnswer.NONE_KNOWN, 0)
    assert found.presentations[0].this_visit is True


def test_a_visit_dated_next_year_is_not_the_present_one_and_forbids_none_known():
    found = seen(a_visit(ago=-24 * 365, site="RAE01"))
    assert (found.answer, found.visits) == (SeenAnswer.CANNOT_SAY, 0)
    assert found.reasons == (CannotSay.FEED_INCOMPLETE,)
    assert [one.this_visit for one in found.presentations] == [False]


def test_a_visit_dated_next_year_does_not_make_the_present_one_an_earlier_one():
    ahead = a_visit("a1", ago=-24 * 365, site="RAE01")
    found = seen(ahead, a_visit("a2", ago=2, site="RAE01"))
    assert (found.answer, found.visits) == (SeenAnswer.CANNOT_SAY, 0)
    assert [one.this_visit for one in found.presentations] == [False, True]


def test_a_visit_elsewhere_is_seen_before_whatever_its_date():
    found = seen(a_visit(ago=-24 * 365, site="RR801"))
    assert (found.answer, found.visits) == (SeenAnswer.SEEN_BEFORE, 1)


def test_visits_older_than_the_window_are_not_counted():
    assert seen(a_visit(ago=24 * 366)).answer is SeenAnswer.NONE_KNOWN


def test_at_most_25_are_shown_and_all_are_counted():
    found = seen(*(a_visit(f"a{n}", ago=100 + n) for n in range(40)))
    assert len(found.presentations) == PRESENTATIONS_MAX
    assert found.visits == 40


@pytest.mark.parametrize("verdict", [v for v in Verdict if v is not Verdict.MATCHED])
def test_nothing_is_shown_of_a_child_who_is_not_matched(verdict):
    assert seen(a_visit(), verdict=verdict).presentations == ()


def test_without_any_hospital_it_cannot_be_said():
    bare = replace(a_policy(), sources={})
    policies = replace(POLICIES, hub=bare, authorities={BRADFORD: bare, LEEDS: bare})
    found = seen_answer(a_question(), knowledge(), policies, NOW)
    assert found.reasons == (CannotSay.SOURCE_UNAVAILABLE,)
    early = replace(a_policy(), sources={"RAE": a_source("RAE", live_from_day=9999)})
    policies = replace(POLICIES, hub=early, authorities={BRADFORD: early, LEEDS: early})
    found = seen_answer(a_question(), knowledge(), policies, NOW)
    assert found.reasons == (CannotSay.SOURCE_UNAVAILABLE,)


# ---------------------------------------------------------------- the whole answer


def test_the_whole_answer_holds_both_with_their_sources_and_whom_to_ring():
    known = knowledge(entries=(a_plan(authority=LEEDS),), attendances=(a_visit(),), shielded=True)
    whole = whole_answer(a_question(), known, POLICIES, NOW)
    assert whole.shielded is True
    assert whole.answer.plan is PlanAnswer.ON_PLAN
    assert whole.answer.seen is SeenAnswer.SEEN_BEFORE
    assert whole.offices_open == {LEEDS}
    assert [phone.number for phone in whole.relay] == ["01632 960999"]
    assert whole.answer.phones
    assert whole.answer.policy_version == POLICIES.version
    assert "Holroyd" not in repr(whole)


def test_the_sources_say_what_is_joined_fresh_and_complete():
    known = knowledge(
        registers={BRADFORD: a_register(as_of=hours_ago(40)), LEEDS: a_register(sequence_gap=True)}
    )
    told = {source.agency: source for source in sources(known, POLICIES, NOW)}
    assert list(told) == ["E08000032", "E08000035", "RAE", "RR8"]
    assert (told["E08000032"].fresh, told["E08000032"].complete) == (False, True)
    assert (told["E08000035"].fresh, told["E08000035"].complete) == (True, False)
    assert told["E08000032"].asked is True
    assert told["E08000035"].asked is False
    assert told["RAE"].joined is True


def test_a_register_that_is_not_joined_is_listed_as_such():
    told = sources(knowledge(), some_policies(BRADFORD), NOW)
    leeds = next(source for source in told if source.agency == "E08000035")
    assert (leeds.joined, leeds.fresh, leeds.complete, leeds.as_of) == (False, False, False, None)


def test_the_holder_of_the_plan_is_rung_before_the_place():
    leeds = a_policy(LEEDS)
    desk = replace(leeds.phones[0], number="01632 960350")
    policies = replace(
        POLICIES, authorities={BRADFORD: a_policy(), LEEDS: replace(leeds, phones=(desk,))}
    )
    known = knowledge(entries=(replace(a_plan(authority=LEEDS), ended_on=None),))
    numbers = [
        phone.number for phone in whole_answer(a_question(), known, policies, NOW).answer.phones
    ]
    assert numbers == ["01632 960350", "01632 960001"]
    ended = knowledge(entries=(replace(a_plan(authority=LEEDS), ended_on=days_ago(4)),))
    phones = whole_answer(a_question(), ended, policies, NOW).answer.phones
    assert [phone.number for phone in phones] == ["01632 960001"]


@pytest.mark.parametrize(
    "more",
    [
        {"shielded": True},
        {"entries": (a_plan(shielded=True),)},
        {"attendances": (a_visit(shielded=True),)},
        {"verdict": Verdict.NEW, "records": (), "others": (
            an_unborn(mother=a_mother(), entry=a_plan("u1", kind=UNBORN_PLAN, shielded=True)),)},
    ],
    ids=["child", "plan", "visit", "the plan of her unborn child"],
)  # fmt: skip
def test_whatever_is_shielded_shields_the_whole_answer(more):
    assert whole_answer(a_question(), knowledge(**more), POLICIES, NOW).shielded is True
    assert whole_answer(a_question(), knowledge(), POLICIES, NOW).shielded is False
