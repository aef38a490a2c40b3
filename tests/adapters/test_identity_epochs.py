"""The identity key is changed while the hub runs, and nobody who could be found is lost by it."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from hub.adapters.decision_keys import passing_decision_keys
from hub.adapters.identity_files import read_records as read_file
from hub.adapters.identity_reference import shipped_matching
from hub.adapters.identity_ring import IdentityRing
from hub.adapters.keys import Sealer
from hub.adapters.store.connection import PostgresStore, open_pool
from hub.adapters.store.epochs import read_former
from hub.adapters.store.identity import read_records
from hub.adapters.store.key_epochs import PostgresKeyEpochs
from hub.adapters.store.migrate import migrate
from hub.adapters.store.numbers_told import save_told
from hub.adapters.store.questions import PostgresQuestions
from hub.adapters.store.reindex import PostgresKeyIndex
from hub.core.event import Subject
from hub.core.identifiers import NhsNumber, Postcode
from hub.core.identity import linking_keys, search_keys
from hub.core.identity_given import AgencyKind, CellReader
from hub.core.seal import EventDigests
from hub.core.superseded import Supersession
from hub.errors import ConfigurationError, TransientFault
from hub.ports import NumberTold
from hub.service.identity_evaluation import _Nowhere
from hub.service.linking import Linking, Observation
from hub.service.records import evidence_in
from hub.service.reindex import Reindex
from hub.service.standing import Standing
from training.population.files import write_population
from training.population.rates import error_rates
from training.population.records import population

pytestmark = pytest.mark.stack

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
FIRST, SECOND, CHILDREN = bytes(range(32)), bytes(range(1, 33)), bytes(range(2, 34))
MIRA = {
    "local_id": "H1",
    "nhs_number": NhsNumber.parse("9990000018", test_numbers=True),
    "family_name": "Ashworth",
    "given_names": ("Mira",),
    "birth_date": date(2019, 1, 2),
    "postcode": Postcode("BD1 1AA"),
    "address_lines": ("10 Park Road",),
}


class StandingClock:
    def now(self):
        return NOW


class Hub:
    """A store under identity keys by epoch, and what links over it; the files are ``keys``."""

    def __init__(self, database_url):
        migrate(database_url)
        self.keys = {1: FIRST}
        self.ring = self.a_ring()
        self.sealer = Sealer({bytes(16): FIRST}, bytes(16))
        self.pool = open_pool(database_url, name="epochs", size=6)
        self.store = PostgresStore(self.pool, self.sealer, self.ring)
        self.epochs = PostgresKeyEpochs(self.store)
        self.index = self.an_index()
        self.linking = self.a_linking(self.store)

    def a_ring(self):
        return IdentityRing(lambda: dict(self.keys), CHILDREN)

    def an_index(self):
        return PostgresKeyIndex(self.store, self.sealer, self.a_ring())

    def a_linking(self, store):
        return Linking(
            store=store,
            digests=self.ring,
            places=_Nowhere(),
            matching=shipped_matching(),
            standing=Standing(
                digests=self.ring, matching=shipped_matching(), signing=passing_decision_keys()
            ),
            clock=StandingClock(),
        )

    def begin(self, epoch, key):
        """Make a key and bring it in force, as `hub identity reindex` does first."""
        self.keys[epoch] = key
        ring = self.a_ring()
        fingerprints = {one: ring.fingerprint(one) for one in ring.at_hand}
        return self.epochs.bring_in_force(epoch, fingerprints)

    def reindex(self, index=None):
        work = Reindex(index=index or self.index, share=1.0, now=lambda: 0.0, rest=lambda _: None)
        return work.run(lambda _: None)

    def rows(self, query):
        with self.store.connection() as connection:
            return connection.execute(query).fetchall()

    def one(self, query):
        return self.rows(query)[0][0]

    def tell(self, ref, *, revision=1, agency="RAE", shielded=False, **said):
        subject = Subject(**(MIRA | said))
        seen = Observation(
            record_ref=ref,
            agency=agency,
            subject=subject,
            revision=revision,
            shielded=shielded,
            waits=agency.startswith("URN"),
        )
        return self.linking.link([seen])


@pytest.fixture
def hub(database_url):
    made = Hub(database_url)
    yield made
    made.pool.close()


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """What agencies told of some made-up people, as the hub sees it."""
    path = tmp_path_factory.mktemp("epochs") / "people.csv"
    write_population(population(25, 7, error_rates()), path)
    references = EventDigests(bytes(32))
    return [
        Observation(
            record_ref=references.record_ref(one.agency, one.record_id),
            agency=f"URN{100000 + number}" if one.kind is AgencyKind.SCHOOL else one.agency,
            subject=one.subject,
            revision=1,
            shielded=number % 17 == 0,
            waits=one.kind is AgencyKind.SCHOOL,
        )
        for number, one in enumerate(read_file(path, CellReader()))
    ]


def findable(hub):
    """Everything that linking, a check, a waiting record and the family's page find."""
    refs = [bytes(ref) for (ref,) in hub.rows("SELECT record_ref FROM record ORDER BY 1")]
    with hub.store.connection() as connection:
        rows = read_records(connection.cursor(), hub.sealer, refs)
        former = read_former(connection.cursor(), hub.sealer, refs)
    evidence = {ref: evidence_in(row) for ref, row in rows.items()}
    keys = {ref: [*linking_keys(one), *former.get(ref, ())] for ref, one in evidence.items()}
    with hub.store.identity_transaction() as transaction:
        behind = transaction.candidates(keys)
    questions, asked, related = PostgresQuestions(hub.store, hub.sealer, hub.ring), {}, {}
    for ref, one in evidence.items():
        with questions.question() as question:
            found = question.search(search_keys(one), councils=(), feeds=())
        asked[ref] = [child.child_ref for child in found.children]
    for (child,) in hub.rows("SELECT child_ref FROM child ORDER BY 1"):
        with questions.question() as question:
            related[bytes(child)] = question.related(bytes(child), (), NOW)
    return {
        "linking": {ref: [c.child_ref for c in children] for ref, children in behind.items()},
        "check": asked,
        "waiting": {ref: hub.store.waiting_behind([ref]) for ref in refs},
        "child behind": {ref: hub.store.with_a_child_behind([ref]) for ref in refs},
        "related": related,
    }


