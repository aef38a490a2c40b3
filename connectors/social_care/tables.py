"""The tables that are read from an extract, under the dataset's own names, and one row of one.

Source of the names: the Standard Safeguarding Dataset (SSD) data model. Columns marked local are
additions of this project that the dataset does not have; a council may leave them out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One CSV file: which columns must be there, which are read where they are there.

    Attributes:
        key: the column by which rows are gathered: the person, or the worker or team looked up.
        registers: whether losing a row of it may hide a plan, which makes a register incomplete.
    """

    name: str
    key: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    registers: bool = False

    @property
    def file_name(self) -> str:
        """The file it is read from."""
        return f"{self.name}.csv"

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read; all others are ignored."""
        return self.required + self.optional


PERSON: Final = Table(
    name="ssd_person",
    key="pers_person_id",
    required=("pers_person_id", "pers_forename", "pers_surname", "pers_dob", "pers_expected_dob"),
    optional=(
        "pers_sex",
        "pers_death_date",
        "pers_common_child_id",
        "pers_restricted",  # local: whereabouts must not be disclosed
    ),
)
IDENTIFIERS: Final = Table(
    name="ssd_linked_identifiers",
    key="link_person_id",
    required=("link_person_id", "link_identifier_type", "link_identifier_value"),
    optional=("link_valid_from_date", "link_valid_to_date"),
)
PLANS: Final = Table(
    name="ssd_cp_plans",
    key="cppl_person_id",
    required=(
        "cppl_cp_plan_id",
        "cppl_person_id",
        "cppl_cp_plan_start_date",
        "cppl_cp_plan_end_date",
    ),
    optional=(
        "cppl_cp_plan_ola",
        "cppl_cp_plan_ola_authority",  # local: GSS code of the authority that holds the plan
        "cppl_cp_plan_initial_category",
        "cppl_cp_plan_latest_category",
    ),
    registers=True,
)
EPISODES: Final = Table(
    name="ssd_cla_episodes",
    key="clae_person_id",
    required=(
        "clae_cla_episode_id",
        "clae_person_id",
        "clae_cla_episode_start_date",
        "clae_cla_episode_ceased",
        "clae_cla_episode_ceased_reason",
    ),
    optional=("clae_cla_episode_start_reason",),
    registers=True,
)
IN_NEED: Final = Table(
    name="ssd_cin_plans",
    key="cinp_person_id",
    required=(
        "cinp_cin_plan_id",
        "cinp_person_id",
        "cinp_cin_plan_start_date",
        "cinp_cin_plan_end_date",
    ),
)
"""Losing a row of it hides no plan: a child in need is a fact beside plans."""
ADDRESSES: Final = Table(
    name="ssd_address",
    key="addr_person_id",
    required=(
        "addr_person_id",
        "addr_address_type",
        "addr_address_start_date",
        "addr_address_end_date",
        "addr_address_postcode",
    ),
    optional=("addr_address_json",),
)
MOTHERS: Final = Table(
    name="ssd_mother",
    key="moth_childs_person_id",
    required=("moth_person_id", "moth_childs_person_id"),
)
INVOLVEMENTS: Final = Table(
    name="ssd_involvements",
    key="invo_person_id",
    required=(
        "invo_person_id",
        "invo_professional_role_id",
        "invo_involvement_start_date",
        "invo_involvement_end_date",
    ),
    optional=("invo_professional_id", "invo_professional_team"),
)
PROFESSIONALS: Final = Table(
    name="ssd_professionals",
    key="prof_professional_id",
    required=("prof_professional_id", "prof_professional_name"),
)
DEPARTMENTS: Final = Table(
    name="ssd_department",
    key="dept_team_id",
    required=("dept_team_id", "dept_team_name"),
)
DELETIONS: Final = Table(
    name="deletions",
    key="person_id",
    required=("table", "id", "person_id"),
    registers=True,
)
OPEN_PLANS: Final = Table(
    name="open_plans",
    key="person_id",
    required=("kind", "id", "person_id"),
    registers=True,
)

IDENTITY_CHANGES: Final = Table(
    name="identity_changes",
    key="person_id",
    required=("change", "person_id", "former_person_id"),
    optional=("withdrawn",),
)
"""Who somebody is: losing a row of it hides no plan, which stays with whom it was told of."""

TABLES: Final = (
    PERSON,
    IDENTIFIERS,
    PLANS,
    EPISODES,
    IN_NEED,
    ADDRESSES,
    MOTHERS,
    INVOLVEMENTS,
    PROFESSIONALS,
    DEPARTMENTS,
    DELETIONS,
    OPEN_PLANS,
    IDENTITY_CHANGES,
)
TABLE_BY_NAME: Final = {table.name: table for table in TABLES}
PAYLOAD_FIELDS: Final = {
    "pers_person_id": "la_child_id",
    "pers_forename": "first_name",
    "pers_surname": "surname",
    "pers_dob": "date_of_birth",
    "pers_expected_dob": "expected_date_of_birth",
    "pers_sex": "sex",
    "link_identifier_value": "unique_pupil_number",
    "addr_address_postcode": "postcode",
    "cppl_person_id": "la_child_id",
    "cppl_cp_plan_id": "child_protection_plan_id",
    "cppl_cp_plan_start_date": "child_protection_plans.start_date",
    "cppl_cp_plan_end_date": "child_protection_plans.end_date",
    "cinp_person_id": "la_child_id",
    "cinp_cin_plan_id": "child_in_need_plan_id",
    "cinp_cin_plan_start_date": "child_in_need_plans.start_date",
    "cinp_cin_plan_end_date": "child_in_need_plans.end_date",
    "clae_person_id": "la_child_id",
    "clae_cla_episode_id": "child_looked_after_placement_id",
    "clae_cla_episode_start_date": "child_looked_after_placements.start_date",
    "clae_cla_episode_ceased": "child_looked_after_placements.end_date",
    "clae_cla_episode_ceased_reason": "child_looked_after_placements.end_reason",
    "clae_cla_episode_start_reason": "child_looked_after_placements.start_reason",
    "person_id": "la_child_id",
    "id": "the id of what is purged",
}
"""What each column is called in the daily payload, whose rows are read as rows of these tables."""
REQUIRED_IN_FULL: Final = (PERSON, PLANS, EPISODES)
"""A full extract closes what it does not list, so an absent file would end every plan in it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the cells that are read, cleaned, and where it stood. ``repr`` shows no cell.

    ``source`` is the file of a row that was not read from its table's own: a child's payload; its
    ``line`` is then the number of the payload in that file.
    """

    table: Table
    line: int
    cells: Mapping[str, str] = field(repr=False)
    source: str = ""

    @property
    def reference(self) -> str:
        """Where an operator finds it: file and line."""
        return f"{self.source or self.table.file_name}:{self.line}"

    def field_name(self, column: str) -> str:
        """Answer what a column is called where the row was read from."""
        return PAYLOAD_FIELDS.get(column, column) if self.source else column

    def text(self, column: str) -> str:
        """Answer the cell, or an empty text where the extract has no such column."""
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """A row whose cells cannot be told apart: a wrong number of cells or broken quotes."""

    table: Table
    line: int

    @property
    def reference(self) -> str:
        """Where an operator finds it: file and line."""
        return f"{self.table.file_name}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRows:
    """What an extract holds of one person as a person."""

    person_id: str = field(repr=False)
    person: tuple[Row, ...] = ()
    identifiers: tuple[Row, ...] = ()
    addresses: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFile:
    """Every row of an extract that concerns one person with a plan, an episode or a deletion."""

    own: PersonRows
    plans: tuple[Row, ...] = ()
    episodes: tuple[Row, ...] = ()
    in_need: tuple[Row, ...] = ()
    involvements: tuple[Row, ...] = ()
    deletions: tuple[Row, ...] = ()
    changes: tuple[Row, ...] = ()
    mother_links: tuple[Row, ...] = ()
    mothers: tuple[PersonRows, ...] = ()
