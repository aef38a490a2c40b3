"""Maps one row of ``superseded.csv`` to the change that it tells. Pure: no file or clock."""

from typing import Final, NoReturn

from connectors.cells import Cells
from connectors.contract import ConnectorContext, Reading
from connectors.csv_rows import Columns, CsvRow
from connectors.outcome import Notes, Refused
from hub.core.event import Event, EventState, IdentityChangeFacts, NhsNumberStatus, Subject
from hub.core.identifiers import NhsNumber
from hub.core.identity_change import Change

COLUMNS: Final = Columns(
    required=("old", "new", "changed_at"), optional=("birth_date", "withdrawn"), any_case=True
)


def map_row(row: CsvRow, context: ConnectorContext, *, reference: str) -> Reading:
    """Answer what came of one row.

    Args:
        row: the row.
        context: the run.
        reference: where the row stands.

    Raises:
        Refused: one of the numbers is none, both are one, or the time is missing.
    """
    if row.flaw:
        raise Refused("row", row.flaw)
    notes = Notes()
    event = _event(Cells(row.cells, notes), context)
    return Reading(
        reference=reference,
        events=(event,),
        dropped=notes.dropped,
        source_as_of=event.recorded_at,
    )


def _event(cells: Cells, context: ConnectorContext) -> Event:
    """Answer the change: its id follows from both numbers, its order from the service's time."""
    old, new = (_number(cells, column, context) for column in ("old", "new"))
    if old == new:
        _refuse("new", "another number than in column old")
    changed_at = cells.needed_instant("changed_at")
    withdrawn = cells.yes("withdrawn")
    return Event(
        source_key=f"{old.reveal()}|{new.reveal()}",
        revision=round(changed_at.timestamp() * 1000),
        state=EventState.WITHDRAWN if withdrawn else EventState.REPORTED,
        occurred_at=changed_at,
        recorded_at=changed_at,
        subject=Subject(
            local_id=new.reveal(),
            nhs_number=new,
            nhs_number_status=NhsNumberStatus.VERIFIED,
            birth_date=cells.day("birth_date"),
        ),
        facts=IdentityChangeFacts(change=Change.NUMBER_SUPERSEDED, former_nhs_number=old),
    )


def _number(cells: Cells, column: str, context: ConnectorContext) -> NhsNumber:
    found = cells.nhs_number(column, test_numbers=context.test_numbers)
    return found or _refuse(column, "an NHS number with its check digit")


def _refuse(column: str, expected: str) -> NoReturn:
    raise Refused(column, expected)
