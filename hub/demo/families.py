"""Makes families: names that go together, homes, birth dates that no two stories share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from hub.demo.names import Origin, any_origin, given_name, origin_named, origins
from hub.demo.numbers import Numbers
from hub.demo.people import Home, Person
from hub.demo.places import BRADFORD, CALDERDALE, LANCASHIRE, LEEDS, post_town, postcodes

CHILD_YEARS = 18
DAYS_A_YEAR = 365.25
MOTHER_AGES = (18, 40)
"""Youngest and oldest age of a mother at a birth, for ordinary families."""
STREETS = (
    "Almshouse Row",
    "Beck Hill",
    "Cinder Lane",
    "Dyehouse Street",
    "Fold Terrace",
    "Gasworks Road",
    "Heald Mount",
    "Ings View",
    "Loom Street",
    "Mungo Place",
    "Shoddy Lane",
    "Tenter Close",
    "Wool Exchange Court",
)
UPN_ALPHABET = "ABCDEFGHJKLMNPQRTUVWXYZ"
UPN_AUTHORITIES = {BRADFORD: "380", LEEDS: "383", LANCASHIRE: "888", CALDERDALE: "381"}
"""The Department for Education's three-digit numbers."""
SCHOOL_YEARS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A mother and her children under one roof."""

    mother: Person
    children: tuple[Person, ...]


class FamilyMaker:
    """Makes one family after another; the same random source makes the same families."""

    def __init__(self, *, random: Random, anchor: date) -> None:
        """Make people whose ages are as on the anchor's day."""
        self.random = random
        self.anchor = anchor
        self.numbers = Numbers(random)
        self._people = 0
        self._birth_dates: set[date] = set()
        self._of_stories = True

    def beside(self, known: Iterable[Person], *, first_key: int) -> None:
        """Make nobody with a number or a birth date of those who are known; keys from this on."""
        self._people = first_key - 1
        for person in known:
            self._birth_dates.add(person.birth_date)
            if person.nhs_number:
                self.numbers.take(person.nhs_number)

    def family(  # noqa: PLR0913 - each is what a story may want to settle; all have a default
        self,
        *,
        authority: str,
        children: int = 1,
        origin: str | None = None,
        family_name: str | None = None,
        ages: Sequence[float] = (),
        mother_age: float | None = None,
    ) -> Family:
        """Answer a family; ``ages`` in years, where a story needs them, else by chance."""
        kind = origin_named(origin) if origin else any_origin(self.random)
        surname = family_name or self.random.choice(kind.families)
        home = self.home(authority)
        births = [self.birth_date(age) for age in ages]
        births += [self.birth_date() for _ in range(children - len(births))]
        mother = self._mother(kind, surname, home, min(births, default=self.anchor), mother_age)
        taken: set[str] = set()
        grown: list[Person] = []
        for born in births:
            child = self._child(kind, surname, home, born, mother.key, frozenset(taken))
            taken.add(child.given_names[0])
            grown.append(child)
        return Family(mother=mother, children=tuple(grown))

    def home(self, authority: str) -> Home:
        """Answer an address in an authority."""
        line = f"{self.random.randint(1, 140)} {self.random.choice(STREETS)}".upper()
        postcode = self.random.choice(postcodes(authority))
        return Home(line=line, town=post_town(postcode), postcode=postcode, authority=authority)

    def birth_date(self, age: float | None = None) -> date:
        """Answer a birth date of about this age, which no other family of a story has."""
        years = self.random.uniform(0.2, CHILD_YEARS - 0.3) if age is None else age
        born = self.anchor - timedelta(days=round(years * DAYS_A_YEAR))
        while born in self._birth_dates:
            born -= timedelta(days=1)
        if self._of_stories:
            self._birth_dates.add(born)
        return born

    def end_of_stories(self) -> None:
        """Begin with ordinary families: they share birth dates, and none with a story."""
        self._of_stories = False

    def next_key(self) -> str:
        """Answer a key that nobody has yet."""
        self._people += 1
        return f"p{self._people:05d}"

    def adult(self, *, authority: str) -> Person:
        """Answer a grown-up, who comes to A&E as most who come there do."""
        origin = any_origin(self.random)
        born = self.anchor - timedelta(days=round(self.random.uniform(19, 90) * DAYS_A_YEAR))
        sex = self.random.choice("FM")
        return Person(
            key=self.next_key(),
            family_name=self.random.choice(origin.families),
            given_names=(given_name(self.random, origin, sex),),
            sex=sex,
            birth_date=born,
            nhs_number=self.numbers.next(),
            home=self.home(authority),
        )

    def _mother(
        self, origin: Origin, surname: str, home: Home, first_birth: date, age: float | None
    ) -> Person:
        if age is None:
            years = self.random.uniform(*MOTHER_AGES)
            born = first_birth - timedelta(days=round(years * DAYS_A_YEAR))
        else:
            born = self.birth_date(age)
        return Person(
            key=self.next_key(),
            family_name=surname,
            given_names=(given_name(self.random, origin, "F"),),
            sex="F",
            birth_date=born,
            nhs_number=self.numbers.next(),
            home=home,
        )

    def _child(  # noqa: PLR0913, PLR0917 - the parts of one person, used in one place
        self,
        origin: Origin,
        surname: str,
        home: Home,
        born: date,
        mother: str,
        taken: frozenset[str],
    ) -> Person:
        sex = self.random.choice("FM")
        at_school = (self.anchor - born).days > SCHOOL_YEARS * DAYS_A_YEAR
        return Person(
            key=self.next_key(),
            family_name=surname,
            given_names=(given_name(self.random, origin, sex, taken),),
            sex=sex,
            birth_date=born,
            nhs_number=self.numbers.next(),
            home=home,
            mother=mother,
            upn=self._upn(home.authority) if at_school else None,
        )

    def _upn(self, authority: str) -> str | None:
        number = UPN_AUTHORITIES.get(authority)
        if number is None:
            return None
        twelve = f"{number}{self.random.randint(2000, 4999)}{self.random.randint(10, 26)}"
        twelve += f"{self.random.randint(1, 999):03d}"
        total = sum(place * int(digit) for place, digit in enumerate(twelve, start=2))
        return UPN_ALPHABET[total % len(UPN_ALPHABET)] + twelve


def partner_of(random: Random, mother: Person) -> Person:
    """Answer a made-up man whom a force names as the suspect; no hospital knows him."""
    origin = next(one for one in origins() if mother.family_name in one.families)
    return Person(
        key=f"s{mother.key[1:]}",
        family_name=random.choice(origin.families),
        given_names=(given_name(random, origin, "M"),),
        sex="M",
        birth_date=mother.birth_date - timedelta(days=random.randint(-900, 2500)),
        nhs_number=None,
        home=mother.home,
    )
