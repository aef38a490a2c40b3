"""Cuts an extract into readings that each fit one report. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from connectors.contract import Reading
from connectors.social_care.extract import ExtractDescription
from connectors.social_care.findings import Findings, faults_of
from hub.core.event import Event
from hub.core.report import (
    EVENTS_PER_REPORT_MAX,
    REFUSALS_PER_REPORT_MAX,
    Extract,
    OpenPlan,
    RegisterStatement,
)

OPEN_PLANS_PER_SLICE_MAX: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceCounts:
    """What an extract comes to: known before its first slice is cut."""

    events: int
    rows: int
    findings: Findings = field(repr=False)


def event_slices(
    events: Iterator[Event], counts: SliceCounts, described: ExtractDescription
) -> Iterator[Reading]:
    """Yield the slices; an extract without a plan is one slice without events.

    The first slice carries the count of rows and what was left out; each carries its share of the
    refusals with the faults that they amount to.
    """
    findings = counts.findings.found()
    slices = max(1, _parts(counts.events, EVENTS_PER_REPORT_MAX), _parts(len(findings), _REFUSALS))
    for number in range(slices):
        share = findings[number * _REFUSALS : (number + 1) * _REFUSALS]
        yield Reading(
            reference=f"extract {described.extract_id}, slice {number + 1} of {slices}",
            events=tuple(islice(events, EVENTS_PER_REPORT_MAX)),
            refusals=tuple(finding.refusal for finding in share),
            dropped=counts.findings.dropped() if number == 0 else (),
            faults=faults_of(share, counts.findings.unlisted_faults() if number == 0 else ()),
            extract=Extract(
                extract_id=described.extract_id,
                slice=number,
                slices=slices,
                as_at=described.as_at,
                full=described.full,
            ),
            source_as_of=described.as_at,
            read_count=counts.rows if number == 0 else 0,
        )


def statement_slices(
    plans: Iterator[OpenPlan], count: int, described: ExtractDescription
) -> Iterator[Reading]:
    """Yield the statement of open plans; that nothing is open is stated too."""
    slices = max(1, _parts(count, OPEN_PLANS_PER_SLICE_MAX))
    for number in range(slices):
        yield Reading(
            reference=f"statement {described.extract_id}, slice {number + 1} of {slices}",
            statement=RegisterStatement(
                statement_id=described.extract_id,
                as_at=described.as_at,
                slice=number,
                slices=slices,
                open_plans=tuple(islice(plans, OPEN_PLANS_PER_SLICE_MAX)),
            ),
            source_as_of=described.as_at,
            read_count=0,
        )


_REFUSALS: Final = REFUSALS_PER_REPORT_MAX


def _parts(count: int, most: int) -> int:
    return -(-count // most)
