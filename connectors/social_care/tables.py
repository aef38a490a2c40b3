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

TABLES: Final = (
    PERSON,
    IDENTIFIERS,
    PLANS,
    EPISODES,
    ADDRESSES,
    MOTHERS,
    INVOLVEMENTS,
    PROFESSIONALS,
    DEPARTMENTS,
    DELETIONS,
    OPEN_PLANS,
)
TABLE_BY_NAME: Final = {table.name: table for table in TABLES}
REQUIRED_IN_FULL: Final = (PERSON, PLANS, EPISODES)
"""A full extract closes what it does not list, so an absent file would end every plan in it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the cells that are read, cleaned, and where it stood. ``repr`` shows no cell."""

    table: Table
    line: int
    cells: Mapping[str, str] = field(repr=False)

    @property
    def reference(self) -> str:
        """Where an operator finds it: file and line."""
        return f"{self.table.file_name}:{self.line}"

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
    involvements: tuple[Row, ...] = ()
    deletions: tuple[Row, ...] = ()
    mother_links: tuple[Row, ...] = ()
    mothers: tuple[PersonRows, ...] = ()
