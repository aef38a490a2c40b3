"""Reads one child of the daily payload as rows of the tables that an extract has. Pure.

The payload is what pilot authorities send the Department each day (its structure v0.7): one object
a child, which holds only what has changed, and marks with ``purge`` what was recorded in error. As
rows of the same tables it is then mapped as any extract is. Everything that the hub has no use for
(assessments, scores, ethnicity, disabilities, adoption) is not looked at.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from connectors.social_care.cells import UnreadableCell, read_flag
from connectors.social_care.findings import Findings
from connectors.social_care.tables import (
    ADDRESSES,
    DELETIONS,
    EPISODES,
    IDENTIFIERS,
    IN_NEED,
    PERSON,
    PLANS,
    Row,
    Table,
)

PURGE_NAMES_NOTHING: Final = "purge_names_nothing"
"""The code of a fault: what is purged is not named, so nothing of it could be deleted."""

_OBJECT: Final = "an object, as the payload's structure has it"
_LIST: Final = "a list of objects, as the payload's structure has it"
_TEXT: Final = "a text, or null"
_FLAG: Final = "true or false"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A list of the payload that becomes rows of a table: its fields by the table's columns."""

    name: str
    table: Table
    person: str
    local_id: str
    columns: Mapping[str, str]


_PARTS: Final = (
    _Part(
        name="child_protection_plans",
        table=PLANS,
        person="cppl_person_id",
        local_id="child_protection_plan_id",
        columns={
            "cppl_cp_plan_id": "child_protection_plan_id",
            "cppl_cp_plan_start_date": "start_date",
            "cppl_cp_plan_end_date": "end_date",
        },
    ),
    _Part(
        name="child_in_need_plans",
        table=IN_NEED,
        person="cinp_person_id",
        local_id="child_in_need_plan_id",
        columns={
            "cinp_cin_plan_id": "child_in_need_plan_id",
            "cinp_cin_plan_start_date": "start_date",
            "cinp_cin_plan_end_date": "end_date",
        },
    ),
    _Part(
        name="child_looked_after_placements",
        table=EPISODES,
        person="clae_person_id",
        local_id="child_looked_after_placement_id",
        columns={
            "clae_cla_episode_id": "child_looked_after_placement_id",
            "clae_cla_episode_start_date": "start_date",
            "clae_cla_episode_start_reason": "start_reason",
            "clae_cla_episode_ceased": "end_date",
            "clae_cla_episode_ceased_reason": "end_reason",
        },
    ),
)
_DETAILS: Final = {
    "pers_forename": "first_name",
    "pers_surname": "surname",
    "pers_dob": "date_of_birth",
    "pers_expected_dob": "expected_date_of_birth",
    "pers_sex": "sex",
}
_UPN_TYPE: Final = "Unique Pupil Number"
_HOME_TYPE: Final = "Home"
_GOES_ON: Final = "X1"
_HALF: Final = re.compile(r"[\ud800-\udfff]")
"""Half of a pair of escapes: JSON can write it, and no UTF-8 can."""


