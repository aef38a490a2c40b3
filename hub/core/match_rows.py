"""A report on matching as rows of a table: counts by agency, how matched and why not."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from hub.core.match_report import AgencyMatch, MatchReport, Reason, Standing

FEW: Final = 5
"""An agency that told of fewer than so many children is not shown by itself: a row of one would be
of one child. This project's own number."""

FEW_EACH: Final = "agencies with fewer than 5 records each"

MATCH_HEADER: Final = (
    *("agency", "records", "rate", *(one.value for one in Standing)),
    *("known_to_other_agencies", "unborn", *(f"why_{one.value}" for one in Reason)),
)


def shown_agencies(report: MatchReport) -> tuple[AgencyMatch, ...]:
    """Answer the authority's own counts and others' as its people see them."""
    few = [one for one in report.others if one.records < FEW]
    many = [one for one in report.others if one.records >= FEW]
    together = [_together(few)] if few else []
    return (report.own, *many, *together)


def match_rows(agencies: Sequence[AgencyMatch]) -> Iterator[tuple[str, ...]]:
    """Yield the header and a row for each agency; counts, and the rate as a share of 1."""
    yield MATCH_HEADER
    for one in agencies:
        yield (
            one.agency,
            str(one.records),
            "" if one.rate is None else f"{one.rate:.4f}",
            *(str(one.standings.get(standing, 0)) for standing in Standing),
            str(one.with_others),
            str(one.unborn),
            *(str(one.reasons.get(reason, 0)) for reason in Reason),
        )


def _together(few: Sequence[AgencyMatch]) -> AgencyMatch:
    standings: Counter[Standing] = Counter()
    reasons: Counter[Reason] = Counter()
    for one in few:
        standings.update(one.standings)
        reasons.update(one.reasons)
    return AgencyMatch(
        agency=FEW_EACH,
        standings=standings,
        reasons=reasons,
        with_others=sum(one.with_others for one in few),
        unborn=sum(one.unborn for one in few),
    )
