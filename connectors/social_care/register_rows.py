"""Reads the rows of the register itself: plans, looked-after episodes, deletions. Pure.

A row that cannot be used is refused; where its id can be read and it may be open, it is answered
among the unsure, which the statement of open plans still lists.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeVar

from connectors.social_care.cells import UnreadableCell, read_category, read_day, read_flag
from connectors.social_care.findings import Findings
from connectors.social_care.periods import Episode
from connectors.social_care.tables import EPISODES, IN_NEED, PERSON, PLANS, PersonFile, Row
from hub.core.event import EventKind
from hub.core.identifiers import GssCode, LocalId
from hub.errors import InvalidIdentifier

R = TypeVar("R")

SEPARATOR: Final = "|"
ID_EXPECTED: Final = f"an id of at most 100 characters without {SEPARATOR}"
KINDS_BY_TABLE: Final = {
    PLANS.name: (EventKind.CHILD_PROTECTION_PLAN, EventKind.UNBORN_CHILD_PROTECTION_PLAN),
    EPISODES.name: (EventKind.LOOKED_AFTER_PERIOD,),
    IN_NEED.name: (EventKind.CHILD_IN_NEED_PERIOD,),
}
"""Which events a row of each table may have become."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """One readable plan; ``ended_on`` is ``None`` while it lasts."""

    row: Row
    plan_id: str = field(repr=False)
    started_on: date
    ended_on: date | None
    held_for_another: bool
    authority: str | None
    """The authority that holds it, where it is another and the row names it."""
    category_initial: str | None
    category_latest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InNeedRow:
    """One readable period in need; ``ended_on`` is ``None`` while it lasts."""

    row: Row
    period_id: str = field(repr=False)
    started_on: date
    ended_on: date | None


class _UnusableRow(Exception):  # noqa: N818  # named for what it says of the row
    """A row of the register cannot be used, and whether its plan may be open."""

    def __init__(self, column: str, expected: str, *, may_be_open: bool) -> None:
        super().__init__(expected)
        self.column = column
        self.may_be_open = may_be_open


def source_key(kind: EventKind, person_id: str, local_id: str) -> str:
    """Answer the council's own key of a plan or period, the same in every extract."""
    return SEPARATOR.join((kind, person_id, local_id))


def is_usable_id(text: str) -> bool:
    """Answer whether a cell can stand in a source key."""
    try:
        LocalId.parse(text)
    except InvalidIdentifier:
        return False
    return SEPARATOR not in text


def read_deletions(file: PersonFile, findings: Findings) -> dict[str, frozenset[str]]:
    """Answer, for each table of the register, the ids that the council has deleted."""
    deleted: dict[str, set[str]] = {name: set() for name in KINDS_BY_TABLE}
    for row in file.deletions:
        table = row.text("table").casefold().removesuffix(".csv")
        if table.startswith("ssd_") and table not in {*deleted, PERSON.name}:
            findings.drop("deletion_in_a_table_not_read")
        elif table not in deleted:
            findings.refuse_row(row, "table", f"one of {', '.join(KINDS_BY_TABLE)}")
        elif not is_usable_id(row.text("id")):
            findings.refuse_row(row, "id", ID_EXPECTED)
        else:
            deleted[table].add(row.text("id"))
    return {name: frozenset(ids) for name, ids in deleted.items()}


def read_plans(
    file: PersonFile, deleted: frozenset[str], day: date, findings: Findings
) -> tuple[tuple[PlanRow, ...], tuple[str, ...]]:
    """Answer a person's plans by id, and the ids of those that are unsure."""

    def read(row: Row, plan_id: str) -> PlanRow:
        return _plan(row, plan_id, day, findings)

    plans, unsure = _read_rows(file.plans, "cppl_cp_plan_id", deleted, read, findings)
    return tuple(plans[plan_id] for plan_id in sorted(plans)), unsure


def read_in_need(
    file: PersonFile, deleted: frozenset[str], day: date, findings: Findings
) -> tuple[InNeedRow, ...]:
    """Answer a person's periods in need by id; one that cannot be read is refused and no more."""

    def read(row: Row, period_id: str) -> InNeedRow:
        columns = ("cinp_cin_plan_start_date", "cinp_cin_plan_end_date")
        started_on, ended_on = _span(row, *columns, day, findings)
        return InNeedRow(row=row, period_id=period_id, started_on=started_on, ended_on=ended_on)

    found, _ = _read_rows(file.in_need, "cinp_cin_plan_id", deleted, read, findings)
    return tuple(found[period_id] for period_id in sorted(found))


