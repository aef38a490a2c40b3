"""Which records stand together by what was decided, beside what linking came to by itself."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.core.identity_decision import DecisionCause, DecisionKind, consistent, decision
from hub.core.identity_standing import Known, OwnLink, parts

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SAME, DIFFERENT = DecisionKind.SAME, DecisionKind.DIFFERENT


def a_ref(letter):
    return letter.encode() * 16


def filed(told):
    """``"ab c"``: records a and b with one child, c with another; children by age."""
    children = told.split()
    own = [
        OwnLink(record_ref=a_ref(letter), child_ref=a_ref(child[0].upper()))
        for child in children
        for letter in child
    ]
    known = {
        a_ref(child[0].upper()): Known(since=AT + timedelta(days=day), founded_by=a_ref(child[0]))
        for day, child in enumerate(children)
    }
    return own, known


def decided(*told):
    """``"a=b"`` and ``"a#b"``, the later the newer."""
    return consistent(
        decision(
            SAME if one[1] == "=" else DIFFERENT,
            a_ref(one[0]),
            a_ref(one[2]),
            cause=DecisionCause.PERSON,
            by="reviewer",
            role="reviewer",
            organisation="E08000032",
            reason="So it is.",
            at=AT + timedelta(days=day),
            occasion=bytes([day]),
        )
        for day, one in enumerate(told)
    )


def nobody(_, __):
    return None


def stand(told, *decisions, nearest=nobody, claims=None):
    own, known = filed(told)
    own = [
        OwnLink(
            record_ref=one.record_ref,
            child_ref=one.child_ref,
            claims=tuple(map(a_ref, (claims or {}).get(chr(one.record_ref[0]), ""))),
        )
        for one in own
    ]
    found = parts(own, known, decided(*decisions), nearest)
    return {
        "".join(sorted(chr(ref[0]) for ref in part.records)): (
            chr(part.child_ref[0]) if part.child_ref else None
        )
        for part in found
    }


def test_without_a_decision_everything_stands_as_it_is_filed():
    assert stand("ab c") == {"ab": "A", "c": "C"}


def test_two_records_that_are_one_join_their_children_with_everybody_filed_there():
    assert stand("ab cd e", "b=d") == {"abcd": "A", "e": "E"}
    assert stand("ab cd ef", "d=e", "b=c") == {"abcdef": "A"}


def test_two_records_that_are_different_part_and_the_founder_stays():
    assert stand("ab", "a#b") == {"a": "A", "b": None}
    assert stand("abc", "b#c") == {"ab": "A", "c": None}


def test_the_others_go_with_whom_they_are_likest_to():
    def with_the_second(_, groups):
        return 1

    assert stand("abcd", "a#b", nearest=with_the_second) == {"a": "A", "bcd": None}
    assert stand("abcd", "a#b", "b=c") == {"ad": "A", "bc": None}


def test_a_record_that_leaves_takes_the_child_that_it_founded():
    assert stand("ab cd", "a=c", "b#d") == {"abc": "A", "d": None}
    assert stand("a c", "a=c", "a#c") == {"a": "A", "c": "C"}
    assert stand("ab cd", "b=d", "a#c", nearest=nobody) == {"abd": "A", "c": "C"}


def test_those_that_nobody_keeps_apart_stay_in_as_few_children_as_can_be():
    assert stand("abc", "a#b", "b#c") == {"ac": "A", "b": None}
    assert stand("abc", "a#b", "b#c", "a#c") == {"a": "A", "b": None, "c": None}


def test_a_record_claimed_by_several_goes_with_them_once_they_are_one():
    claims = {"e": "AC"}
    assert stand("ab cd e", claims=claims) == {"ab": "A", "cd": "C", "e": "E"}
    assert stand("ab cd e", "a=c", claims=claims) == {"abcde": "A"}
    assert stand("ab cd e f", "a=c", claims={"e": "ACF"})["e"] == "E"
    assert stand("ab cd ef", "a=c", claims=claims) == {"abcd": "A", "ef": "E"}


pairs = st.lists(
    st.tuples(st.sampled_from("abcdefg"), st.sampled_from("=#"), st.sampled_from("abcdefg")).filter(
        lambda told: told[0] != told[2]
    ),
    max_size=7,
)


@given(pairs, st.randoms(), st.integers(0, 3))
def test_every_record_stands_once_and_no_decision_that_holds_is_passed_over(told, chance, likest):
    own, known = filed("abc de f g")
    held = decided(*map("".join, told))

    def nearest(_, groups):
        return likest if likest < len(groups) else None

    found = parts(own, known, held, nearest)
    place = {ref: number for number, part in enumerate(found) for ref in part.records}
    assert sorted(place) == sorted(one.record_ref for one in own)
    for one in held:
        assert (place[one.one] == place[one.other]) is not one.keeps_apart
    named = [part.child_ref for part in found if part.child_ref]
    assert len(named) == len(set(named))
    chance.shuffle(own)
    assert set(parts(own, known, held, nearest)) == set(found)
