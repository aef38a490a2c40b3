"""The mathematics of evaluation, against pairs that are counted one by one."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.identity import Verdict
from hub.core.identity_quality import JudgedRecord, PairCounts, quality, quality_by_group


def judged(name, person, cluster, verdict=Verdict.MATCHED, **also):
    return JudgedRecord(record_id=name, person=person, cluster=cluster, verdict=verdict, **also)


def test_a_perfect_linking_is_right_in_everything():
    seen = quality([judged("1", "ann", "c"), judged("2", "ann", "c"), judged("3", "ben", "d")])
    assert (seen.precision, seen.pairs.recall, seen.f1) == (1.0, 1.0, 1.0)
    assert (seen.records, seen.people, seen.people_right, seen.linked) == (3, 2, 2, 1)


def test_a_wrong_link_costs_precision_and_makes_both_people_wrong():
    seen = quality([judged("1", "ann", "c"), judged("2", "ann", "c"), judged("3", "ben", "c")])
    assert (seen.linked, seen.pairs.right, seen.pairs.true) == (3, 1, 1)
    assert seen.precision == pytest.approx(1 / 3)
    assert seen.pairs.recall == 1.0
    assert seen.f1 == pytest.approx(0.5)
    assert seen.people_right == 0


def test_a_missed_link_costs_recall_and_makes_the_person_wrong():
    seen = quality([judged("1", "ann", "c"), judged("2", "ann", "d"), judged("3", "ben", "e")])
    assert (seen.pairs.recall, seen.precision, seen.people_right) == (0.0, None, 1)
    assert seen.f1 == 0.0


def test_nothing_to_find_and_nothing_found_has_no_share():
    seen = quality([judged("1", "ann", "c"), judged("2", "ben", "d")])
    assert (seen.precision, seen.pairs.recall, seen.f1) == (None, None, None)
    assert quality([]).reviews_per_thousand is None


def test_a_missed_pair_that_a_person_was_shown_has_reached_review():
    records = [judged("1", "ann", "c"), judged("2", "ann", "d", Verdict.POSSIBLE)]
    assert quality(records, {("2", "1")}).pairs == PairCounts(true=1, right=0, reached=1)
    assert quality(records, {("2", "1")}).pairs.missed_reached == 1.0
    assert quality(records).pairs.missed_reached == 0.0


def test_a_chain_of_reviews_reaches_and_only_through_records_of_the_same_person():
    records = [judged("1", "ann", "c"), judged("2", "ann", "d"), judged("3", "ann", "e")]
    assert quality(records, {("1", "2"), ("2", "3")}).pairs.reached == 3
    through_ben = [judged("1", "ann", "c"), judged("2", "ben", "d"), judged("3", "ann", "e")]
    assert quality(through_ben, {("1", "2"), ("2", "3")}).pairs.reached == 0


def test_pairs_that_no_person_could_tell_are_counted_apart():
    records = [
        judged("1", "ann", "c", told_as="x"),
        judged("2", "ann", "c", told_as="x"),
        judged("3", "ann", "d", told_as="y"),
    ]
    seen = quality(records, {("3", "1")})
    assert seen.tellable == PairCounts(true=1, right=1, reached=1)
    assert seen.untellable == PairCounts(true=2, right=0, reached=2)


def test_every_verdict_is_counted_and_what_goes_to_a_person_is_the_review_load():
    verdicts = [Verdict.MATCHED, Verdict.POSSIBLE, Verdict.MANY, Verdict.NEW, Verdict.NEW]
    seen = quality([judged(str(n), f"p{n}", f"c{n}", v) for n, v in enumerate(verdicts)])
    assert dict(seen.verdicts) == {
        Verdict.MATCHED: 1,
        Verdict.POSSIBLE: 1,
        Verdict.MANY: 1,
        Verdict.NEW: 2,
        Verdict.UNAVAILABLE: 0,
    }
    assert (seen.to_review, seen.reviews_per_thousand) == (2, 400)


def test_a_pair_is_in_a_group_if_either_of_its_records_is():
    records = [
        judged("1", "ann", "c", groups=frozenset({"newborn"})),
        judged("2", "ann", "c"),
        judged("3", "ann", "d"),
        judged("4", "ben", "e", groups=frozenset({"twin"})),
    ]
    groups = quality_by_group(records)
    assert list(groups) == ["newborn", "twin"]
    assert groups["newborn"].pairs == PairCounts(true=2, right=1, reached=1)
    assert (groups["newborn"].records, groups["newborn"].people) == (1, 1)
    assert groups["twin"].pairs.true == 0


@pytest.mark.parametrize(
    ("records", "reviewed"),
    [
        ([judged("1", "ann", "c"), judged("1", "ann", "c")], ()),
        ([judged("1", "ann", "c")], [("1", "2")]),
        ([judged("1", "ann", "c")], [("2", "1")]),
    ],
)
def test_a_record_twice_and_a_review_of_nothing_are_refused(records, reviewed):
    with pytest.raises(ValueError, match="record"):
        quality(records, reviewed)


some_records = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from("stuv"),
        st.sampled_from(("", "x", "y")),
        st.frozensets(st.sampled_from(("g", "h"))),
    ),
    max_size=14,
).map(
    lambda drawn: [
        judged(str(n), person, cluster, told_as=told, groups=groups)
        for n, (person, cluster, told, groups) in enumerate(drawn)
    ]
)


def reached_one_by_one(records, reviewed):
    """The pairs of records that reviews join, found by walking."""
    cluster = {record.record_id: record.cluster for record in records}
    shown = {frozenset((cluster[one], cluster[other])) for one, other in reviewed}
    for start, end in combinations(records, 2):
        if start.person != end.person:
            continue
        own = {record.cluster for record in records if record.person == start.person}
        walked = {start.cluster}
        while True:
            further = {c for c in own for w in walked if frozenset((c, w)) in shown} | walked
            if further == walked:
                break
            walked = further
        if end.cluster in walked:
            yield start, end


@given(some_records, st.data())
def test_counts_are_those_of_pairs_taken_one_by_one(records, data):
    ids = [record.record_id for record in records]
    reviewed = set()
    if ids:
        one_id = st.sampled_from(ids)
        reviewed = data.draw(st.frozensets(st.tuples(one_id, one_id), max_size=6))
    every = list(combinations(records, 2))
    joined = list(reached_one_by_one(records, reviewed))
    wanted = {"": (quality(records, reviewed), lambda _: True)}
    for group, seen in quality_by_group(records, reviewed).items():
        wanted[group] = (seen, lambda pair, group=group: any(group in r.groups for r in pair))
    for seen, belongs in wanted.values():
        mine = [pair for pair in every if belongs(pair)]
        true = [(one, other) for one, other in mine if one.person == other.person]
        told = [(one, other) for one, other in true if one.told_as == other.told_as]
        reached = [pair for pair in joined if belongs(pair)]
        assert seen.linked == sum(one.cluster == other.cluster for one, other in mine)
        assert seen.pairs == PairCounts(
            true=len(true),
            right=sum(one.cluster == other.cluster for one, other in true),
            reached=len(reached),
        )
        assert seen.tellable == PairCounts(
            true=len(told),
            right=sum(one.cluster == other.cluster for one, other in told),
            reached=sum(one.told_as == other.told_as for one, other in reached),
        )
