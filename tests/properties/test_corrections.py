"""Whatever is decided and reversed, in any order, leaves what was there without it.

Random histories: agencies tell of people, again and otherwise; people decide that two records are
one child's, or are not, and reverse it. A second hub is told the same and nobody decides anything.
"""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, note
from hypothesis import strategies as st

from hub.adapters.decision_keys import passing_decision_keys
from hub.adapters.identity_reference import shipped_matching
from hub.adapters.memory.identity import MemoryIdentityStore
from hub.core.event import Subject
from hub.core.identifiers import NhsNumber, Postcode, Upn
from hub.core.identity_decision import DecisionCause, DecisionKind, consistent, decision
from hub.core.seal import IdentityDigests
from hub.errors import DecisionRefused
from hub.service.correct import Correct
from hub.service.linking import Linking, Observation
from hub.service.standing import Standing

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DIGESTS = IdentityDigests(bytes(range(32)))
SIGNING, MATCHING = passing_decision_keys(), shipped_matching()
AGENCIES = ("RAE", "RR8", "POL13", "E08000032", "E08000035", "RAE", "POL13", "B80001")
"""None is a school: when a school's record is looked at again depends on who moved beside it, so
that what it names may be older or newer than without a decision (decision page 35)."""

REFS = [bytes([place + 1]) * 16 for place in range(len(AGENCIES))]


class Clock:
    """Goes on a minute each time that it is asked."""

    def __init__(self):
        self.at = AT

    def now(self):
        self.at += timedelta(minutes=1)
        return self.at


class Nowhere:
    def authority_of_postcode(self, _):
        return None


class Hub:
    """Linking and correcting over a store in memory."""

    def __init__(self):
        self.clock, self.store = Clock(), MemoryIdentityStore(DIGESTS)
        standing = Standing(digests=DIGESTS, matching=MATCHING, signing=SIGNING)
        self.linking = Linking(
            store=self.store,
            digests=DIGESTS,
            places=Nowhere(),
            matching=MATCHING,
            standing=standing,
            clock=self.clock,
        )
        self.correct = Correct(
            store=self.store,
            standing=standing,
            signing=SIGNING,
            clock=self.clock,
            rederive=lambda _: None,
        )

    def tell(self, place, revision, said):
        self.linking.link(
            [
                Observation(
                    record_ref=REFS[place],
                    agency=AGENCIES[place],
                    subject=Subject(local_id="local", **said),
                    revision=revision,
                    shielded=False,
                )
            ]
        )

    def decide(self, kind, one, other, occasion):
        made = decision(
            kind,
            REFS[one],
            REFS[other],
            cause=DecisionCause.PERSON,
            by="reviewer",
            role="reviewer",
            organisation="E08000032",
            reason="So it is.",
            at=self.clock.now(),
            occasion=occasion,
        )
        self.correct.decide([made])
        return made

    def reverse(self, made):
        self.correct.reverse(
            made.decision_id, by="other", role="reviewer", organisation="E08000032", reason="No."
        )

    def links(self):
        return self.store.link_rows(REFS)


HOME = {"family_name": "Ashworth", "postcode": Postcode("BD1 1AA")}
PEOPLE = (
    {"nhs_number": NhsNumber("9990000018"), "given_names": ("Ann",), **HOME},
    {"nhs_number": NhsNumber("9990000026"), "given_names": ("Ben",), **HOME},
    {"upn": Upn("H801200001001"), "given_names": ("Ottoline",), **HOME},
    {"family_name": "Zielinski", "given_names": ("Ann",), "postcode": Postcode("LS1 4AP")},
)
BORN = (date(2020, 1, 1), date(2020, 1, 1), date(2020, 1, 1), date(2019, 5, 5))


@st.composite
def people(draw):
    """One of four, three of them twins of a kind, with some of it unsaid or another's."""
    one, other = draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(PEOPLE))
    unsaid = draw(st.sets(st.sampled_from(sorted(one)), max_size=2))
    told = {name: value for name, value in one.items() if name not in unsaid}
    lent = draw(st.sampled_from([None, None, "nhs_number", "upn", "given_names"]))
    if lent in other:
        told[lent] = other[lent]
    return told | {"birth_date": draw(st.sampled_from(BORN))}


places = st.integers(0, len(AGENCIES) - 1)
tellings = st.tuples(st.just("tell"), places, st.integers(1, 3), people())
decisions = st.tuples(
    st.sampled_from(["same", "same", "different"]), places, places, st.none()
).filter(lambda one: one[1] != one[2])
reversals = st.tuples(st.just("reverse"), st.integers(0, 5), st.just(0), st.none())


@st.composite
def _histories(draw):
    """Most agencies tell of somebody first; then anything may happen."""
    first = draw(st.permutations(range(len(AGENCIES))))[: draw(st.integers(3, len(AGENCIES)))]
    told = [("tell", place, 1, draw(people())) for place in first]
    then = st.one_of(tellings, decisions, decisions, decisions, reversals)
    return told + draw(st.lists(then, max_size=16))


histories = _histories()


def live(steps, upto=None):
    """A hub after these steps, one without decisions, and the decisions not reversed."""
    hub, plain, made = Hub(), Hub(), []
    for number, (kind, one, other, said) in enumerate(steps):
        note(f"{kind} {one} {other} {said}")
        if kind == "tell":
            hub.tell(one, other, said)
            plain.tell(one, other, said)
        elif kind == "reverse":
            if made:
                hub.reverse(made.pop(one % len(made)))
        else:
            try:
                made.append(hub.decide(DecisionKind(kind), one, other, bytes([number])))
            except DecisionRefused as refused:
                note(str(refused))
    return hub, plain, made


@given(histories, st.randoms())
def test_what_is_reversed_leaves_every_link_as_if_nothing_had_been_decided(steps, chance):
    hub, plain, made = live(steps)
    chance.shuffle(made)
    for one in made:
        hub.reverse(one)
    assert hub.links() == plain.links()


@given(histories)
def test_what_is_decided_holds_whatever_is_told_before_and_after(steps):
    hub, _, made = live(steps)
    links = hub.links()
    for one in consistent(made):
        if one.one in links and one.other in links:
            together = links[one.one].child_ref == links[one.other].child_ref
            assert together is not one.keeps_apart


@given(histories)
def test_a_link_names_neither_its_own_child_nor_one_that_is_decided_to_be_another(steps):
    hub, _, made = live(steps)
    links = hub.links()
    for ref, link in links.items():
        assert link.child_ref not in link.possible
        for one in consistent(made):
            if one.keeps_apart and ref in one.pair:
                (other,) = set(one.pair) - {ref}
                if other in links:
                    assert links[other].child_ref not in link.possible


@given(histories)
def test_deciding_and_reversing_again_changes_nothing(steps):
    hub, _, made = live(steps)
    links = hub.links()
    for one in made:
        assert hub.correct.decide([one]).records_moved == 0
    assert hub.links() == links
