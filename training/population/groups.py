"""The groups that matching is measured by: of children, and of single records."""

from collections import Counter
from collections.abc import Mapping

from training.population.draft import NHS, UPN
from training.population.names_written import NEWBORN_DAYS
from training.population.people import Child
from training.population.rates import Kind
from training.population.records import Population, Record

ORIGIN = "origin: "
TWIN, TWIN_OF_ONE_SEX, SIBLING = "twin", "twin of the same sex", "sibling"
MOVER, TWO_HOMES, NAME_CHANGED = "mover", "two homes", "name changed"
NEWBORN, MISSING, HARD, NO_NUMBER = "newborn", "missing fields", "hard", "no number"
OF_ANOTHER = "number of another"
_OF_IDENTITY = ("given_", "family_", "newborn_", "born_", "home_", "names_", "postcode_")
"""How the mistakes begin that leave less to know a child by; an accent lost is none of them."""
_WAYS_OF_A_NAME = frozenset({"given_known_as", "family_bracketed"})
"""These say more of a child, not less."""
_MANY = 2


def groups_of(population: Population) -> Mapping[str, tuple[str, ...]]:
    """Answer the groups of each record: those of its child, then its own."""
    families = Counter(child.family for child in population.children)
    of_child = {
        child.key: groups_of_child(child, families[child.family]) for child in population.children
    }
    return {
        record.record_id: (*of_child[record.child.key], *groups_of_record(record))
        for record in population.records
    }


def groups_of_child(child: Child, children: int) -> tuple[str, ...]:
    """Answer the groups of a child whose family has that many children."""
    are = {
        ORIGIN + child.origin: True,
        TWIN: child.twin is not None,
        TWIN_OF_ONE_SEX: child.twin_sex_same,
        SIBLING: children > 1,
        MOVER: len(child.homes) > 1,
        TWO_HOMES: child.other_home is not None,
        NAME_CHANGED: len(child.family_names) > 1,
    }
    return tuple(group for group, belongs in are.items() if belongs)


def groups_of_record(record: Record) -> tuple[str, ...]:
    """Answer the groups of one record."""
    draft = record.draft
    kinds = {fact.kind for fact in draft.kept}
    mistakes = {*draft.mistakes} - _WAYS_OF_A_NAME
    of_identity = [mistake for mistake in mistakes if mistake.startswith(_OF_IDENTITY)]
    empty = not all((draft.given, draft.family, draft.born, draft.postcode, draft.sex))
    are = {
        NEWBORN: record.child.days_old(record.written_on) < NEWBORN_DAYS,
        MISSING: empty or not mistakes.isdisjoint({"newborn_placeholder", "given_unknown"}),
        HARD: len(of_identity) >= _MANY or draft.of_another,
        NO_NUMBER: not kinds & {NHS, UPN},
        OF_ANOTHER: draft.of_another,
        f"by: {_named(record.contact.kind)}": True,
    }
    return tuple(group for group, belongs in are.items() if belongs)


def _named(kind: Kind) -> str:
    return {Kind.GP: "general practice"}.get(kind, kind.value)
