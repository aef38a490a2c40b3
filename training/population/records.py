"""A whole population: its children, and every record that agencies write of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from training.population.contacts import Contact, contacts_of
from training.population.dates_written import write_birth
from training.population.draft import Draft
from training.population.families import Families
from training.population.homes_written import write_home
from training.population.names_written import write_names
from training.population.numbers_written import write_numbers
from training.population.people import Child
from training.population.places import Places, agencies_for
from training.population.rates import Luck, Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What one agency wrote of one child, with the truth beside it."""

    record_id: str
    """Numbered in the order of writing: it tells nothing of the child."""
    contact: Contact
    draft: Draft

    @property
    def child(self) -> Child:
        """Whose record it is."""
        return self.contact.child

    @property
    def written_on(self) -> date:
        """The day of writing."""
        return self.contact.at.date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Children and their records, in the order in which they were written."""

    children: tuple[Child, ...]
    records: tuple[Record, ...]
    postcodes: int
    """Under how many postcodes they live."""

    def siblings(self) -> dict[int, list[Child]]:
        """Answer the children of each family, by its number."""
        return siblings_of(self.children)


def siblings_of(children: Iterable[Child]) -> dict[int, list[Child]]:
    """Answer the children of each family, by its number."""
    families: dict[int, list[Child]] = defaultdict(list)
    for child in children:
        families[child.family].append(child)
    return families


def population(people: int, seed: int, rates: Rates) -> Population:
    """Answer the population of a seed: for one seed and size always the same, to the letter.

    Raises:
        ValueError: no people are asked for, or more than there are NHS numbers for.
    """
    if not 0 < people <= PEOPLE_MAX:
        raise ValueError(f"1 to {PEOPLE_MAX:,} people can be made.")
    random = Random(f"population {seed}")
    places = Places(random, people)
    children = Families(random, places, f"p{seed}").children(people)
    agencies = agencies_for(people)
    contacts = [contact for child in children for contact in contacts_of(child, agencies, random)]
    contacts.sort(key=lambda contact: contact.at)
    families = siblings_of(children)
    records = tuple(
        Record(
            record_id=f"r{seed}-{number:08d}",
            contact=contact,
            draft=written(contact, families[contact.child.family], rates, random),
        )
        for number, contact in enumerate(contacts)
    )
    return Population(children=tuple(children), records=records, postcodes=places.postcodes)


PEOPLE_MAX = 400_000
"""Of the 999 range about 900,000 numbers are valid, and mothers have one too."""


def written(contact: Contact, family: Sequence[Child], rates: Rates, random: Random) -> Draft:
    """Answer what an agency writes of a child at a contact."""
    child, day = contact.child, contact.at.date()
    luck = Luck(random, rates, contact.kind)
    draft = Draft()
    write_names(draft, child, day, luck)
    write_birth(draft, child, day, luck)
    write_home(draft, child, day, luck)
    others = [sibling for sibling in family if sibling.key != child.key]
    write_numbers(draft, child, others, day, luck)
    return draft
