"""The part of a hospital's mapping file that says where it keeps what its staff say of a visit."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Annotated, Final, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from connectors.health.sites import code
from connectors.health.staff import ENDED, NONE, OPEN, Fact, Observation, StaffMapping
from hub.core.attendance_facts import ClinicianConcern, DepartureManner
from hub.core.identifiers import SnomedCode
from hub.errors import InvalidIdentifier

_STRICT: Final = ConfigDict(extra="forbid", frozen=True)
_CATEGORIES: Final = ("1", "2", "3", "4")


def _snomed(text: str) -> str:
    try:
        return SnomedCode.parse(text).reveal()
    except InvalidIdentifier as fault:
        raise ValueError(str(fault)) from fault


def _one_of(*allowed: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"one of {', '.join(allowed)} was expected")
        return text

    return check


_Code = Annotated[str, AfterValidator(code), Field(min_length=1, max_length=100)]
_Snomed = Annotated[str, AfterValidator(_snomed)]
_Departure = Annotated[
    str, AfterValidator(_one_of(*(one for one in DepartureManner if one != "unknown")))
]
_Category = Annotated[str, AfterValidator(_one_of(*_CATEGORIES))]

_MEANINGS: Final[dict[Fact, Callable[[str], str]]] = {
    Fact.CONCERN: _snomed,
    Fact.CLINICIAN: _one_of(*(one for one in ClinicianConcern if one != "unknown")),
    Fact.HOLD: _one_of(OPEN, ENDED),
    Fact.CATEGORY: _one_of(*_CATEGORIES),
}


class _Observation(BaseModel):
    model_config = _STRICT
    code: _Code
    fact: Fact
    values: Annotated[dict[_Code, str], Field(min_length=1)]

    @model_validator(mode="after")
    def _means_something(self) -> Self:
        for meaning in self.values.values():
            if meaning != NONE:
                _MEANINGS[self.fact](meaning)
        return self

    def observation(self) -> Observation:
        taken = _MEANINGS[self.fact]
        meanings = {
            value: NONE if meaning == NONE else taken(meaning)
            for value, meaning in self.values.items()
        }
        return Observation(fact=self.fact, values=MappingProxyType(meanings))


class StaffTables(BaseModel):
    """The tables of a mapping file that concern what staff say of a visit; all may be left out."""

    model_config = _STRICT
    concerns: dict[_Code, _Snomed] = Field(default_factory=dict)
    departures: dict[_Code, _Departure] = Field(default_factory=dict)
    attendance_categories: dict[_Code, _Category] = Field(default_factory=dict)
    observation: tuple[_Observation, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        names = [one.code for one in self.observation]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"observation {twice[0]} is named twice")
        return self

    def staff(self) -> StaffMapping:
        """Answer where the hospital keeps what its staff say."""
        return StaffMapping(
            concerns=MappingProxyType(
                {local: SnomedCode(term) for local, term in self.concerns.items()}
            ),
            departures=MappingProxyType(
                {local: DepartureManner(how) for local, how in self.departures.items()}
            ),
            categories=MappingProxyType(dict(self.attendance_categories)),
            observations=MappingProxyType(
                {one.code: one.observation() for one in self.observation}
            ),
        )
