"""From what a reader may see of a child's history to the lines that pages and clients are shown."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from hub.api.chronology_views import (
    LINES_A_PAGE,
    ChronologyLine,
    ChronologyView,
    ChronologyWanted,
    SourceGroup,
    SourceLine,
)
from hub.api.wording_chronology import (
    SOURCE_KINDS,
    UNNAMED,
    ended_words,
    line_words,
    notes_words,
    problem_words,
)
from hub.core.chronology import Attendance, RegisterEntry
from hub.core.event import REGISTER_KINDS, EventKind
from hub.core.history import HistoryEntry
from hub.core.history_sources import SourceProblem, SourcesTold
from hub.core.identifiers import GssCode
from hub.core.policy import Policies
from hub.core.report import Feed
from hub.errors import InvalidIdentifier
from hub.ports import Places
from hub.service.asker import Asker, Surroundings
from hub.service.histories import Histories, HistoryTold

SOURCES_NAMED = 6
"""How many sources of a kind are named that may have more to tell; the rest are counted."""


class ChronologyShown:
    """The chronology of an alert's child, in words."""

    def __init__(self, around: Surroundings) -> None:
        self._histories = Histories(around)
        self._policies = around.policies
        self._places = around.places
        self._clock = around.clock

    def chronology(
        self, asker: Asker, alert_id: UUID, wanted: ChronologyWanted
    ) -> ChronologyView | None:
        """A page of it; ``None`` if there is no such alert or it is not this asker's.

        Raises:
            HubError: it could not be read or audited; nothing may be shown then.
        """
        told = self._histories.of_alert(asker, alert_id, wanted.period.begin)
        if told is None:
            return None
        now = self._clock.now()
        begin = wanted.period.begin(now)
        lines = sorted(
            [*self._lines(told), *_silences(told.sources, begin)],
            key=lambda line: line.on,
            reverse=True,
        )
        pages = max(1, -(-len(lines) // LINES_A_PAGE))
        page = min(wanted.page, pages)
        first = (page - 1) * LINES_A_PAGE
        return ChronologyView(
            alert_id=alert_id,
            period=wanted.period,
            begin=begin,
            lines=tuple(lines[first : first + LINES_A_PAGE]),
            total=len(lines),
            earlier=told.earlier,
            page=page,
            pages=pages,
            notes=_notes(told),
            ended=told.history.ended,
            sources=() if told.history.ended else tuple(self._groups(told)),
            as_of=now,
        )

    def _lines(self, told: HistoryTold) -> Iterator[ChronologyLine]:
        for entry in told.history.entries:
            sentence, details = line_words(entry, self._place(entry))
            yield ChronologyLine(
                kind=entry.kind,
                sentence=sentence,
                details=details,
                on=entry.on,
                whole_day=entry.kind in _WHOLE_DAYS,
                until=entry.until if entry.kind is EventKind.SCHOOL_ABSENCE else None,
                source_name=self._agency(entry),
                told_at=entry.told_at,
                state=entry.state,
                changed_at=entry.changed_at,
                backfill=entry.backfill,
                ground=entry.ground,
                possible=entry.possible,
                not_to_family=entry.handling.not_to_family,
            )

    def _place(self, entry: HistoryEntry) -> str:
        """The site attended, or the council that holds a plan, by name."""
        happened = entry.happened
        if isinstance(happened, Attendance) and happened.site_code is not None:
            return self._places.site_name(happened.site_code) or ""
        if isinstance(happened, RegisterEntry) and happened.authority is not None:
            return self._places.authority_name(happened.authority) or ""
        return ""

    def _agency(self, entry: HistoryEntry) -> str:
        named = agency_in_words(self._policies, self._places, entry.agency)
        return named or UNNAMED.get(entry.kind, "a council")

    def _groups(self, told: HistoryTold) -> Iterator[SourceGroup]:
        for feed in Feed:
            troubled = [
                SourceLine(name=one.name, problems=problem_words(one))
                for one in told.sources.troubled
                if one.feed is feed
            ]
            if feed is Feed.SOCIAL_CARE:
                troubled += [
                    SourceLine(name=name, problems=(_NO_REGISTER,))
                    for name in self._names(told.not_joined)
                ]
            yield SourceGroup(
                title=SOURCE_KINDS[feed],
                joined=told.sources.joined.get(feed, 0),
                troubled=tuple(troubled[:SOURCES_NAMED]),
                not_named=max(0, len(troubled) - SOURCES_NAMED),
            )

    def _names(self, councils: Iterable[GssCode]) -> list[str]:
        return [self._places.authority_name(one) or "A council" for one in councils]


def _notes(told: HistoryTold) -> tuple[str, ...]:
    seen = told.history
    ended = (ended_words(told.ended_at),) if seen.ended and told.ended_at else ()
    return ended + notes_words(
        kept_back=seen.kept_back,
        narrowed=seen.narrowed and not seen.ended,
        location_withheld=seen.location_withheld,
        possible=told.possible_total,
    )


_WHOLE_DAYS = REGISTER_KINDS | {EventKind.SCHOOL_ABSENCE}


def _silences(sources: SourcesTold, begin: datetime | None) -> Iterator[ChronologyLine]:
    """Yield from when on a source is silent; of schools only the summary tells, they are many."""
    for source in sources.troubled:
        for problem, at in source.problems if source.feed is not Feed.SCHOOLS else ():
            said = _FROM_HERE_ON.get(problem)
            if said and at is not None and (begin is None or at >= begin):
                sentence = said.format(name=source.name)
                yield ChronologyLine(kind=None, sentence=sentence, on=at)


_NO_REGISTER = "has known this child, and its register is not joined to the hub"
_FROM_HERE_ON = {
    SourceProblem.NOT_HEARD_LATELY: "From here on nothing has been heard from {name}",
    SourceProblem.REPORTS_UNREADABLE: (
        "From here on there are reports from {name} that cannot be read yet"
    ),
}


def agency_in_words(policies: Policies, places: Places, agency: str) -> str:
    """Answer an agency's name: as a policy has it, or a council's own; empty if it has none."""
    for policy in policies.every():
        if agency in policy.sources:
            return policy.sources[agency].name
    try:
        return places.authority_name(GssCode(agency)) or ""
    except InvalidIdentifier:
        return ""
