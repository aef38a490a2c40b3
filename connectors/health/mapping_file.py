"""Reads a hospital's mapping file (TOML), or refuses it whole; the format is in README.md."""

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from connectors.health.sites import Department, HospitalMapping, code
from connectors.health.staff_mapping import StaffTables
from connectors.mapping_toml import EDITION_MAX, read_mapping
from hub.core.event import DepartmentType
from hub.core.identifiers import OdsCode
from hub.errors import InvalidIdentifier

DEFAULT_MAPPING: Final = Path(__file__).with_name("default_mapping.toml")
"""The mapping of a hospital that has not written one: patient class E alone counts."""


def _ods(text: str) -> str:
    try:
        return OdsCode.parse(text).reveal()
    except InvalidIdentifier as fault:
        raise ValueError(str(fault)) from fault


_Code = Annotated[str, AfterValidator(code), Field(max_length=100)]
_Ods = Annotated[str, AfterValidator(_ods)]
_Strict = ConfigDict(extra="forbid", frozen=True)


class _Site(BaseModel):
    model_config = _Strict
    code: _Ods
    name: str = ""
    aliases: tuple[_Code, ...] = ()


class _Department(BaseModel):
    model_config = _Strict
    site: _Ods
    type: Literal["major", "single_specialty", "minor_or_urgent", "walk_in", "ambulatory"]
    points_of_care: tuple[_Code, ...] = ()
    ids: tuple[_Code, ...] = ()
    patient_classes: tuple[_Code, ...] = ("E", "O", "U", "")

    def department(self) -> Department:
        return Department(
            site=self.site,
            type=DepartmentType(self.type),
            points_of_care=frozenset(self.points_of_care) - {""},
            ids=frozenset(self.ids) - {""},
            patient_classes=frozenset(self.patient_classes),
        )


class _MappingFile(StaffTables):
    model_config = _Strict
    version: Literal[1]
    edition: Annotated[int, Field(ge=0, le=EDITION_MAX)] = 0
    trust: _Ods | None = None
    senders: tuple[_Code, ...] = ()
    acknowledgement: Literal["original", "enhanced"] = "original"
    admission_methods: tuple[_Code, ...] = ("21",)
    left_before_seen: tuple[_Code, ...] = ("12", "13")
    mother_relationships: tuple[_Code, ...] = ("MTH", "MOTHER")
    site: tuple[_Site, ...] = ()
    department: tuple[_Department, ...] = ()

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.senders and self.trust is None:
            raise ValueError("senders are the trust's spellings of MSH-4: trust is missing")
        names = [name for name, _ in self._names()]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"{twice[0]} names two sites, or one twice")
        known = {site.code for site in self.site}
        unknown = [d.site for d in self.department if d.site not in known]
        if unknown:
            raise ValueError(f"a department names site {unknown[0]}, which is not among the sites")
        return self

    def _names(self) -> Iterator[tuple[str, str]]:
        for site in self.site:
            yield site.code, site.code
            yield from ((alias, site.code) for alias in site.aliases if alias != site.code)

    def mapping(self) -> HospitalMapping:
        own = {self.trust} if self.trust else set()
        return HospitalMapping(
            trust=self.trust,
            senders=frozenset(self.senders) | own,
            sites=MappingProxyType(dict(self._names())),
            departments=tuple(department.department() for department in self.department),
            admission_methods=frozenset(self.admission_methods),
            left_before_seen=frozenset(self.left_before_seen),
            mother_relationships=frozenset(self.mother_relationships),
            enhanced_acknowledgements=self.acknowledgement == "enhanced",
            edition=self.edition,
            staff=self.staff(),
        )


def load_mapping(path: Path | None) -> HospitalMapping:
    """Answer the mapping in a file, or the default one.

    Raises:
        ConfigurationError: the file cannot be read, is no TOML, or says something that the format
            does not have; the message names the file, the place and what was expected.
    """
    chosen = DEFAULT_MAPPING if path is None else path
    return read_mapping(chosen, _MappingFile).mapping()
