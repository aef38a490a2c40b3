"""Families: parents' names, children and their births, homes, moves and changes of name.

What has a source says so; every other figure here is this project's own assumption, chosen so that
each group has enough children to be measured.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from training.population.chance import happens
from training.population.naming import Origin, any_origin
from training.population.numbers import Numbers
from training.population.people import Child
from training.population.places import Home, Places, near_or_far
from training.population.spellings import words_of

AS_OF = date(2026, 11, 1)
"""Nothing is recorded after this day."""
OLDEST_DAYS = 18 * 365 + 190
"""Some have turned 18 since the last that was written of them."""

TWINS_A_BIRTH = 0.0146
"""Multiple maternities of England and Wales in 2022: 14.6 in 1,000 (national statistics)."""
TWINS_OF_ONE_SEX = 0.65
"""England and Wales, 1960: 5,894 of 9,086 twin births (Bulmer's figures); hardly changed since."""
ALIKE_TWINS = 0.35
"""Twins of one sex whose names begin alike or rhyme: assumption."""
PARENTS_OF_TWO_NAMES = 0.38
"""Births to parents who do not bear one surname: assumption."""
MOTHERS_NAME = 0.25
"""Of those, children who bear the mother's: assumption."""
APART = 0.24
"""Families whose parents live apart: assumption."""
MOVES_A_YEAR = 0.09
NEAR_MOVE = 0.75
"""Moves a year and those within the town: assumption."""
NAME_CHANGES = 0.06
"""Children whose surname changes before 18: assumption."""
BOYS = 0.512
"""Births in England: about 105 boys to 100 girls."""
ONE_ORIGIN = 0.9
BACK_TO_MOTHERS = 0.3
"""Parents of one origin; changes of name to the mother's: assumption."""
BAPTISED, FAITH_AS_SURNAME = 0.7, 0.8
"""Sikh children with Kaur or Singh in the middle; of the others, those with it last: assumption."""
MIDDLE_NAME = 0.72
"""Children with a second name, and those called by it: assumption."""
CALLED_BY_MIDDLE = 0.05
_CHILDREN = ((1, 0.40), (2, 0.36), (3, 0.15), (4, 0.06), (5, 0.03))
"""How many births a family has: assumption; families with one child are commonest in England."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parents:
    origin: Origin
    others_origin: Origin
    """Of the other parent: usually the same."""
    legal: str
    """The surname the children have, as a boy bears it."""
    mothers: str
    other: str
    homes: tuple[tuple[date, Home], ...]
    other_home: Home | None
    mothers_nhs_number: str
    new_name: tuple[date, str] | None


class Families:
    """Makes children, family by family."""

    def __init__(self, random: Random, places: Places, prefix: str) -> None:
        """Draw from ``random``; keys of children begin with ``prefix``."""
        self._random = random
        self._places = places
        self._numbers = Numbers(random)
        self._prefix = prefix

    def children(self, how_many: int) -> list[Child]:
        """Answer that many children: the last family may lose some."""
        made: list[Child] = []
        family = 0
        while len(made) < how_many:
            made += self._family(family, first=len(made))
            family += 1
        kept = {child.key for child in made[:how_many]}
        return [self._untwinned(child, kept) for child in made[:how_many]]

    @staticmethod
    def _untwinned(child: Child, kept: set[str]) -> Child:
        """Answer the child as no twin if the other twin was not kept."""
        if child.twin is None or child.twin in kept:
            return child
        changed = {name: getattr(child, name) for name in Child.__slots__}
        return Child(**{**changed, "twin": None, "twin_sex_same": False})

    def _family(self, family: int, *, first: int) -> list[Child]:
        random = self._random
        births = random.choices([n for n, _ in _CHILDREN], [share for _, share in _CHILDREN])[0]
        born = AS_OF - timedelta(days=random.randrange(OLDEST_DAYS))
        parents = self._parents(born)
        made: list[Child] = []
        for _ in range(births):
            if born >= AS_OF:
                break
            sexes = self._sexes()
            keys = [f"{self._prefix}-{first + len(made) + n:07d}" for n in range(len(sexes))]
            for sex, key in zip(sexes, keys, strict=True):
                taken = {word for child in made for name in child.given for word in words_of(name)}
                alike = made[-1] if len(sexes) > 1 and key == keys[1] else None
                child = self._child(parents, key, family, sex, born, taken, alike)
                made.append(child)
            if len(sexes) > 1:
                made[-2:] = _twinned(made[-2], made[-1])
            born += timedelta(days=random.randrange(330, 1_600))
        return made

    def _sexes(self) -> list[str]:
        one = self._sex()
        if not happens(self._random, TWINS_A_BIRTH):
            return [one]
        same = happens(self._random, TWINS_OF_ONE_SEX)
        return [one, one if same else "MF"["FM".index(one)]]

    def _sex(self) -> str:
        return "M" if happens(self._random, BOYS) else "F"

    def _parents(self, born: date) -> _Parents:
        random = self._random
        origin = any_origin(random)
        others = origin if happens(random, ONE_ORIGIN) else any_origin(random)
        fathers = others.family_name(random)
        mothers = origin.family_name(random)
        two_names = happens(random, PARENTS_OF_TWO_NAMES)
        legal = mothers if two_names and happens(random, MOTHERS_NAME) else fathers
        if origin.name.startswith("Portuguese"):
            legal, two_names = f"{mothers} {fathers}", True
        home = self._places.home(random)
        apart = happens(random, APART)
        new_name = None
        if happens(random, NAME_CHANGES):
            partner = any_origin(random).family_name(random)
            new = mothers if happens(random, BACK_TO_MOTHERS) and legal != mothers else partner
            new_name = (born + timedelta(days=random.randrange(400, OLDEST_DAYS)), new)
        return _Parents(
            origin=origin,
            others_origin=others,
            legal=legal,
            mothers=mothers if two_names else legal,
            other=fathers if legal != fathers else mothers,
            homes=self._moves(home, born),
            other_home=near_or_far(self._places, random, home, near=0.8) if apart else None,
            mothers_nhs_number=self._numbers.nhs_number(),
            new_name=new_name,
        )

    def _moves(self, home: Home, since: date) -> tuple[tuple[date, Home], ...]:
        homes = [(since, home)]
        day = since
        while True:
            day += timedelta(days=1 + int(self._random.expovariate(MOVES_A_YEAR) * 365))
            if day >= AS_OF:
                return tuple(homes)
            homes.append(
                (day, near_or_far(self._places, self._random, homes[-1][1], near=NEAR_MOVE))
            )

    def _child(  # noqa: PLR0913, PLR0917 - a birth is all of these
        self,
        parents: _Parents,
        key: str,
        family: int,
        sex: str,
        born: date,
        taken: set[str],
        alike: Child | None,
    ) -> Child:
        random = self._random
        given, called = self._given(parents.origin, sex, taken, alike)
        names = [(born, self._surname(parents, parents.legal, sex, given))]
        if parents.new_name and parents.new_name[0] > born and parents.new_name[0] < AS_OF:
            names.append(parents.new_name)
        homes = [(since, home) for since, home in parents.homes if since > born]
        at_birth = [home for since, home in parents.homes if since <= born][-1]
        is_pupil = (AS_OF - born).days >= 3 * 365 + 200
        return Child(
            key=key,
            family=family,
            origin=parents.origin.name,
            british_names=parents.origin.is_british,
            sex=sex,
            born=born,
            given=given,
            called=called,
            family_names=tuple(names),
            mothers_family=parents.mothers,
            other_family=parents.other,
            homes=((born, at_birth), *homes),
            other_home=parents.other_home,
            nhs_number=self._numbers.nhs_number(),
            mothers_nhs_number=parents.mothers_nhs_number,
            upn=self._numbers.upn(born.year + random.choice((3, 4, 4, 5))) if is_pupil else None,
        )

    def _given(
        self, origin: Origin, sex: str, taken: set[str], alike: Child | None
    ) -> tuple[tuple[str, ...], str]:
        """Answer the given names and which of them the child is called by."""
        random = self._random
        called = origin.given_name(random, sex, taken)
        if alike is not None and alike.sex == sex and happens(random, ALIKE_TWINS):
            called = self._alike(origin, sex, taken, alike.called)
        before: tuple[str, ...] = ()
        if sex == "M" and origin.called.names and happens(random, origin.called_share):
            before = (origin.called.one(random),)
        given = [*(name for name in before if name != called), called]
        if origin.baptised and happens(random, BAPTISED):
            given.append(origin.baptised["FM".index(sex)])
        elif not before and happens(random, MIDDLE_NAME):
            given.append(origin.given_name(random, sex, taken.union(words_of(called))))
        if len(given) > 1 and not before and not origin.baptised:
            is_free = taken.isdisjoint(words_of(given[1]))
            called = given[1] if is_free and happens(random, CALLED_BY_MIDDLE) else called
        return tuple(given), called

    def _alike(self, origin: Origin, sex: str, taken: set[str], twins: str) -> str:
        """Answer another name that begins or ends like the twin's; any if none is found."""
        name = ""
        for _ in range(60):
            name = origin.given_name(self._random, sex, taken)
            if name[:2] == twins[:2] or name[-3:] == twins[-3:]:
                break
        return name

    def _surname(self, parents: _Parents, legal: str, sex: str, given: tuple[str, ...]) -> str:
        random, origin = self._random, parents.origin
        if sex == "F" and happens(random, origin.female_share):
            return origin.female_families.one(random)
        if (
            origin.baptised
            and given[-1] not in origin.baptised
            and happens(random, FAITH_AS_SURNAME)
        ):
            return origin.baptised["FM".index(sex)]
        return parents.others_origin.of_a_girl(legal) if sex == "F" else legal


def _twinned(one: Child, other: Child) -> list[Child]:
    same = one.sex == other.sex
    return [
        Child(
            **{name: getattr(child, name) for name in Child.__slots__}
            | {"twin": twin.key, "twin_sex_same": same}
        )
        for child, twin in ((one, other), (other, one))
    ]
