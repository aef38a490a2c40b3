"""From judged reports to slices of registers: what an extract lists, and what a statement does."""

from hub.core.event import REGISTER_KINDS
from hub.core.intake import OpenedReport
from hub.core.report import REGISTER_ROW_REFUSED
from hub.core.seal import EventDigests
from hub.ports import ExtractSlice, StatementSlice


def extract_slice(report: OpenedReport) -> ExtractSlice | None:
    """The slice of a register extract that the report is, with the plans it lists.

    A rejected event lists its plan too: what the hub cannot use is not what the council left out.
    """
    header = report.header
    if header.extract is None:
        return None
    return ExtractSlice(
        agency=header.agency,
        extract_id=header.extract.extract_id,
        as_at=header.extract.as_at,
        full=header.extract.full,
        slice=header.extract.slice,
        slices=header.extract.slices,
        publisher=header.publisher,
        connector=header.connector,
        epoch=header.epoch,
        sequence=header.sequence,
        received_at=report.raw.received_at,
        fact_keys=(
            *(v.fact_key for v in report.events if v.event.kind in REGISTER_KINDS),
            *(one.fact_key for one in report.rejected if one.fact_key is not None),
        ),
        flawed=_is_flawed(report),
    )


def _is_flawed(report: OpenedReport) -> bool:
    """Whether a plan may be missing from a slice because a row of it could not be used.

    A connector tells of such a row with the slice it belongs to: by a fault, or, where an event
    could not be written out at all, by a refusal that names no field.
    """
    status = report.status
    return any(one.fact_key is None for one in report.rejected) or (
        status is not None
        and (
            any(fault.code == REGISTER_ROW_REFUSED for fault in status.faults)
            or any(not refusal.field for refusal in status.refusals)
        )
    )


def statement_slice(report: OpenedReport, digests: EventDigests) -> StatementSlice | None:
    """The slice of the council's daily statement that the report carries.

    Its id here tells its instant and its cut too: slices of two cuts of one statement never add
    up to a whole one.
    """
    statement, agency = report.statement, report.header.agency
    if statement is None:
        return None
    return StatementSlice(
        agency=agency,
        statement_id=(
            f"{statement.statement_id} {statement.as_at.isoformat()} /{statement.slices}"
        ),
        as_at=statement.as_at,
        slice=statement.slice,
        slices=statement.slices,
        fact_keys=tuple(digests.fact_key(agency, p.source_key) for p in statement.open_plans),
    )
