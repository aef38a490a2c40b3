"""The history of the child of an alert: read whole, cut down to the reader, audited, then shown."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from hub.core.disclosure import DisclosedAlert, disclose_alert
from hub.core.disclosure_ended import Opening, opening_of
from hub.core.disclosure_history import DisclosedHistory, HistoryReader, disclose_history
from hub.core.history import HistoryEntry, HistoryFacts, history, in_date_order, since
from hub.core.history_sources import FeedHeard, SourcesTold, sources_told
from hub.core.identifiers import GssCode
from hub.core.report import Feed
from hub.ports import ChildHistory, HistoryFound, InboxAlert, Question
from hub.service.asker import Asker, Surroundings, audit_row
from hub.service.correlating import chronology_of
from hub.service.source_states import known_since, register_state


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryTold:
    """What one reader sees of the history of an alert's child."""

    disclosed: DisclosedAlert
    history: DisclosedHistory
    """With every entry from ``begin`` on."""
    earlier: int
    """How many entries lie before ``begin``."""
    sources: SourcesTold
    not_joined: tuple[GssCode, ...]
    """Councils that the child is known to and whose register is not joined."""
    possible_total: int
    """How many other children are possibly this one."""
    ended_at: datetime | None = None
    """Since when the alert no longer stands: then only what it rested on is told."""


class Histories:
    """The use case of reading a child's history."""

    def __init__(self, around: Surroundings) -> None:
        self._questions = around.questions
        self._policies = around.policies
        self._clock = around.clock
        self._new_id = around.new_id

    def of_alert(
        self, asker: Asker, alert_id: UUID, begin: Callable[[datetime], datetime | None]
    ) -> HistoryTold | None:
        """The history of the child of an alert from an instant on; ``None`` if not this asker's.

        It is a look into a child: its audit row, which names the child, commits before this
        returns.

        Args:
            asker: who reads.
            alert_id: the alert by which the child is looked at.
            begin: from the present instant to that from which on is shown; ``None`` for all.

        Raises:
            HubError: it could not be read or audited; nothing may be shown then.
        """
        now = self._clock.now()
        with self._questions.question() as asking:
            found = asking.alert(alert_id)
            stored = asking.history(found.alert.child_ref) if found else None
            told = None
            if found is not None and stored is not None:
                told = self._told(asking, asker, found, stored, (begin(now), now))
            self._audit(asking, asker, alert_id, told, stored, now)
        return told

    def _told(
        self,
        asking: Question,
        asker: Asker,
        found: InboxAlert,
        stored: HistoryFound,
        times: tuple[datetime | None, datetime],
    ) -> HistoryTold | None:
        begin, now = times
        shielded = any(chronology_of(one.known).shielded for one in _everybody(stored))
        disclosed = disclose_alert(asker.role, asker.authority, found.alert, shielded=shielded)
        if disclosed is None:
            return None
        reader = HistoryReader(
            role=asker.role,
            standing=disclosed.standing,
            authority=asker.authority,
            informed_sees=self._policies.of(found.alert.owner).informed_sees,
            opening=opening_of(found.alert, found.ended_at, now),
        )
        whole = _whole(stored, {one.fact_key for one in found.alert.grounds}, reader.opening)
        seen = disclose_history(reader, whole, now, shielded=shielded)
        if seen is None:
            return None
        shown = since(seen.entries, begin)
        less = seen.narrowed or seen.ended
        return HistoryTold(
            disclosed=disclosed,
            history=replace(seen, entries=shown),
            earlier=len(seen.entries) - len(shown),
            sources=SourcesTold() if seen.ended else self._sources(asking, asker, stored, now),
            not_joined=() if shielded or less else self._not_joined(stored),
            possible_total=0 if less else stored.possible_total,
            ended_at=found.ended_at,
        )

    def _sources(
        self, asking: Question, asker: Asker, stored: HistoryFound, now: datetime
    ) -> SourcesTold:
        """How each source stands that the reader's own authority has joined."""
        joined = tuple(self._policies.of(asker.authority).sources.values())
        councils = [one.agency for one in joined if one.feed is Feed.SOCIAL_CARE]
        facts = asking.search((), councils=councils, feeds=[feed.value for feed in Feed])
        heard = {
            (one.agency, Feed(one.feed)): FeedHeard(
                as_of=known_since(one.source_as_of),
                first_occurred_at=one.first_occurred_at,
                sequence_gap=one.sequence_gap,
                parked_reports=one.parked_reports,
                parked_since=stored.parked_since.get((one.agency, one.feed)),
                rejected_events=one.rejected_events,
            )
            for one in facts.feeds
        }
        registers = {one.agency: register_state(one) for one in facts.registers}
        return sources_told(joined, heard, registers, now)

    def _not_joined(self, stored: HistoryFound) -> tuple[GssCode, ...]:
        """Councils of the child's homes and plans without a register here."""
        chronology = chronology_of(stored.child.known)
        holders = (one.authority for one in chronology.register if one.authority is not None)
        known = dict.fromkeys((*chronology.home_authorities, *holders))
        return tuple(one for one in known if not self._policies.is_joined(one))

    def _audit(  # noqa: PLR0913, PLR0917  # who asked for what, and what was told
        self,
        asking: Question,
        asker: Asker,
        alert_id: UUID,
        told: HistoryTold | None,
        stored: HistoryFound | None,
        now: datetime,
    ) -> None:
        children = _everybody(stored) if told is not None and stored is not None else ()
        if told is not None and told.history.ended:
            children = children[:1]  # of who is possibly the same nothing is shown
        row = audit_row(
            self._new_id(),
            asker,
            at=now,
            action="chronology",
            subjects={one.known.child_ref for one in children},
            outcome=f"{alert_id}: {f'{len(told.history.entries)} entries' if told else 'none'}",
            fields=("history", "sources") if told else (),
            policies=self._policies,
        )
        asking.write_audit(row)


def _everybody(stored: HistoryFound) -> tuple[ChildHistory, ...]:
    return (stored.child, *stored.possible)


def _whole(stored: HistoryFound, grounds: set[bytes], opening: Opening) -> tuple[HistoryEntry, ...]:
    """The child's own history and, marked, that of others who are possibly the same.

    By an alert that no longer stands: what of its own history the alert rested on.
    """
    if opening is not Opening.WHOLE:
        return history(_among(stored.child.facts, grounds), grounds)
    own = history(stored.child.facts, grounds)
    others = (
        replace(entry, other_child=True, possible=True)
        for one in stored.possible
        for entry in history(one.facts)
    )
    return in_date_order((*own, *others))


def _among(facts: HistoryFacts, wanted: set[bytes]) -> HistoryFacts:
    return replace(
        facts,
        events=tuple(one for one in facts.events if one.fact_key in wanted),
        register=tuple(one for one in facts.register if one.fact_key in wanted),
    )
