"""What linking may expect of its store: the same of PostgreSQL and of what stands for it in memory.

Every test here runs over both. A fake that is not held to this would be a lie that others believe.
"""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from hub.adapters.identity_reference import shipped_matching
from hub.adapters.keys import Sealer
from hub.adapters.memory.identity import MemoryIdentityStore
from hub.adapters.store.connection import PostgresStore, open_pool
from hub.adapters.store.migrate import migrate
from hub.core.event import Subject
from hub.core.identifiers import NhsNumber, Postcode
from hub.core.person import ledger_of
from hub.core.seal import IdentityDigests
from hub.ports import LinkRow, RecordRow, Said
from hub.service.linking import Linking, Observation

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DIGESTS = IdentityDigests(bytes(range(32)))
NUMBER, OTHER_NUMBER = ("nhs", "9990000018"), ("nhs", "9990000026")
UPN = ("upn", "A123456789012")
ALIKE = ("birth_surname", "2020-01-01|1|S530")
ANN, BEN, CAT, PUPIL = (bytes([number]) * 16 for number in (1, 2, 3, 4))
CHILD, SECOND = b"c" * 16, b"d" * 16


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.stack)])
def store(request):
    if request.param == "memory":
        yield MemoryIdentityStore(DIGESTS)
        return
    database_url = request.getfixturevalue("database_url")
    migrate(database_url)
    key_id, key = bytes(16), bytes(range(32))
    pool = open_pool(database_url, name="contract", size=2)
    yield PostgresStore(pool, Sealer({key_id: key}, key_id), DIGESTS)
    pool.close()


def a_record(ref, *, agency="RAE", revision=1, shielded=False, **said):
    subject = Subject(local_id="local", **said)
    digest = DIGESTS.identity_digest("said", repr(sorted(said)))
    ledger = ledger_of(subject, revision)
    return RecordRow(
        record_ref=ref,
        agency=agency,
        ledger=ledger,
        shielded=shielded,
        authorities={"E08000032": revision},
        said=Said(digest=digest, fields=tuple(ledger), revision=revision),
    )


def a_link(ref, child=CHILD, verdict="matched", **more):
    return LinkRow(record_ref=ref, child_ref=child, verdict=verdict, **more)


def put(store, *records, keys=None, links=()):
    with store.identity_transaction() as transaction:
        transaction.lock_identity()
        transaction.save_records(records)
        transaction.add_keys(keys or {})
        transaction.save_links(links, AT)


def candidates(store, *keys, ref=CAT):
    with store.identity_transaction() as transaction:
        return transaction.candidates({ref: keys})[ref]


def found(store, *keys):
    return {
        one.child_ref: [row.record_ref for row in one.records] for one in candidates(store, *keys)
    }


def test_a_record_is_read_as_it_was_saved_with_what_was_said_last(store):
    ann = a_record(ANN, family_name="Ashworth", given_names=("Ann", "May"))
    put(store, ann)
    (row,) = store.record_rows([ANN, BEN]).values()
    assert (row.agency, row.shielded, row.authorities) == ("RAE", False, {"E08000032": 1})
    assert row.said == replace(ann.said, fields=row.said.fields)
    assert row.ledger["family_name"] == ("Ashworth", 1)
    assert row.ledger["given_names"] == (["Ann", "May"], 1)


def test_a_record_saved_again_is_replaced_and_stays_shielded_and_with_its_agency(store):
    put(store, a_record(ANN, shielded=True, family_name="Ashworth"))
    put(store, a_record(ANN, agency="RR8", revision=2, family_name="Barnes"))
    row = store.record_rows([ANN])[ANN]
    assert (row.agency, row.shielded, row.authorities) == ("RAE", True, {"E08000032": 2})
    assert row.ledger["family_name"] == ("Barnes", 2)


def test_what_was_said_is_told_of_linked_records_only(store):
    put(store, a_record(ANN), a_record(BEN), links=[a_link(ANN)])
    told = store.told([ANN, BEN])
    assert set(told) == {ANN}
    assert (told[ANN].said.revision, told[ANN].shielded) == (1, False)


