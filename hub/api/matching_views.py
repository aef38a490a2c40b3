"""What the page on matching shows: the rate, how each record is matched, and why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from hub.api.wording_faults import fault_shown
from hub.core.match_report import RATE_AIMED_AT, AgencyMatch, Reason, Standing
from hub.core.match_rows import shown_agencies
from hub.core.policy import Policies
from hub.service.match_reporting import KeptReport

OTHERS_MAX: Final = 50
"""Agencies on the page; the CSV has them all."""

STANDING_WORDS: Final = {
    Standing.VERIFIED: "NHS number traced",
    Standing.NUMBERED: "NHS number told, not traced",
    Standing.JOINED: "No number, known to others",
    Standing.MANY: "Claimed by several children",
    Standing.POSSIBLE: "Possibly another child",
    Standing.ALONE: "Nobody alike known",
    Standing.WAITING: "Waits (school only)",
}

REASON_WORDS: Final = {
    Reason.NO_NUMBER: ("No NHS number is known", "Have it traced: the export is for that"),
    Reason.NOT_TRACED: (
        "An NHS number was told, and nobody said that it is traced",
        "Trace it, and tell it as verified",
    ),
    Reason.NUMBERS_DIFFER: (
        "Two NHS numbers are told of the child",
        "Find out which is right; one may be superseded",
    ),
    Reason.NO_BIRTH_DATE: ("No birth date", "Add it"),
    Reason.BIRTH_DATE_IN_PART: ("Only the year or month of birth", "Add the day"),
    Reason.NO_GIVEN_NAME: ("No given name", "Add it"),
    Reason.PLACEHOLDER_NAME: ("A word in place of a given name, such as Baby", "Add the name"),
    Reason.NO_FAMILY_NAME: ("No family name", "Add it"),
    Reason.NO_POSTCODE: ("No usable home postcode", "Add it, or check how it is written"),
    Reason.ONE_CANDIDATE: ("One child is possibly the same", "A person is asked"),
    Reason.SEVERAL_CANDIDATES: ("Several children may be the same", "A person is asked"),
    Reason.WAITS: ("Only a school told of the child", "It waits, and goes after its time"),
    Reason.NOBODY_ALIKE: (
        "Everything needed was told, and nobody is like it",
        "Nothing to mend",
    ),
}
"""What is missing, and what can be done about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekShown:
    """One week of the trend."""

    week: date
    records: int
    rate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyShown:
    """One agency's line."""

    name: str
    match: AgencyMatch
    rate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchingView:
    """The page; without a report yet it has no ``made_at``."""

    made_at: datetime | None = None
    own: AgencyMatch | None = None
    rate: str = ""
    reaches: bool = False
    """Whether the rate is what is aimed at, unrounded."""
    aimed_at: str = f"{RATE_AIMED_AT:.0%}"
    standings: tuple[tuple[str, int], ...] = ()
    reasons: tuple[tuple[str, str, int], ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()
    others: tuple[AgencyShown, ...] = ()
    others_left: int = 0
    weeks: tuple[WeekShown, ...] = ()
    agencies: tuple[AgencyMatch, ...] = ()
    """All of them, for the CSV."""


def matching_view(kept: Sequence[KeptReport], policies: Policies) -> MatchingView:
    """Answer the page of a council's reports, the latest first."""
    if not kept:
        return MatchingView()
    last = kept[0].report
    own, *others = shown_agencies(last)
    names = policies.of(last.authority).sources
    shown = [
        AgencyShown(
            name=names[one.agency].name if one.agency in names else _sentence_case(one.agency),
            match=one,
            rate=_rate(one),
        )
        for one in others
    ]
    return MatchingView(
        made_at=kept[0].made_at,
        own=own,
        rate=_rate(own),
        reaches=own.rate is not None and own.rate >= RATE_AIMED_AT,
        standings=tuple((STANDING_WORDS[s], own.standings.get(s, 0)) for s in Standing),
        reasons=_reasons(own),
        left_out=tuple(
            (fault_shown("identifier_dropped", subject, count).subject, count)
            for subject, count in sorted(last.left_out.items())
        ),
        others=tuple(shown[:OTHERS_MAX]),
        others_left=max(0, len(shown) - OTHERS_MAX),
        weeks=tuple(
            WeekShown(week=one.week, records=one.report.own.records, rate=_rate(one.report.own))
            for one in kept
        ),
        agencies=(own, *others),
    )


def _sentence_case(words: str) -> str:
    return words[0].upper() + words[1:]


def _reasons(own: AgencyMatch) -> tuple[tuple[str, str, int], ...]:
    counted = sorted(own.reasons.items(), key=lambda one: (-one[1], one[0]))
    return tuple((*REASON_WORDS[reason], count) for reason, count in counted)


def _rate(one: AgencyMatch) -> str:
    """Answer the rate in words, rounded down: 94.99 % is not 95 %."""
    if one.rate is None:
        return "No records"
    return f"{one.verified * 1000 // one.records / 10:.1f}%"