def test_a_replaced_number_is_followed_before_and_after_it_is_keyed_anew(hub):
    former, now = "9990000018", "9990000026"
    told = NumberTold(fact_key=b"n" * 16, revision=1, told=Supersession(former=former, now=now))
    with hub.store.connection() as connection:
        save_told(connection.cursor(), hub.sealer, hub.ring, [SimpleNamespace(number=told)])
        connection.execute("UPDATE superseded_number SET standing = 'in_force'")

    def followed():
        with hub.store.identity_transaction() as transaction:
            return transaction.current_numbers({former, now})

    assert followed() == {former: now}
    assert hub.begin(2, SECOND)
    assert followed() == {former: now}
    assert hub.index.remaining() == 1
    assert hub.epochs.left_under(1)
    hub.reindex()
    assert hub.index.remaining() == 0
    assert not hub.epochs.left_under(1)
    assert hub.epochs.retire(1)
    assert followed() == {former: now}


def test_nobody_is_lost_before_while_and_after_records_are_keyed_anew(hub, people):
    hub.linking.link(people)
    moved = Postcode("BD2 2BB")
    for one in people[: len(people) // 2]:
        subject = replace(one.subject, postcode=moved)
        hub.linking.link([replace(one, revision=2, subject=subject)])
    hub.tell(b"1" * 16)
    hub.tell(b"2" * 16, agency="URN107442", family_name="Bell", birth_date=date(2015, 5, 6))
    before = findable(hub)
    assert any(before["waiting"].values())
    assert any(one.household.children for one in before["related"].values())
    assert hub.begin(2, SECOND)
    assert findable(hub) == before
    steps = 0
    while hub.index.rekey(23).rows:
        steps += 1
        if steps in {1, 3}:
            assert 0 < hub.index.remaining() <= len(people)
            assert findable(hub) == before
    assert hub.reindex().kept == 0
    assert findable(hub) == before
    assert not hub.epochs.left_under(1)
    assert hub.epochs.retire(1)
    del hub.keys[1]
    hub.ring = hub.a_ring()
    hub.store = PostgresStore(hub.pool, hub.sealer, hub.ring)
    assert findable(hub) == before


def test_who_lies_under_one_key_is_found_by_who_lies_under_another(hub):
    brother = NhsNumber.parse("9990000026", test_numbers=True)
    hub.tell(b"1" * 16)
    hub.tell(b"2" * 16, agency="URN107442", family_name="Bell", birth_date=date(2015, 5, 6))
    hub.tell(b"3" * 16, agency="RR8", given_names=("Sam",), nhs_number=brother)
    before = findable(hub)
    assert before["waiting"][b"1" * 16] == (b"2" * 16,)
    assert sum(len(one.household.children) for one in before["related"].values()) == 2
    hub.begin(2, SECOND)
    for _ in range(3):
        assert hub.index.rekey(1).rows == 1
        assert findable(hub) == before


def test_what_comes_while_two_key_anew_at_once_is_linked_as_it_would_have_been(hub, people):
    first, then = people[: len(people) // 2], people[len(people) // 2 :]
    hub.linking.link(first)
    hub.begin(2, SECOND)
    two = [threading.Thread(target=hub.reindex, args=(hub.an_index(),)) for _ in range(2)]
    for one in two:
        one.start()
    for one in then:
        hub.linking.link([one])
    for one in two:
        one.join()
    hub.reindex()
    assert hub.index.remaining() == 0
    assert not hub.epochs.left_under(1)
    assert hub.one("SELECT count(*) FROM record") == len(people)
    linked, behind = findable(hub)["linking"], hub.rows("SELECT record_ref, child_ref FROM link")
    with hub.store.connection() as connection:
        rows = read_records(connection.cursor(), hub.sealer, [bytes(ref) for ref, _ in behind])
    keyed = {ref: linking_keys(evidence_in(row)) for ref, row in rows.items()}
    assert all(bytes(child) in linked[bytes(ref)] for ref, child in behind if keyed[bytes(ref)])


def test_keying_anew_again_changes_nothing(hub):
    hub.tell(b"1" * 16)
    hub.begin(2, SECOND)
    assert hub.reindex().done == 1
    before = hub.rows("SELECT kind, digest, epoch FROM record_key ORDER BY 1, 2")
    assert {epoch for _, _, epoch in before} == {2}
    assert not hub.begin(2, SECOND)
    assert hub.reindex().done == 0
    assert hub.rows("SELECT kind, digest, epoch FROM record_key ORDER BY 1, 2") == before


def test_a_process_without_the_new_key_finds_nobody_until_it_is_there(hub):
    hub.tell(b"1" * 16)
    hub.begin(2, SECOND)
    held = hub.keys.pop(2)
    with pytest.raises(TransientFault, match="identity key of epoch 2 is not at hand"):
        hub.tell(b"2" * 16, agency="RR8")
    with (
        pytest.raises(TransientFault, match="identity key of epoch 2 is not at hand"),
        PostgresQuestions(hub.store, hub.sealer, hub.ring).question() as question,
    ):
        question.search([("nhs", "9990000018")], councils=(), feeds=())
    assert hub.one("SELECT count(*) FROM record") == 1
    hub.keys[2] = held
    hub.tell(b"2" * 16, agency="RR8")
    assert hub.one("SELECT count(DISTINCT child_ref) FROM link") == 1


def test_another_key_of_the_same_epoch_is_refused(hub):
    hub.begin(2, SECOND)
    with pytest.raises(ConfigurationError, match="Epoch 2 has another identity key in force"):
        hub.begin(2, CHILDREN)
    hub.keys[2] = CHILDREN
    with pytest.raises(TransientFault, match="not at hand, or is another"):
        hub.tell(b"1" * 16)


def test_a_key_whose_value_nobody_holds_stays_and_holds_its_epoch(hub):
    hub.tell(b"1" * 16)
    lost = hub.ring.identity_digest("nhs", "9990000026", epoch=1)
    with hub.store.connection() as connection:
        connection.execute(
            "INSERT INTO record_key (kind, digest, record_ref) VALUES ('nhs', %s, %s)",
            (lost, b"1" * 16),
        )
    hub.begin(2, SECOND)
    assert hub.reindex().kept == 1
    left = hub.epochs.left_under(1)
    assert (left.records, left.keys, left.withheld) == (0, 1, 0)
    with hub.store.identity_transaction() as transaction:
        found = transaction.candidates({b"2" * 16: [("nhs", "9990000026")]})
    assert len(found[b"2" * 16]) == 1


def test_the_newest_key_cannot_be_retired(hub):
    with pytest.raises(ConfigurationError, match="Epoch 1 is the newest in force"):
        hub.epochs.retire(1)


def test_an_address_that_a_shielded_child_has_left_stays_withheld_under_the_next_key(hub):
    brother = NhsNumber.parse("9990000026", test_numbers=True)
    hub.tell(b"1" * 16, shielded=True)
    hub.tell(b"1" * 16, shielded=True, revision=2, postcode=Postcode("BD2 2BB"))
    hub.tell(b"2" * 16, agency="RR8", given_names=("Sam",), nhs_number=brother)
    child = hub.one(f"SELECT child_ref FROM link WHERE record_ref = '\\x{(b'2' * 16).hex()}'")
    questions = PostgresQuestions(hub.store, hub.sealer, hub.ring)

    def withheld():
        with questions.question() as question:
            return question.related(bytes(child), (), NOW).household.withheld

    assert withheld()
    hub.begin(2, SECOND)
    assert withheld()
    hub.reindex()
    assert withheld()
    assert not hub.epochs.left_under(1)


def test_since_when_a_child_lives_there_and_what_was_said_last_outlive_the_key(hub):
    hub.tell(b"1" * 16)
    (before,) = hub.rows("SELECT since, place FROM home")
    hub.begin(2, SECOND)
    hub.tell(b"1" * 16, revision=2, given_names=("Mira", "Jane"))
    (while_both,) = hub.rows("SELECT since, place FROM home")
    hub.reindex()
    (after,) = hub.rows("SELECT since, place FROM home")
    assert before[0] == while_both[0] == after[0]
    assert before[1] != while_both[1] == after[1]
    (again,) = hub.tell(b"1" * 16, revision=3, given_names=("Mira", "Jane"))
    assert again.revision == 3


def test_a_record_of_an_older_release_gets_the_keys_that_this_one_makes(hub):
    hub.tell(b"1" * 16)
    whole = hub.rows("SELECT kind, digest FROM record_key ORDER BY 1, 2")
    with hub.store.connection() as connection:
        connection.execute("DELETE FROM record_key WHERE kind IN ('names_birth', 'names_year')")
        connection.execute(
            "INSERT INTO record_key (kind, digest, record_ref) VALUES ('of_old', %s, %s)",
            (bytes(16), b"1" * 16),
        )
        connection.execute("UPDATE record SET key_scheme = 1")
    assert hub.reindex().done == 1
    assert hub.rows("SELECT kind, digest FROM record_key ORDER BY 1, 2") == whole
    assert hub.index.remaining() == 0
