"""What linking may expect of its store: the same of PostgreSQL and of what stands for it in memory.

Every test here runs over both. A fake that is not held to this would be a lie that others believe.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from hub.adapters.decision_keys import passing_decision_keys
from hub.adapters.identity_reference import shipped_matching
from hub.adapters.keys import Sealer
from hub.adapters.memory.identity import MemoryIdentityStore
from hub.adapters.store.connection import PostgresStore, open_pool
from hub.adapters.store.migrate import migrate
from hub.core.event import Subject
from hub.core.identifiers import NhsNumber, Postcode, Upn
from hub.core.identity import Resolution, Verdict
from hub.core.identity_decision import DecisionCause, DecisionKind, Reversal, decision
from hub.core.person import ledger_of
from hub.core.seal import IdentityDigests
from hub.ports import Filed, Founded, LinkRow, RecordRow, Said
from hub.service.linking import NOT_ALL_SEEN, Linking, Observation
from hub.service.standing import Standing

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DIGESTS = IdentityDigests(bytes(range(32)))
SIGNING = passing_decision_keys()
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
        transaction.save_records(records, AT)
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
    with store.identity_transaction() as transaction:
        transaction.candidates({CAT: [ALIKE, UPN]})
        assert transaction.cut([ALIKE, UPN]) == {"birth_surname"}
        assert transaction.cut([UPN, NUMBER]) == frozenset()


def test_nobody_is_new_where_not_every_child_of_any_of_its_likenesses_was_looked_at(
    store, monkeypatch
):
    for module in ("store", "memory"):
        monkeypatch.setattr(f"hub.adapters.{module}.identity.CANDIDATES_PER_KEY_MAX", 2)
    monkeypatch.setattr("hub.adapters.store.identity.children_behind.__kwdefaults__", {"most": 2})
    monkeypatch.setattr(
        "hub.service.linking.resolve_by_weights", lambda *_: Resolution(verdict=Verdict.NEW)
    )
    linking = Linking(
        store=store,
        digests=DIGESTS,
        places=_Nowhere(),
        matching=shipped_matching(),
        standing=Standing(digests=DIGESTS, matching=shipped_matching(), signing=SIGNING),
        clock=_Clock(),
    )
    refs = [bytes([number]) * 16 for number in range(4)]
    for ref, given in zip(refs, (None, None, None, ("Zainab",)), strict=True):
        subject = Subject(
            local_id="local",
            family_name="Smith",
            given_names=given,
            birth_date=date(2020, 1, 1),
            upn=Upn("H801200001001"),
        )
        seen = Observation(
            record_ref=ref, agency="RAE", subject=subject, revision=1, shielded=False
        )
        linking.link([seen])
    links = store.link_rows(refs)
    assert [links[ref].verdict for ref in refs] == ["new", "new", "possible", "new"]
    assert (links[refs[2]].possible, links[refs[2]].evidence) == ((), NOT_ALL_SEEN.evidence)


def change_much_and_fail(store):
    with store.identity_transaction() as transaction:
        transaction.save_records([a_record(ANN, family_name="Barnes"), a_record(BEN)], AT)
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
        standing=Standing(digests=DIGESTS, matching=shipped_matching(), signing=SIGNING),
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


def a_decision(one=ANN, other=BEN, kind=DecisionKind.SAME, occasion=b"1", at=AT, **more):
    made = decision(
        kind,
        one,
        other,
        cause=DecisionCause.PERSON,
        by="reviewer-1",
        role="identity reviewer",
        organisation="E08000032",
        reason="They have the same mother.",
        at=at,
        occasion=occasion,
    )
    return replace(made, signature=b"s" * 64, **more)


def decide(store, *decisions):
    with store.identity_transaction() as transaction:
        return transaction.save_decisions(decisions)


def in_force(store, *refs):
    with store.identity_transaction() as transaction:
        return {one.decision_id for one in transaction.decisions(refs)}


def test_a_decision_is_kept_once_and_read_as_it_was_made(store):
    made = a_decision()
    assert decide(store, made, a_decision(BEN, CAT)) == {
        made.decision_id,
        a_decision(BEN, CAT).decision_id,
    }
    assert decide(store, made) == frozenset()
    assert store.decisions_about([ANN]) == (made,)
    with store.identity_transaction() as transaction:
        assert transaction.decision(made.decision_id) == made
        assert transaction.decision(b"n" * 16) is None


def test_decisions_are_found_along_every_chain_of_records_that_are_one(store):
    chain = a_decision(ANN, BEN), a_decision(CAT, BEN)
    apart = a_decision(CAT, PUPIL, DecisionKind.DIFFERENT)
    beyond = a_decision(PUPIL, b"z" * 16)
    decide(store, *chain, apart, beyond)
    near = {one.decision_id for one in (*chain, apart)}
    assert in_force(store, ANN) == near
    assert in_force(store, PUPIL) == {apart.decision_id, beyond.decision_id}
    assert in_force(store, b"y" * 16) == set()


def test_a_reversed_decision_is_read_with_its_reversal_and_is_in_force_no_longer(store):
    made = a_decision()
    decide(store, made, a_decision(BEN, CAT))
    reversal = Reversal(
        by="reviewer-2",
        role="identity reviewer",
        organisation="E08000032",
        reason="It was her sister.",
        at=AT + timedelta(days=1),
        signature=b"r" * 64,
    )
    with store.identity_transaction() as transaction:
        transaction.reverse_decision(made.decision_id, reversal)
    with store.identity_transaction() as transaction:
        transaction.reverse_decision(made.decision_id, replace(reversal, by="somebody later"))
    assert store.decisions_about([ANN]) == (replace(made, reversal=reversal),)
    assert in_force(store, ANN) == set()
    assert in_force(store, BEN) == {a_decision(BEN, CAT).decision_id}


def place(store, *links):
    with store.identity_transaction() as transaction:
        transaction.place(links, AT, b"t" * 16)


def filed(store, *refs, children=()):
    with store.identity_transaction() as transaction:
        return transaction.filed(refs, children)


def test_a_placed_link_stands_beside_the_records_own_and_goes_when_they_are_the_same(store):
    put(store, a_record(ANN), a_record(BEN), keys={BEN: [NUMBER]}, links=[a_link(ANN)])
    own, moved = a_link(BEN, SECOND, "new"), a_link(BEN, evidence=("decided",))
    put(store, links=[own])
    place(store, moved)
    assert store.link_rows([BEN]) == {BEN: moved}
    assert filed(store, children=[SECOND]) == {BEN: Filed(own=own, standing=moved)}
    assert set(filed(store, children=[CHILD])) == {ANN, BEN}
    assert found(store, NUMBER) == {SECOND: [BEN]}
    with store.identity_transaction() as transaction:
        assert transaction.links([BEN]) == {BEN: own}
        assert transaction.shared_children([CHILD, SECOND]) == {
            CHILD: frozenset({ANN}),
            SECOND: frozenset({BEN}),
        }
    place(store, own)
    assert store.link_rows([BEN]) == {BEN: own}
    assert filed(store, BEN) == {BEN: Filed(own=own, standing=own)}


def test_what_a_moved_record_learns_changes_its_own_link_alone(store):
    put(store, a_record(ANN), a_record(BEN), links=[a_link(ANN), a_link(BEN, SECOND)])
    place(store, a_link(BEN, CHILD))
    learnt = a_link(BEN, b"e" * 16, "possible", possible=(SECOND,))
    put(store, links=[learnt])
    assert store.link_rows([BEN])[BEN].child_ref == CHILD
    assert filed(store, BEN)[BEN].own == learnt
    with store.identity_transaction() as transaction:
        assert transaction.naming([SECOND]) == filed(store, BEN)


def test_a_moved_record_of_a_school_is_promoted_and_released_by_its_own_link(store):
    wait(store, PUPIL, keys=[UPN])
    put(store, a_record(ANN), a_record(BEN), links=[a_link(ANN), a_link(BEN, SECOND)])
    with store.identity_transaction() as transaction:
        transaction.promote([a_link(PUPIL, SECOND)], AT)
    place(store, a_link(PUPIL, CHILD))
    learnt = a_link(PUPIL, SECOND, evidence=("learnt",))
    with store.identity_transaction() as transaction:
        transaction.promote([learnt], AT)
    assert filed(store, PUPIL)[PUPIL] == Filed(own=learnt, standing=a_link(PUPIL, CHILD))
    with store.identity_transaction() as transaction:
        transaction.release([PUPIL], AT)
    assert filed(store, PUPIL) == {}
    assert filed(store, children=[CHILD, SECOND]).keys() == {ANN, BEN}


def test_children_are_told_with_their_founder_and_those_that_decisions_are_about(store):
    put(store, a_record(ANN), a_record(BEN), links=[a_link(ANN), a_link(BEN, SECOND)])
    put(store, links=[a_link(BEN, CHILD)])
    with store.identity_transaction() as transaction:
        assert transaction.founded([CHILD, SECOND, b"n" * 16]) == {
            CHILD: Founded(founded_by=ANN, created_at=AT),
            SECOND: Founded(founded_by=BEN, created_at=AT),
        }
        assert transaction.decided_about([CHILD, SECOND]) == frozenset()
        assert transaction.planned([ANN, BEN]) == frozenset()
    decide(store, a_decision(ANN, PUPIL))
    with store.identity_transaction() as transaction:
        assert transaction.decided_about([CHILD, SECOND]) == {CHILD}
    place(store, a_link(BEN, SECOND))
    with store.identity_transaction() as transaction:
        assert transaction.decided_about([CHILD, SECOND]) == {CHILD, SECOND}


def test_the_links_that_a_decision_moved_are_kept(store):
    decide(store, a_decision())
    moved = a_link(BEN, SECOND, "possible", possible=(CHILD,), evidence=("why",))
    with store.identity_transaction() as transaction:
        transaction.note_moves(a_decision().decision_id, [moved, a_link(ANN)])
    assert store.decision_moves(a_decision().decision_id) == (a_link(ANN), moved)
    assert store.decision_moves(b"n" * 16) == ()


def test_a_number_that_nobody_said_was_replaced_has_no_other_in_its_place(store):
    with store.identity_transaction() as transaction:
        assert transaction.current_numbers({"9990000018"}) == {}