@dataclass(slots=True, kw_only=True)
class PayloadChild:
    """One child of a payload, and where it stood."""

    told: Mapping[str, Any] = field(repr=False)
    source: str
    number: int
    findings: Findings = field(repr=False)

    def rows(self) -> Iterator[Row]:
        """Yield the rows that the child amounts to; what cannot be read is refused.

        The person's row comes last: only then is it known whether the child has a placement, whose
        address could be what the payload gives as the child's.
        """
        child_id = self._text(self.told, "la_child_id", PERSON)
        everything = self._flag(self.told, PERSON)
        rows = list(self._episodes(child_id, purged=everything))
        if everything and not rows:
            self._refuse_empty_purge()
        yield from rows
        if not everything:
            placed = any(self._is_open_placement(row) for row in rows)
            yield from self._details(child_id, placed=placed)

    def _episodes(self, child_id: str, *, purged: bool) -> Iterator[Row]:
        for episode in self._list(self.told, "social_care_episodes", PLANS):
            whole = purged or self._flag(episode, PLANS)
            parts = (self._part(part, episode, child_id, purged=whole) for part in _PARTS)
            rows = [row for part in parts for row in part]
            if whole and not purged and not rows:
                self._refuse_empty_purge()
            yield from rows

    def _part(
        self, part: _Part, episode: Mapping[str, Any], child_id: str, *, purged: bool
    ) -> Iterator[Row]:
        for item in self._list(episode, part.name, part.table):
            local_id = self._text(item, part.local_id, part.table)
            if purged or self._flag(item, part.table):
                cells = {"table": part.table.name, "id": local_id, "person_id": child_id}
                yield self._row(DELETIONS, cells)
                continue
            cells = {c: self._text(item, name, part.table) for c, name in part.columns.items()}
            if part.table is EPISODES and self._text(item, "change_reason", EPISODES):
                cells["clae_cla_episode_ceased_reason"] = _GOES_ON
            yield self._row(part.table, {**cells, part.person: child_id})

    def _details(self, child_id: str, *, placed: bool) -> Iterator[Row]:
        details = self.told.get("child_details")
        if details is None:
            return
        if not isinstance(details, Mapping):
            self._refuse(PERSON, "child_details", _OBJECT)
            return
        cells = {column: self._text(details, name, PERSON) for column, name in _DETAILS.items()}
        yield self._row(PERSON, {**cells, "pers_person_id": child_id})
        upn = self._text(details, "unique_pupil_number", IDENTIFIERS)
        if upn:
            cells = {"link_identifier_type": _UPN_TYPE, "link_identifier_value": upn}
            yield self._row(IDENTIFIERS, {**cells, "link_person_id": child_id})
        postcode = self._text(details, "postcode", ADDRESSES)
        if postcode and placed:
            self.findings.drop("postcode_of_a_child_placed")
        elif postcode:
            cells = {"addr_address_type": _HOME_TYPE, "addr_address_postcode": postcode}
            yield self._row(ADDRESSES, {**cells, "addr_person_id": child_id})

    def _is_open_placement(self, row: Row) -> bool:
        return row.table is EPISODES and not row.text("clae_cla_episode_ceased")

    def _text(self, told: Mapping[str, Any], name: str, table: Table) -> str:
        value = told.get(name)
        if value is None or (isinstance(value, str) and not _HALF.search(value)):
            return (value or "").strip()
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        self._refuse(table, name, _TEXT)
        return ""

    def _flag(self, told: Mapping[str, Any], table: Table) -> bool:
        """Answer whether it is purged; an unreadable mark is refused and deletes nothing."""
        value = told.get("purge")
        if value is None or isinstance(value, bool):
            return bool(value)
        try:
            return read_flag(str(value))
        except UnreadableCell:
            self._refuse(table, "purge", _FLAG)
            return False

    def _list(
        self, told: Mapping[str, Any], name: str, table: Table
    ) -> Iterator[Mapping[str, Any]]:
        value = told.get(name)
        if value is None:
            return
        if not isinstance(value, list):
            self._refuse(table, name, _LIST)
            return
        for item in value:
            if isinstance(item, Mapping):
                yield item
            else:
                self._refuse(table, name, _OBJECT)

    def _row(self, table: Table, cells: Mapping[str, str]) -> Row:
        return Row(table, self.number, cells, self.source)

    def _refuse(self, table: Table, name: str, expected: str) -> None:
        self.findings.refuse_row(self._row(table, {}), name, expected)

    def _refuse_empty_purge(self) -> None:
        row = self._row(PERSON, {})
        expected = "the plans, placements and periods in need that are purged, each by its id"
        self.findings.refuse(row, "purge", expected, fault=PURGE_NAMES_NOTHING)