def test_a_child_is_found_with_all_its_records_behind_each_key_of_any_of_them(store):
    records = [a_record(ref) for ref in (ANN, BEN, CAT)]
    keys = {ANN: [NUMBER], BEN: [UPN], CAT: [ALIKE]}
    put(store, *records, keys=keys, links=[a_link(BEN), a_link(ANN), a_link(CAT, SECOND)])
    assert found(store, UPN) == {CHILD: [ANN, BEN]}
    assert found(store, NUMBER, ALIKE) == {CHILD: [ANN, BEN], SECOND: [CAT]}
    assert [one.child_ref for one in candidates(store, ALIKE, NUMBER)] == sorted([CHILD, SECOND])
    assert found(store, OTHER_NUMBER) == {}


def test_keys_are_looked_for_by_kind_and_value_together(store):
    put(store, a_record(ANN), keys={ANN: [("nhs", "1"), ("upn", "2")]}, links=[a_link(ANN)])
    assert found(store, ("nhs", "2"), ("upn", "1")) == {}


def test_keys_that_a_record_ever_had_stay(store):
    put(store, a_record(ANN), keys={ANN: [NUMBER]}, links=[a_link(ANN)])
    put(store, a_record(ANN), keys={ANN: [OTHER_NUMBER, OTHER_NUMBER]})
    assert found(store, NUMBER) == found(store, OTHER_NUMBER) == {CHILD: [ANN]}


def test_a_moved_record_is_found_with_its_new_child_alone(store):
    put(store, a_record(ANN), a_record(BEN), keys={ANN: [NUMBER]}, links=[a_link(ANN), a_link(BEN)])
    put(store, links=[a_link(ANN, SECOND, "possible", possible=(CHILD,), evidence=("why",))])
    assert found(store, NUMBER) == {SECOND: [ANN]}
    link = store.link_rows([ANN])[ANN]
    assert (link.verdict, link.possible, link.evidence) == ("possible", (CHILD,), ("why",))
    with store.identity_transaction() as transaction:
        shared = transaction.shared_children([CHILD, SECOND, b"e" * 16])
        assert shared == {CHILD: frozenset({BEN}), SECOND: frozenset({ANN})}
        assert transaction.links([BEN, CAT]) == {BEN: a_link(BEN)}
        assert list(transaction.records([BEN, ANN])) == [ANN, BEN]


def test_only_so_many_children_behind_one_key_are_looked_at(store, monkeypatch):
    for module in ("store", "memory"):
        monkeypatch.setattr(f"hub.adapters.{module}.identity.CANDIDATES_PER_KEY_MAX", 2)
    monkeypatch.setattr("hub.adapters.store.identity.children_behind.__kwdefaults__", {"most": 2})
    refs = [bytes([number]) * 16 for number in range(5)]
    rows, links = [a_record(ref) for ref in refs], [a_link(ref, ref) for ref in refs]
    put(store, *rows, keys={ref: [ALIKE] for ref in refs}, links=links)
    assert len(found(store, ALIKE)) == 2


def change_much_and_fail(store):
    with store.identity_transaction() as transaction:
        transaction.save_records([a_record(ANN, family_name="Barnes"), a_record(BEN)])
        transaction.add_keys({ANN: [UPN], BEN: [NUMBER]})
        transaction.save_links([a_link(ANN, SECOND), a_link(BEN, SECOND)], AT)
        transaction.add_waiting([a_record(PUPIL, agency="URN107442")])
        raise ZeroDivisionError


def test_nothing_of_a_transaction_that_fails_stays(store):
    put(store, a_record(ANN, family_name="Ashworth"), keys={ANN: [NUMBER]}, links=[a_link(ANN)])
    with pytest.raises(ZeroDivisionError):
        change_much_and_fail(store)
    assert found(store, NUMBER) == {CHILD: [ANN]}
    assert found(store, UPN) == {}
    rows = store.record_rows([ANN, BEN, PUPIL])
    assert set(rows) == {ANN}
    assert rows[ANN].ledger["family_name"] == ("Ashworth", 1)


def wait(store, *refs, keys):
    with store.identity_transaction() as transaction:
        rows = [replace(a_record(ref, agency="URN107442"), said=None) for ref in refs]
        added = transaction.add_waiting(rows)
        transaction.add_keys(dict.fromkeys(refs, keys))
    return added


