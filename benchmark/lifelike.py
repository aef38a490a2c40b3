"""Children whose names are as common as in life, by number, and what agencies tell of them.

Names are those of a sample of the population that matching is trained on: given and family name of
one origin are put together anew, so that the common ones are as common. Nobody of it exists.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from random import Random
from typing import Final

from benchmark.population import CHILDREN_MAX, nhs_number
from hub.core.event import NhsNumberStatus, Sex, Subject
from hub.core.identifiers import NhsNumber, Postcode
from training.population.people import Child as Sampled
from training.population.rates import error_rates
from training.population.records import population

SAMPLE: Final = 8_000
SAMPLE_SEED: Final = 11
"""Not one that matching is trained or measured on."""

NEW_FROM: Final = 2_000_000
"""From here on are children whom no index holds; their NHS numbers are others too."""

YEARS: Final = 18
NUMBERED_MAX: Final = 600_000
"""Of more children the rest have no NHS number, as in the loaded town."""

FIRST_OF_JANUARY_ONE_IN: Final = 200
STREETS: Final = (
    "Park Road",
    "Mill Lane",
    "High Street",
    "Church View",
    "Station Road",
    "The Close",
)
_LETTERS: Final = "ABDEFGHJLNPQRSTUWXYZ"


class Case(StrEnum):
    """What an agency tells of whom."""

    NUMBER = "known by number and birth date"
    WEIGHTS = "known by names, birth date and postcode"
    MISTAKE = "the same with a mistake in one of them"
    NEW = "new"
    HARD = "the commonest names, no postcode, no number"


MIX: Final = (Case.NUMBER,) * 8 + (Case.WEIGHTS,) * 5 + (Case.MISTAKE,) * 3 + (Case.NEW,) * 3
"""Beside one hard one in twenty; our own guess of a day, no source."""


@dataclass(frozen=True)
class Lifelike:
    """Every such child there could be, by number."""

    today: date

    @cached_property
    def _sample(self) -> tuple[Sampled, ...]:
        return tuple(population(SAMPLE, SAMPLE_SEED, error_rates()).children)

    @cached_property
    def _of_origin(self) -> dict[str, list[Sampled]]:
        found: dict[str, list[Sampled]] = defaultdict(list)
        for one in self._sample:
            found[one.origin].append(one)
        return found

    @cached_property
    def _commonest(self) -> tuple[tuple[str, str, str], ...]:
        """Given name, family name and sex of the names that most share, of each large origin."""
        found = []
        for children in sorted(self._of_origin.values(), key=len, reverse=True)[:6]:
            given = Counter((one.called, one.sex) for one in children).most_common(3)
            family = Counter(one.family_names[0][1] for one in children).most_common(3)
            found += [(name, other, sex) for (name, sex), _ in given for other, _ in family]
        return tuple(found)

    def child(self, number: int) -> Subject:
        """Answer the child of this number as a hospital knows it."""
        luck = Random(number)
        one = self._sample[luck.randrange(SAMPLE)]
        family = luck.choice(self._of_origin[one.origin]).family_names[0][1]
        born = self.today - timedelta(days=luck.randrange(365 * YEARS) + 1)
        if luck.randrange(FIRST_OF_JANUARY_ONE_IN) == 0:
            born = date(born.year, 1, 1)
        return Subject(
            local_id=f"L{number}",
            nhs_number=_number_of(number),
            nhs_number_status=NhsNumberStatus.UNKNOWN,
            family_name=family,
            given_names=one.given,
            birth_date=born,
            sex=Sex.FEMALE if one.sex == "F" else Sex.MALE,
            postcode=self._postcode(luck),
            address_lines=(f"{luck.randrange(1, 90)} {luck.choice(STREETS)}",),
        )

    def told(self, case: Case, number: int, told: int) -> Subject:
        """Answer what another agency tells of the child of this number, differently each time."""
        luck = Random(f"{case} {told}")
        child = replace(self.child(number), local_id=f"{case.name}-{told}")
        if case is Case.NUMBER or case is Case.NEW:
            return child
        child = replace(child, nhs_number=None, nhs_number_status=NhsNumberStatus.UNKNOWN)
        if case is Case.HARD:
            given, family, sex = luck.choice(self._commonest)
            return replace(
                child,
                given_names=(given,),
                family_name=family,
                sex=Sex.FEMALE if sex == "F" else Sex.MALE,
                postcode=None,
                address_lines=None,
            )
        return self._mistaken(child, luck) if case is Case.MISTAKE else child

    def _mistaken(self, child: Subject, luck: Random) -> Subject:
        born, family = child.birth_date, child.family_name or ""
        if born is None or luck.randrange(3) == 0:
            return replace(child, postcode=self._postcode(luck))
        if luck.randrange(2) == 0:
            return replace(child, birth_date=born + timedelta(days=luck.choice((-10, -1, 1, 10))))
        place = luck.randrange(len(family))
        return replace(child, family_name=family[:place] + family[place + 1 :] or family)

    def _postcode(self, luck: Random) -> Postcode:
        end = f"{luck.randrange(10)}{luck.choice(_LETTERS)}{luck.choice(_LETTERS)}"
        return Postcode(f"BD{luck.randrange(1, 19)} {end}")


def _number_of(number: int) -> NhsNumber | None:
    if number < NUMBERED_MAX:
        return nhs_number(number)
    others = CHILDREN_MAX - NUMBERED_MAX
    return nhs_number(NUMBERED_MAX + number % others) if number >= NEW_FROM else None
