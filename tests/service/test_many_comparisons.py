"""Names that many children bear: fewer records a transaction, and the same links."""

import pytest

from hub.service.records import (
    RECORDS_PER_TRANSACTION_MAX,
    TooManyComparisons,
    in_transactions,
    refuse_too_many,
)
from tests.service.laboratory import a_child, an_attendance

GIVEN_NAMES = ("Aaliyah", "Ben", "Chidi", "Dorota", "Emre", "Freya", "Gethin", "Hana")


def test_a_transaction_that_would_compare_too_many_is_begun_again_with_fewer():
    taken = []

    def act(some):
        if len(some) > 7:
            raise TooManyComparisons
        taken.append(tuple(some))
        return len(some)

    refs = [bytes([number]) for number in range(2 * RECORDS_PER_TRANSACTION_MAX)]
    assert sum(in_transactions(refs, act)) == len(refs)
    assert [ref for some in taken for ref in some] == refs
    assert max(map(len, taken)) <= 7


def test_one_record_is_never_refused_however_many_bear_its_name():
    refuse_too_many({b"one": range(1_000_000)})
    with pytest.raises(TooManyComparisons):
        refuse_too_many({b"one": range(1_000), b"other": range(1)})


@pytest.mark.stack
@pytest.mark.parametrize("most", [1, 1_000])
def test_every_record_is_linked_though_each_transaction_may_compare_few(
    laboratory, monkeypatch, most
):
    monkeypatch.setattr("hub.service.records.COMPARISONS_PER_TRANSACTION_MAX", most)
    visits = [
        an_attendance(
            f"V{turn}-{number}",
            child=a_child(local_id=f"H{turn}-{number}", nhs_number=None, given_names=(name,)),
        )
        for turn in range(2)
        for number, name in enumerate(GIVEN_NAMES)
    ]
    for turn in (visits[: len(GIVEN_NAMES)], visits[len(GIVEN_NAMES) :]):
        laboratory.receive([laboratory.says(laboratory.hospital, *turn)])

    assert laboratory.one("SELECT count(*) FROM link") == len(visits)
    assert laboratory.one("SELECT count(DISTINCT child_ref) FROM link") == len(GIVEN_NAMES)
    assert laboratory.one("SELECT count(*) FROM event") == len(visits)
