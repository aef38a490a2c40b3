"""Records with their truth go through the hub's own linking, one at a time and in order."""

from collections import Counter

import pytest

from hub.adapters.decision_keys import passing_decision_keys
from hub.adapters.identity_reference import shipped_matching
from hub.adapters.keys import Sealer
from hub.adapters.memory.identity import MemoryIdentityStore
from hub.adapters.store.connection import PostgresStore, open_pool
from hub.adapters.store.migrate import migrate
from hub.core.identity_given import COLUMNS, CellReader
from hub.core.identity_groups import groups_in
from hub.core.identity_pairs import WAITING
from hub.core.seal import EventDigests, IdentityDigests
from hub.service.identity_evaluation import Evaluation, in_order
from training.population.files import HEADER, read_rows, write_population
from training.population.rates import error_rates
from training.population.records import population

DIGESTS = IdentityDigests(bytes(32))
ANN = {
    "person_id": "p1",
    "agency": "RAE",
    "given_name": "Ann",
    "family_name": "Ashworth",
    "date_of_birth": "2020-01-01",
    "postcode": "BD1 1AA",
    "nhs_number": "9990000018",
}
PUPIL = {**ANN, "agency": "URN107442"}


def given_records(*rows):
    reader, nothing = CellReader(), dict.fromkeys(COLUMNS, "")
    return [
        reader.record(nothing | {"record_id": f"r{number}"} | row)
        for number, row in enumerate(rows)
    ]


def judge(*rows, store=None, **options):
    records = given_records(*rows)
    evaluation = Evaluation(
        matching=shipped_matching(),
        signing=passing_decision_keys(),
        store=store or MemoryIdentityStore(DIGESTS),
        digests=DIGESTS,
        references=EventDigests(bytes(32)),
        **options,
    )
    return evaluation.judge(records, groups_in(records), lambda _: None)


def verdicts(judged):
    return [one.verdict for one in judged]


def test_each_record_is_linked_among_those_that_were_written_before_it():
    later, earlier = {"recorded_at": "2026-02-02"}, {"recorded_at": "2026-01-01"}
    assert verdicts(judge(ANN | later, ANN | earlier)) == ["new", "matched"]


def test_records_of_one_time_or_of_none_keep_the_order_of_the_file():
    rows = [
        {"recorded_at": "2026-02-02"},
        {},  # with the one before it
        {"recorded_at": "2026-01-01"},
        {"recorded_at": "2026-02-02"},
    ]
    assert in_order(given_records(*(ANN | row for row in rows))) == [2, 0, 1, 3]
    assert in_order(given_records(ANN, ANN, ANN)) == [0, 1, 2]


def test_a_schools_record_waits_until_a_child_is_there_and_is_found_then():
    assert verdicts(judge(PUPIL)) == [WAITING]
    found, child = judge(PUPIL, ANN)
    assert (found.verdict, child.verdict) == ("matched", "new")
    assert found.child == child.child
    assert (found.may_found, child.may_found) == (False, True)


def test_a_schools_record_founds_a_child_only_where_that_is_asked_for():
    first, second = judge(PUPIL, PUPIL, schools_wait=False)
    assert (first.verdict, second.verdict) == ("new", "matched")


def test_whose_a_record_is_plays_no_part_in_how_it_is_linked():
    told = judge(ANN, ANN | {"person_id": "p2"})
    assert verdicts(told) == ["new", "matched"]
    assert told[0].child == told[1].child


def test_a_record_that_is_possibly_a_childs_names_that_child():
    child, alike = judge(ANN, ANN | {"nhs_number": "", "given_name": "Zofia"})
    assert (alike.verdict, alike.possible) == ("possible", (child.child,))


@pytest.mark.stack
def test_what_is_measured_in_memory_is_what_postgresql_comes_to(tmp_path, database_url):
    path = tmp_path / "people.csv"
    write_population(population(150, 7, error_rates()), path)
    assert HEADER == COLUMNS
    rows = list(read_rows(path))
    migrate(database_url)
    key_id = bytes(16)
    pool = open_pool(database_url, name="evaluation", size=1)
    store = PostgresStore(pool, Sealer({key_id: bytes(32)}, key_id), DIGESTS)
    in_memory, in_database = judge(*rows), judge(*rows, store=store)
    pool.close()
    assert len(in_memory) > 200
    assert len({one.verdict for one in in_memory}) >= 3
    assert in_memory == in_database


def test_people_of_one_name_and_home_do_not_all_become_one_child_by_slips_of_their_birth_dates():
    days = [f"2020-01-{day:02}" for day in (*range(10, 30), *range(1, 10))]
    judged = judge(*(ANN | {"nhs_number": "", "date_of_birth": day} for day in days))
    assert max(Counter(one.child for one in judged).values()) == 2  # two a slip apart may be one
    assert "possible" in verdicts(judged)


EMAN = {
    "person_id": "p1",
    "given_name": "Eman",
    "family_name": "Malik",
    "date_of_birth": "2011-01-21",
    "sex": "F",
    "postcode": "LS27 1YN",
    "address": "42 Queen Road",
}
MOTHERS_NAME = {"family_name": "Hussain", "postcode": "BD9 6RY", "address": "7 Mill Lane"}
"""What is told of her elsewhere, where nobody can know yet that it is she."""


def test_a_record_that_came_before_it_could_be_known_is_linked_once_another_explains_it():
    elsewhere = EMAN | MOTHERS_NAME | {"agency": "RAE"}
    first, second, both = judge(
        EMAN | {"agency": "B80001", "nhs_number": "9990000018"},
        elsewhere,
        EMAN | MOTHERS_NAME | {"agency": "RWY", "nhs_number": "9990000018"},
    )
    assert first.child == both.child
    assert second.child == both.child, "it is looked at again"


PUPIL_ONLY = {"person_id": "p2", "date_of_birth": "2011-01-21", "upn": "H801200001001"}


def test_a_bridge_between_two_who_have_two_numbers_by_now_is_taken_back():
    rows = [
        EMAN | {"agency": "RAE", "nhs_number": "9990000018"},
        PUPIL_ONLY | {"agency": "E08000032"},
        EMAN | {"agency": "RWY", "nhs_number": "9990000018", "upn": "H801200001001"},
        PUPIL_ONLY | {"agency": "B80001", "nhs_number": "9990000026", "given_name": "Amina"},
    ]
    assert len({one.child for one in judge(*rows[:3])}) == 1, "bridged"
    judged = judge(*rows)
    assert judged[0].child != judged[3].child
