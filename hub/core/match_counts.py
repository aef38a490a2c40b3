"""A report on matching as plain values, to be kept and read again."""

from collections.abc import Mapping
from typing import Final, TypeVar

from hub.core.identifiers import GssCode
from hub.core.match_report import AgencyMatch, MatchReport, Reason, Standing

FORM: Final = 1
"""Of the values; one that is not known is not read."""

_Name = TypeVar("_Name", Standing, Reason)


def plain_counts(report: MatchReport) -> Mapping[str, object]:
    """Answer a report as values for JSON; nothing in them is of a person."""
    return {
        "form": FORM,
        "agencies": {
            one.agency: {
                "standings": _plain(one.standings),
                "reasons": _plain(one.reasons),
                "with_others": one.with_others,
                "unborn": one.unborn,
            }
            for one in report.agencies
        },
        "left_out": dict(sorted(report.left_out.items())),
    }


def report_of(authority: GssCode, values: Mapping[str, object]) -> MatchReport | None:
    """Answer the report that these values are of; None where a later program has written them."""
    agencies, left_out = values.get("agencies"), values.get("left_out")
    if values.get("form") != FORM or not isinstance(agencies, dict):
        return None
    return MatchReport(
        authority=authority,
        agencies=tuple(_agency(name, counts) for name, counts in sorted(agencies.items())),
        left_out=left_out if isinstance(left_out, dict) else {},
    )


def _plain(counts: Mapping[_Name, int]) -> dict[str, int]:
    return {name.value: count for name, count in sorted(counts.items()) if count}


def _agency(name: str, counts: Mapping[str, object]) -> AgencyMatch:
    return AgencyMatch(
        agency=name,
        standings=_counts(Standing, counts["standings"]),
        reasons=_counts(Reason, counts["reasons"]),
        with_others=int(str(counts["with_others"])),
        unborn=int(str(counts["unborn"])),
    )


def _counts(names: type[_Name], counts: object) -> dict[_Name, int]:
    told = counts if isinstance(counts, dict) else {}
    return {names(name): int(count) for name, count in told.items()}
