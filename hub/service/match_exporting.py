"""An authority's own records without a traced NHS number, row by row, for a matcher."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from hub.core.identifiers import GssCode, LocalId
from hub.core.match_export import HEADER, ExportRow, LeftOut, export_row, is_for_export
from hub.core.match_report import standing_of
from hub.errors import InvalidIdentifier
from hub.ports.match_reports import LinkedRow, MatchReading, MatchReports
from hub.service.asker import Asker, Surroundings, audit_row
from hub.service.match_reporting import linked_records

ACTION: Final = "export unmatched"
_KEY_SEPARATOR: Final = "|"

RecordRef = Callable[[str, str], bytes]
"""From an agency and its own identifier of a person to the reference of its record."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of the records; nothing of a person."""

    counts: Counter[str] = field(default_factory=Counter)
    """``records`` of the authority, ``rows``, rows ``without_source_id``, ``without_postcode``."""
    left_out: Counter[LeftOut] = field(default_factory=Counter)


class MatchExporting:
    """The use case."""

    def __init__(self, around: Surroundings, reports: MatchReports, record_ref: RecordRef) -> None:
        self._around = around
        self._reports = reports
        self._record_ref = record_ref

    def rows(self, authority: GssCode, exported: Exported) -> Iterator[Sequence[str]]:
        """Yield the header, then each record; ``exported`` is counted up on the way.

        Raises:
            HubError: the records could not be read.
        """
        yield HEADER
        with self._reports.reading(authority.reveal()) as reading:
            yield from self._rows(reading, authority.reveal(), exported)

    def audit(self, asker: Asker, authority: GssCode, exported: Exported) -> None:
        """Note who has had so many records of an authority written; before they can be read.

        Raises:
            HubError: it could not be noted; nothing may be handed out then.
        """
        around = self._around
        row = audit_row(
            around.new_id(),
            asker,
            at=around.clock.now(),
            action=ACTION,
            subjects=(),
            outcome=f"{exported.counts['rows']} records of {authority.reveal()}",
            fields=HEADER,
            policies=around.policies,
        )
        with around.questions.question() as asking:
            asking.write_audit(row)

    def _rows(
        self, reading: MatchReading, authority: str, exported: Exported
    ) -> Iterator[Sequence[str]]:
        for told in reading.own_children():
            child = linked_records(told, authority)
            shielded = any(row.record.shielded for row in told)
            for row, one in zip(told, child, strict=True):
                if one.evidence.agency != authority:
                    continue
                exported.counts["records"] += 1
                if is_for_export(one, standing_of(one, child)):
                    made = export_row(
                        one.evidence,
                        source_id=self._source_id(row),
                        shielded=shielded,
                    )
                    if isinstance(made, ExportRow):
                        _count(made, exported)
                        yield made.ordered()
                    else:
                        exported.left_out[made] += 1

    def _source_id(self, row: LinkedRow) -> str:
        """The agency's own identifier of the person; empty if what it told does not hold it.

        It is not stored but as a keyed digest. An agency's keys of its plans hold it as a part, and
        the digest of the right part is the record's reference.
        """
        for part in (part for key in row.keys for part in key.split(_KEY_SEPARATOR)):
            try:
                local_id = LocalId.parse(part).reveal()
            except InvalidIdentifier:
                continue
            if self._record_ref(row.record.agency, local_id) == row.record.record_ref:
                return local_id
        return ""


def _count(made: ExportRow, exported: Exported) -> None:
    exported.counts["rows"] += 1
    exported.counts["without_source_id"] += not made.cells["SourceID"]
    exported.counts["without_postcode"] += not made.cells["PostCode"]
