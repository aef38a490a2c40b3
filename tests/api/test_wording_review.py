"""The words of questions: a chance never reads as certain, and every field says what it tells."""

from dataclasses import replace

import pytest

from hub.api.wording_review import (
    REASON_WORDS,
    REFUSAL_WORDS,
    STATE_WORDS,
    URGENCY_WORDS,
    chance_words,
    joined_words,
    mark_words,
    moves_words,
    otherwise_words,
    though_unlikely_words,
    weight_words,
)
from hub.core.event import EventKind
from hub.core.identity_weights import Kinship
from hub.core.review import ReviewReason, ReviewState, Urgency
from hub.core.review_answer import Refusal
from hub.core.review_pair import Pair, PairField, PairRow, Tells
from hub.service.review_moves import Joined, Moves


@pytest.mark.parametrize(
    ("chance", "said"),
    [
        (1.0, "Very likely one child (more than 0.99)"),
        (0.96, "Very likely one child (0.96)"),
        (0.89, "Likely one child (0.89)"),
        (0.5, "As likely one child as not (0.50)"),
        (0.1, "Unlikely to be one child (0.10)"),
        (0.0, "Very unlikely to be one child (less than 0.01)"),
        (None, None),
    ],
)
def test_a_chance_is_said_in_words_with_its_number(chance, said):
    assert chance_words(chance) == said


def test_why_it_is_asked_of_two_who_are_hardly_one_child_is_said():
    number = PairRow(name=PairField.NHS_NUMBER, tells=Tells.FOR, level="agrees", bits=12.0)
    pair = Pair(rows=(number,), chance=0.001, likeliest_other=None)
    assert though_unlikely_words(pair) == (
        "It is asked since both have the same NHS number, which may be in the wrong record."
    )
    assert not though_unlikely_words(replace(pair, chance=0.9))
    assert not though_unlikely_words(replace(pair, rows=()))


def test_whom_else_they_may_be_is_said():
    assert otherwise_words(Kinship.TWIN) == "If not one child, most likely twins."
    assert otherwise_words(Kinship.SAME) is None
    assert otherwise_words(None) is None


@pytest.mark.parametrize(
    ("row", "mark", "weight"),
    [
        ({"tells": Tells.FOR, "level": "agrees", "bits": 13.0}, "Agrees", "strongly for"),
        ({"tells": Tells.AGAINST, "level": "differs", "bits": -4.0}, "Differs", "clearly against"),
        ({"tells": Tells.FOR, "level": "initial fits", "bits": 1.5}, "Initial fits", "a little"),
        ({"tells": Tells.LITTLE, "level": "agrees", "bits": 0.9}, "Agrees", "Tells little."),
        ({"tells": Tells.NOT_KNOWN}, "One side only", ""),
        ({"tells": Tells.LITTLE}, "Cannot be compared", ""),
        ({"tells": Tells.WITHHELD}, "Not shown", "It would tell where a child is"),
    ],
)
def test_each_field_says_what_comparing_it_tells(row, mark, weight):
    compared = PairRow(name=PairField.GIVEN, **row)
    assert mark_words(compared) == mark
    assert weight in weight_words(compared)


def test_what_a_decision_moved_is_counted_in_words():
    visits = ((EventKind.EMERGENCY_ATTENDANCE, 3),)
    assert moves_words(Moves(records=2, events=visits, alerts=1)) == (
        "2 records go back to the other child, with 3 visits to A&E."
        " One alert rests on that: what no longer holds is withdrawn."
    )
    assert moves_words(Moves(records=1)) == (
        "1 record goes back to the other child. No alert rests on that."
    )
    assert moves_words(Moves(records=0)) == "No record by itself."


def test_what_a_child_brings_along_is_counted_in_words():
    visits = ((EventKind.EMERGENCY_ATTENDANCE, 1),)
    joined = Joined(records=1, agencies=("RAE",), events=visits, alerts=2)
    assert joined_words(joined, "Child A", ["Bradford Teaching Hospitals"]) == (
        "Child A: 1 record (Bradford Teaching Hospitals); 1 visit to A&E; 2 standing alerts."
    )
    bare = Joined(records=2, agencies=(), events=(), alerts=0)
    assert joined_words(bare, "Child B", []) == (
        "Child B: 2 records; nothing told beside; no alert."
    )


@pytest.mark.parametrize(
    ("members", "words"),
    [
        (ReviewReason, REASON_WORDS),
        (ReviewState, STATE_WORDS),
        (Urgency, URGENCY_WORDS),
        (Refusal, REFUSAL_WORDS),
    ],
)
def test_every_member_has_words_of_its_own(members, words):
    assert set(words) == set(members)
    assert len(set(words.values())) == len(words)
