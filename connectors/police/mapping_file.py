"""Reads a force's mapping file (TOML), or refuses it whole; the format is in README.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from connectors.mapping_toml import EDITION_MAX, read_mapping
from connectors.police.shape import (
    ADULT_FIELDS,
    CHILD_FIELDS,
    INCIDENT_FIELDS,
    RELATIONSHIP_FIELDS,
)
from connectors.police.vocabulary import USUAL_WORDS, VOCABULARIES, spelling
from hub.core.event import Audience, Handling
from hub.core.identifiers import ForceCode, GssCode
from hub.errors import ConfigurationError, InvalidIdentifier

LISTS: Final = ("adults", "children", "child_relationships")
ROLES: Final = ("victim", "suspect")
"""The adults that a row of CSV has columns for."""

PUBLISHED_NAMES: Final = frozenset(
    {
        *INCIDENT_FIELDS,
        *LISTS,
        *(f"{who}_{name}" for who in ("adult", *ROLES) for name in ADULT_FIELDS),
        *(f"child_{name}" for name in CHILD_FIELDS),
        *(f"relationship_{name}" for name in RELATIONSHIP_FIELDS),
        *(f"child_{role}_{name}" for role in ROLES for name in RELATIONSHIP_FIELDS[1:]),
    }
)
"""Every name that a mapping file can give a force's own name for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForceMapping:
    """What a force has told of its exports.

    Attributes:
        force: whose reports they are.
        names: published name to the force's own name, or path with dots in JSON and XML.
        date_times: ``strptime`` formats of times, beside ISO 8601.
        dates: ``strptime`` formats of days, beside YYYY-MM-DD.
        codes: by vocabulary, spelling to published code.
        areas: the force's code of an area to the local authority's GSS code.
        handling: handling code, in upper case, to what it asks for.
        handling_default: what holds where no code was sent.
        edition: how often the mapping has been mended: what was told under an earlier one is
            corrected by telling it again.
    """

    force: ForceCode
    names: Mapping[str, str]
    date_times: tuple[str, ...]
    dates: tuple[str, ...]
    codes: Mapping[str, Mapping[str, str]]
    areas: Mapping[str, str]
    handling: Mapping[str, Handling]
    handling_default: Handling
    edition: int = 0


def _force(text: str) -> str:
    try:
        return ForceCode.parse(text).reveal()
    except InvalidIdentifier as fault:
        raise ValueError(str(fault)) from fault


def _gss(text: str) -> str:
    try:
        return GssCode.parse(text).reveal()
    except InvalidIdentifier as fault:
        raise ValueError(str(fault)) from fault


_Text = Annotated[str, Field(min_length=1, max_length=100)]
_Strict = ConfigDict(extra="forbid", frozen=True)


class _Handling(BaseModel):
    model_config = _Strict
    audience: Literal["entitled", "health_and_social_care", "social_care_only"]
    not_to_family: bool = True

    def handling(self) -> Handling:
        return Handling(audience=Audience(self.audience), not_to_family=self.not_to_family)


class _Dates(BaseModel):
    model_config = _Strict
    date_times: tuple[_Text, ...] = ()
    dates: tuple[_Text, ...] = ()


class _MappingFile(BaseModel):
    model_config = _Strict
    version: Literal[1]
    edition: Annotated[int, Field(ge=0, le=EDITION_MAX)] = 0
    force: Annotated[str, AfterValidator(_force)]
    names: dict[_Text, _Text] = {}
    dates: _Dates = _Dates()
    codes: dict[str, dict[_Text, str]] = {}
    areas: dict[_Text, Annotated[str, AfterValidator(_gss)]] = {}
    handling: dict[_Text, _Handling] = {}
    handling_default: _Handling = _Handling(audience="entitled")

    @model_validator(mode="after")
    def _is_of_the_published_shape(self) -> Self:
        unknown = sorted(set(self.names) - PUBLISHED_NAMES)
        if unknown:
            raise ValueError(f"names.{unknown[0]} is no field of the published shape")
        for vocabulary, words in self.codes.items():
            if vocabulary not in VOCABULARIES:
                known = ", ".join(VOCABULARIES)
                raise ValueError(f"codes.{vocabulary} is no vocabulary; there are: {known}")
            wrong = [word for word, code in words.items() if code not in VOCABULARIES[vocabulary]]
            if wrong:
                allowed = ", ".join(VOCABULARIES[vocabulary])
                raise ValueError(f"codes.{vocabulary}: {wrong[0]} must be one of: {allowed}")
        return self

    def mapping(self) -> ForceMapping:
        return ForceMapping(
            force=ForceCode(self.force),
            names=MappingProxyType(self.names),
            date_times=self.dates.date_times,
            dates=self.dates.dates,
            codes=MappingProxyType({name: self._words(name) for name in VOCABULARIES}),
            areas=MappingProxyType({spelling(a): gss for a, gss in self.areas.items()}),
            handling=MappingProxyType(
                {code.strip().upper(): asked.handling() for code, asked in self.handling.items()}
            ),
            handling_default=self.handling_default.handling(),
            edition=self.edition,
        )

    def _words(self, vocabulary: str) -> Mapping[str, str]:
        own = {spelling(word): code for word, code in self.codes.get(vocabulary, {}).items()}
        published = {code: code for code in VOCABULARIES[vocabulary]}
        return MappingProxyType({**published, **USUAL_WORDS.get(vocabulary, {}), **own})


def load_mapping(path: Path | None) -> ForceMapping:
    """Answer the mapping in a file; there is no default, for only it says whose reports these are.

    Raises:
        ConfigurationError: there is none, it cannot be read, is no TOML, or says something that
            the format does not have; the message names the file, the place and what was expected.
    """
    if path is None:
        raise ConfigurationError(
            "The police connector needs a mapping file (--mapping): it says which force reports."
        )
    return read_mapping(path, _MappingFile).mapping()
