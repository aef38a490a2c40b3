"""What holds of what was decided about pairs of records, and what may be decided."""

import itertools
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.identity_decision import (
    DecisionCause,
    DecisionKind,
    Reversal,
    consistent,
    decision,
    joined,
    objection,
    signed_decision,
    signed_reversal,
)

A, B, C, D = (bytes([number]) * 16 for number in (1, 2, 3, 4))
SAME, DIFFERENT, ADOPTED = DecisionKind.SAME, DecisionKind.DIFFERENT, DecisionKind.ADOPTED
PERSON, AGENCY, BRIDGED = DecisionCause.PERSON, DecisionCause.AGENCY, DecisionCause.BRIDGED
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def a_decision(kind=SAME, one=A, other=B, *, cause=PERSON, day=0, **more):
    told = {"by": "reviewer-1", "role": "reviewer", "organisation": "E08000032"}
    told |= {"reason": "Both say so.", "occasion": b"review-1"} | more
    return decision(kind, one, other, cause=cause, at=AT + timedelta(days=day), **told)


def test_a_decision_is_about_two_records_in_either_order():
    assert a_decision(SAME, A, B) == a_decision(SAME, B, A)
    with pytest.raises(ValueError, match="two records"):
        a_decision(SAME, A, A)


def test_the_id_follows_from_kind_records_cause_and_occasion_and_from_nothing_else():
    made = a_decision().decision_id
    assert len(made) == 16
    same = a_decision(by="reviewer-2", reason="Other words.", day=3, role="r", organisation="o")
    assert same.decision_id == made
    others = (
        a_decision(DIFFERENT),
        a_decision(SAME, A, C),
        a_decision(cause=AGENCY),
        a_decision(occasion=b"review-2"),
    )
    assert len({made, *(one.decision_id for one in others)}) == 5


def test_every_field_is_signed_and_an_instant_in_any_zone():
    made = a_decision()
    changed = [a_decision(**{name: "other"}) for name in ("by", "role", "organisation", "reason")]
    changed += [a_decision(DIFFERENT), a_decision(day=1), a_decision(cause=AGENCY)]
    assert len({signed_decision(one) for one in (made, *changed)}) == 8
    east = decision(
        SAME,
        A,
        B,
        cause=PERSON,
        at=AT.astimezone(timezone(timedelta(hours=5))),
        by="reviewer-1",
        role="reviewer",
        organisation="E08000032",
        reason="Both say so.",
        occasion=b"review-1",
    )
    assert signed_decision(east) == signed_decision(made)


def test_a_reversal_is_signed_with_the_decision_that_it_is_of():
    told = Reversal(by="r", role="r", organisation="o", reason="no", at=AT)
    assert signed_reversal(b"1" * 16, told) != signed_reversal(b"2" * 16, told)
    assert signed_reversal(b"1" * 16, told) != signed_decision(a_decision())


def test_neither_reason_nor_signature_is_in_what_is_printed():
    assert "Both say so" not in repr(a_decision())


def test_of_two_decisions_of_people_about_the_same_records_the_newer_holds():
    older, newer = a_decision(SAME), a_decision(DIFFERENT, day=1)
    assert consistent([older, newer]) == (newer,)
    assert objection(newer, [older]) is None
    back = a_decision(SAME, day=2, occasion=b"review-2")
    assert consistent([older, newer, back]) == (back, older)


def test_nobody_but_a_person_decides_against_a_person():
    held = a_decision(DIFFERENT)
    for cause in (AGENCY, BRIDGED):
        newer = a_decision(SAME, cause=cause, day=1)
        assert "a person has decided otherwise" in objection(newer, [held])
        assert consistent([held, newer]) == (held,)
    assert objection(a_decision(SAME, cause=PERSON, day=1), [held]) is None


def test_an_adoption_is_not_decided_against():
    held = a_decision(ADOPTED, cause=AGENCY)
    assert "since an adoption" in objection(a_decision(SAME, day=1), [held])
    assert consistent([held, a_decision(SAME, day=1)]) == (held,)


def test_records_joined_by_way_of_others_are_not_kept_apart_without_saying_who_was_wrong():
    chain = [a_decision(SAME, A, B), a_decision(SAME, B, C, day=1)]
    assert "joined by way of others" in objection(a_decision(DIFFERENT, A, C, day=2), chain)


def test_records_whose_companions_are_kept_apart_are_not_joined():
    held = [a_decision(SAME, A, B), a_decision(DIFFERENT, B, C, day=1)]
    assert "reverse that one first" in objection(a_decision(SAME, A, C, day=2), held)
    assert objection(a_decision(SAME, A, D, day=2), held) is None
    assert objection(a_decision(DIFFERENT, A, C, day=2), held) is None


def test_an_older_decision_holds_again_once_what_stood_against_it_is_reversed():
    older, newer = a_decision(SAME), a_decision(DIFFERENT, day=1)
    assert consistent([older, newer]) == (newer,)
    assert consistent([older]) == (older,)


def test_records_are_joined_along_chains_and_everybody_else_is_alone():
    held = [a_decision(SAME, A, B), a_decision(SAME, B, C), a_decision(DIFFERENT, C, D)]
    groups = joined([b"z" * 16], held)
    assert groups[A] == groups[B] == groups[C] == {A, B, C}
    assert groups[D] == {D}
    assert groups[b"z" * 16] == {b"z" * 16}


decisions = st.lists(
    st.tuples(
        st.sampled_from([SAME, SAME, DIFFERENT, ADOPTED]),
        st.sampled_from(list(itertools.combinations([A, B, C, D], 2))),
        st.sampled_from([PERSON, AGENCY, BRIDGED]),
        st.integers(0, 5),
    ),
    max_size=8,
).map(
    lambda told: [
        a_decision(kind, *pair, cause=cause, day=day, occasion=bytes([place]))
        for place, (kind, pair, cause, day) in enumerate(told)
    ]
)


@given(decisions, st.randoms())
def test_what_holds_never_contradicts_itself_and_no_order_matters(told, chance):
    held = consistent(told)
    groups = joined([A, B, C, D], held)
    assert not any(one.keeps_apart and one.other in groups[one.one] for one in held)
    mixed = list(told)
    chance.shuffle(mixed)
    assert consistent(mixed) == held
    assert all(one in told for one in held)


@given(decisions)
def test_what_may_be_decided_holds_from_then_on(told):
    made = []
    for day, one in enumerate(told):
        new = a_decision(one.kind, *one.pair, cause=one.cause, day=10 + day, occasion=bytes([day]))
        if objection(new, made) is None:
            made.append(new)
            if new.cause is PERSON:
                assert new in consistent(made)
