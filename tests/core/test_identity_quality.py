"""Pairs are counted by cells; here the same is counted by comparing every two records."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from hub.core.identity_pairs import REVIEWED, WAITING, JudgedRecord
from hub.core.identity_quality import quality_of


def a_record(person, child, verdict="matched", **more):
    return JudgedRecord(person=person, child=child, verdict=verdict, **more)


JUDGED = st.builds(
    JudgedRecord,
    person=st.integers(0, 3),
    child=st.integers(10, 14),
    verdict=st.sampled_from(["matched", "possible", "many", "new", WAITING]),
    possible=st.lists(st.integers(10, 14), max_size=2).map(tuple),
    told_as=st.integers(0, 1),
    nhs_number=st.sampled_from([None, "a", "b"]),
    upn=st.sampled_from([None, "c", "d"]),
    may_found=st.booleans(),
    groups=st.sets(st.sampled_from(["twin", "mover"])).map(tuple),
)


def once_reviewed(records, person):
    """The sets of children that the right answers on one person's records would join."""
    parts = [{one.child} for one in records if one.person == person]
    for one in records:
        if one.person == person and one.verdict in REVIEWED:
            for child in one.possible:
                if any(child == other.child for other in records if other.person == person):
                    joined = [part for part in parts if part & {one.child, child}]
                    parts = [part for part in parts if part not in joined]
                    parts.append(set().union(*joined))
    return parts


def counted(records, pairs):
    """The seven counts, over the pairs given."""
    joined = {one.person: once_reviewed(records, one.person) for one in records}
    counts = dict.fromkeys(
        (*("true", "linked", "right", "in_review"), "told", "told_right", "told_in_review"), 0
    )
    for one, other in pairs:
        same, together = one.person == other.person, one.child == other.child
        tellable = same and one.told_as == other.told_as
        asked = same and not together
        asked = asked and any({one.child, other.child} <= part for part in joined[one.person])
        counts["true"] += same
        counts["linked"] += together
        counts["right"] += same and together
        counts["in_review"] += asked
        counts["told"] += tellable
        counts["told_right"] += tellable and together
        counts["told_in_review"] += tellable and asked
    return tuple(counts.values())


def seven(pairs):
    return (
        *(pairs.true, pairs.linked, pairs.right, pairs.in_review),
        *(pairs.tellable, pairs.tellable_right, pairs.tellable_in_review),
    )


def shares_a_number(one, other):
    return any(
        getattr(one, name) is not None and getattr(one, name) == getattr(other, name)
        for name in ("nhs_number", "upn")
    )


@given(st.lists(JUDGED, max_size=12))
def test_every_count_is_the_one_that_comparing_all_pairs_gives(records):
    quality = quality_of(records)
    every = list(combinations(records, 2))
    assert seven(quality.pairs) == counted(records, every)
    unnumbered = [pair for pair in every if not shares_a_number(*pair)]
    assert seven(quality.no_number_shared) == counted(records, unnumbered)
    for group, (size, pairs) in quality.by_group.items():
        assert size == sum(group in one.groups for one in records)
        either = [pair for pair in every if group in {*pair[0].groups, *pair[1].groups}]
        assert seven(pairs) == counted(records, either)


@given(st.lists(JUDGED, max_size=12))
def test_a_cluster_is_right_if_it_holds_all_of_one_person_and_no_other(records):
    children, people = {}, {}
    for place, one in enumerate(records):
        children.setdefault(one.child, set()).add(place)
        people.setdefault(one.person, set()).add(place)
    quality = quality_of(records)
    assert (quality.clusters, quality.people) == (len(children), len(people))
    assert quality.clusters_right == sum(own in people.values() for own in children.values())


def test_shares_of_nothing_are_not_known_and_never_one():
    pairs = quality_of([a_record("ann", 1)]).pairs
    assert (pairs.precision, pairs.recall, pairs.f1, pairs.missed_in_review) == (None,) * 4
    assert pairs.tellable_recall is None


def test_precision_recall_and_f1_follow_from_the_counts():
    records = [a_record("ann", 1), a_record("ann", 1), a_record("ann", 2), a_record("ben", 2)]
    pairs = quality_of(records).pairs
    assert (pairs.true, pairs.linked, pairs.right, pairs.missed) == (3, 2, 1, 2)
    assert (pairs.precision, pairs.recall, pairs.f1) == (1 / 2, 1 / 3, 2 / 5)


def test_verdicts_are_right_by_what_each_says():
    records = [
        a_record("ann", 1, "new"),
        a_record("ann", 1, "matched"),
        a_record("ann", 2, "new"),  # she was there
        a_record("ben", 1, "matched"),  # ann's
        a_record("ben", 3, "possible", possible=(1,)),  # where his other record is
        a_record("cat", 4, "many", possible=(1, 2)),  # none of them
        a_record("cat", 5, WAITING),  # a child of hers is there
        a_record("dan", 6, WAITING, may_found=False),
        a_record("dan", 7, WAITING, may_found=False),
    ]
    quality = quality_of(records)
    assert quality.verdicts == {
        "many": (1, 0),
        "matched": (2, 1),
        "new": (2, 1),
        "possible": (1, 1),
        WAITING: (3, 2),
    }
    assert (quality.questions, quality.questions_right, quality.schools_only) == (3, 1, 1)


def test_a_question_about_a_stranger_joins_nothing():
    records = [
        a_record("ann", 1, "new"),
        a_record("ann", 2, "possible", possible=(3,)),
        a_record("ben", 3, "new"),
    ]
    assert quality_of(records).pairs.in_review == 0


def test_a_pair_reaches_review_through_a_third_child_of_the_same_person():
    records = [
        a_record("ann", 1, "new"),
        a_record("ann", 2, "possible", possible=(1,)),
        a_record("ann", 3, "many", possible=(2,)),
    ]
    pairs = quality_of(records).pairs
    assert (pairs.missed, pairs.in_review, pairs.missed_in_review) == (3, 3, 1.0)


def test_verdicts_are_told_apart_by_their_evidence():
    strong, weak = ("NHS number equal", "birth date equal"), ("birth date equal",)
    records = [
        a_record("ann", 1, "new"),
        a_record("ann", 1, evidence=strong),
        a_record("ben", 1, evidence=weak),
        a_record("ann", 1, evidence=weak),
    ]
    assert quality_of(records).by_evidence == {
        ("matched", strong): (1, 1),
        ("matched", weak): (2, 1),
        ("new", ()): (1, 1),
    }
