"""What kinds of keys are worth is counted in true pairs, and what each alone finds."""

from hub.core.identity_key_quality import key_quality

NHS, SURNAME, OTHER = ("nhs", b"1"), ("birth_surname", b"2"), ("birth_surname", b"3")


def test_a_pair_is_found_by_every_kind_it_shares_and_alone_by_one_if_there_is_no_other():
    people = ["ann", "ann", "ann", "ben", "ben"]
    keys = [[NHS, SURNAME], [NHS, SURNAME], [SURNAME], [OTHER], [SURNAME]]
    found = key_quality(people, keys)
    assert (found.true, found.found) == (4, 3)
    nhs, surname = found.kinds["nhs"], found.kinds["birth_surname"]
    assert (nhs.records, nhs.keys, nhs.largest, nhs.pairs, nhs.alone) == (2, 1, 2, 1, 0)
    assert (surname.records, surname.keys, surname.largest) == (5, 2, 4)
    assert (surname.pairs, surname.alone) == (3, 2)


def test_a_key_that_a_record_has_twice_is_one():
    found = key_quality(["ann", "ben"], [[NHS, NHS], []])
    assert (found.true, found.found, found.kinds["nhs"].largest) == (0, 0, 1)