def read_episodes(
    file: PersonFile, deleted: frozenset[str], day: date, findings: Findings
) -> tuple[tuple[Episode, ...], tuple[str, ...]]:
    """Answer a person's looked-after episodes by id, and the ids of those that are unsure."""

    def read(row: Row, episode_id: str) -> Episode:
        return _episode(row, episode_id, day, findings)

    episodes, unsure = _read_rows(file.episodes, "clae_cla_episode_id", deleted, read, findings)
    return tuple(episodes[episode_id] for episode_id in sorted(episodes)), unsure


def _read_rows(
    rows: Sequence[Row],
    id_column: str,
    deleted: frozenset[str],
    read: Callable[[Row, str], R],
    findings: Findings,
) -> tuple[dict[str, R], tuple[str, ...]]:
    """Read each row once; of two with one id that say different things the first stands, unsure."""
    seen: dict[str, Row] = {}
    used: dict[str, R] = {}
    unsure: list[str] = []
    for row in rows:
        local_id = row.text(id_column)
        if not is_usable_id(local_id):
            findings.refuse_row(row, id_column, ID_EXPECTED)
        elif local_id in deleted:
            findings.drop("row_listed_and_deleted")
        elif local_id in seen and seen[local_id].cells == row.cells:
            findings.drop("row_listed_twice")
        elif local_id in seen:
            findings.refuse_row(row, id_column, "an id listed once")
            unsure.append(local_id)
        else:
            seen[local_id] = row
            try:
                used[local_id] = read(row, local_id)
            except _UnusableRow as unusable:
                findings.refuse_row(row, unusable.column, str(unusable))
                unsure += [local_id] if unusable.may_be_open else []
    return used, tuple(unsure)


def _plan(row: Row, plan_id: str, day: date, findings: Findings) -> PlanRow:
    started_on, ended_on = _span(
        row, "cppl_cp_plan_start_date", "cppl_cp_plan_end_date", day, findings
    )
    held_for_another = _held_for_another(row, findings)
    return PlanRow(
        row=row,
        plan_id=plan_id,
        started_on=started_on,
        ended_on=ended_on,
        held_for_another=held_for_another,
        authority=_holding_authority(row, findings) if held_for_another else None,
        category_initial=_category(row, "cppl_cp_plan_initial_category", findings),
        category_latest=_category(row, "cppl_cp_plan_latest_category", findings),
    )


def _episode(row: Row, episode_id: str, day: date, findings: Findings) -> Episode:
    started_on, ceased_on = _span(
        row, "clae_cla_episode_start_date", "clae_cla_episode_ceased", day, findings
    )
    reason = row.text("clae_cla_episode_ceased_reason").upper()
    return Episode(
        row=row,
        episode_id=episode_id,
        started_on=started_on,
        start_reason=row.text("clae_cla_episode_start_reason").upper(),
        ceased_on=ceased_on,
        ceased_reason=reason if ceased_on else "",
    )


def _span(
    row: Row, begins: str, ends: str, day: date, findings: Findings
) -> tuple[date, date | None]:
    """Answer first and last day. An end after the extract is not yet one, so it is left out."""
    try:
        last = read_day(row.text(ends))
    except UnreadableCell as unreadable:
        raise _UnusableRow(ends, str(unreadable), may_be_open=True) from None
    lasts = last is None or last > day
    try:
        first = read_day(row.text(begins))
    except UnreadableCell as unreadable:
        raise _UnusableRow(begins, str(unreadable), may_be_open=lasts) from None
    if first is None:
        raise _UnusableRow(begins, "the day on which it began", may_be_open=lasts)
    if first > day:
        raise _UnusableRow(begins, "a day not later than the extract", may_be_open=lasts)
    if last is not None and last < first:
        raise _UnusableRow(ends, "a day not before the start", may_be_open=True)
    if last is not None and lasts:
        findings.drop("end_after_extract")
    return first, None if lasts else last


def _held_for_another(row: Row, findings: Findings) -> bool:
    """An unreadable mark counts as yes: better no holder named than the wrong one."""
    try:
        return read_flag(row.text("cppl_cp_plan_ola"))
    except UnreadableCell as unreadable:
        findings.refuse(row, "cppl_cp_plan_ola", str(unreadable))
        return True


def _holding_authority(row: Row, findings: Findings) -> str | None:
    text = row.text("cppl_cp_plan_ola_authority")
    if not text:
        return None
    try:
        return GssCode.parse(text).reveal()
    except InvalidIdentifier as invalid:
        findings.refuse(row, "cppl_cp_plan_ola_authority", f"a valid GSS code ({invalid.reason})")
        return None


def _category(row: Row, column: str, findings: Findings) -> str | None:
    try:
        return read_category(row.text(column))
    except UnreadableCell as unreadable:
        findings.refuse(row, column, str(unreadable))
        return None