def test_a_record_waits_once_and_nothing_finds_it_but_a_record_that_shares_a_number(store):
    assert wait(store, PUPIL, keys=[UPN, ALIKE]) == {PUPIL}
    assert wait(store, PUPIL, keys=[UPN, ALIKE]) == frozenset()
    assert found(store, UPN) == {}
    assert store.link_rows([PUPIL]) == {} == store.told([PUPIL])
    put(store, a_record(ANN), a_record(BEN), keys={ANN: [UPN], BEN: [ALIKE]})
    assert store.waiting_behind([ANN]) == (PUPIL,)
    assert store.waiting_behind([BEN]) == ()


def test_a_waiting_record_has_a_child_behind_it_once_a_linked_one_shares_a_number(store):
    wait(store, PUPIL, keys=[UPN])
    put(store, a_record(ANN), keys={ANN: [UPN]})
    assert store.with_a_child_behind([PUPIL]) == ()
    put(store, links=[a_link(ANN)])
    assert store.with_a_child_behind([PUPIL]) == (PUPIL,)
    assert store.with_a_child_behind([ANN]) == ()


def test_a_promoted_record_waits_no_longer_and_a_released_one_waits_again(store):
    wait(store, PUPIL, keys=[UPN])
    put(store, a_record(ANN), keys={ANN: [UPN]}, links=[a_link(ANN)])
    with store.identity_transaction() as transaction:
        transaction.lock_records([PUPIL])
        transaction.promote([a_link(PUPIL)], AT)
    assert found(store, UPN) == {CHILD: [ANN, PUPIL]}
    assert store.waiting_behind([ANN]) == ()
    with store.identity_transaction() as transaction:
        transaction.release([PUPIL], AT)
    assert found(store, UPN) == {CHILD: [ANN]}
    assert store.waiting_behind([ANN]) == (PUPIL,)
    assert store.link_rows([PUPIL]) == {}


def test_a_saved_record_goes_on_waiting(store):
    wait(store, PUPIL, keys=[UPN])
    put(store, a_record(PUPIL, agency="URN107442", revision=2, family_name="Ashworth"))
    put(store, a_record(ANN), keys={ANN: [UPN]})
    assert store.waiting_behind([ANN]) == (PUPIL,)


def test_schools_left_behind_with_a_child_are_named_when_its_ground_moves_away(store):
    wait(store, PUPIL, keys=[UPN])
    put(store, a_record(ANN), a_record(BEN), links=[a_link(ANN), a_link(BEN)])
    with store.identity_transaction() as transaction:
        transaction.promote([a_link(PUPIL)], AT)
    assert store.waiting_behind([ANN]) == ()
    put(store, links=[a_link(ANN, SECOND)])
    assert store.waiting_behind([ANN]) == (PUPIL,)
    assert store.waiting_behind([BEN]) == ()


class _Clock:
    def now(self):
        return AT


class _Nowhere:
    def authority_of_postcode(self, _):
        return None


def test_linking_comes_to_the_links_that_follow_from_the_records(store):
    """The use case over either store: three agencies, twins, and a school that waits."""
    linking = Linking(
        store=store,
        digests=DIGESTS,
        places=_Nowhere(),
        matching=shipped_matching(),
        clock=_Clock(),
    )
    number = NhsNumber("9990000018")
    home = {"postcode": Postcode("BD1 1AA"), "family_name": "Ashworth"}
    day = date(2020, 1, 1)
    people = [
        ("URN107442", {"family_name": "Ashworth", "nhs_number": number, "birth_date": day}),
        ("RAE", {"nhs_number": number, "birth_date": day, "given_names": ("Ann",), **home}),
        ("E08000032", {"nhs_number": number, "birth_date": day, **home}),
        ("POL13", {"birth_date": day, "given_names": ("Ben",), **home}),
        ("POL13", {"birth_date": date(2019, 5, 5), "family_name": "Barnes"}),
    ]
    refs = [bytes([place + 1]) * 16 for place in range(len(people))]
    for ref, (agency, said) in zip(refs, people, strict=True):
        subject = Subject(local_id="local", **said)
        linking.link(
            [
                Observation(
                    record_ref=ref,
                    agency=agency,
                    subject=subject,
                    revision=1,
                    shielded=False,
                    waits=agency.startswith("URN"),
                )
            ]
        )
    links = store.link_rows(refs)
    told = [(links[ref].verdict, links[ref].child_ref == links[refs[1]].child_ref) for ref in refs]
    assert told == [
        ("matched", True),
        ("new", True),
        ("matched", True),
        ("possible", False),
        ("new", False),
    ]
    assert links[refs[3]].possible == (links[refs[1]].child_ref,)
