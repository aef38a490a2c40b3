"""From what is stored of a child to its chronology, and to the alerts that must be written."""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Self

from hub.core.absence_fold import absences
from hub.core.alert import AlertState
from hub.core.alert_change import AlertChange, Raise, Revise, Supersede
from hub.core.chronology import Attendance, Chronology, RegisterEntry, attendances
from hub.core.clock import london_date
from hub.core.correlate import correlate
from hub.core.identifiers import GssCode
from hub.core.incident import Incident
from hub.core.incident_fold import incidents
from hub.core.person import birth_date_of
from hub.core.policy import LocalAuthorityPolicy, Policies
from hub.core.revision import said_at
from hub.core.routing import responsible_authority, router
from hub.core.rules import RULES
from hub.core.siblings import Sibling
from hub.core.waking import WakeWanted, wakes_of
from hub.core.withheld import told_by
from hub.ports import AlertWrite, Known, Places, RecordRow


def chronology_of(known: Known) -> Chronology:
    """Everything stored of one child, in order."""
    latest: dict[str, int] = {}
    for record in known.records:
        for authority, revision in record.authorities.items():
            latest[authority] = max(said_at(revision), latest.get(authority, 0))
    homes = sorted(latest, key=lambda authority: (-latest[authority], authority))
    household = tuple(
        Sibling(
            child_ref=one.child_ref,
            since=one.since,
            incidents=incidents(one.events),
            attendances=attendances(one.events),
        )
        for one in known.household
    )
    births = {birth for record in known.records if (birth := birth_date_of(record.ledger))}
    attended = attendances(known.events)
    reported = incidents(known.events)
    missed = absences(known.events, known.registers_read)
    return Chronology(
        child_ref=known.child_ref,
        attendances=attended,
        register=known.register,
        incidents=reported,
        absences=missed,
        household=household,
        home_authorities=tuple(GssCode(authority) for authority in homes),
        birth_date=births.pop() if len(births) == 1 else None,
        shielded=is_shielded(known.records, known.register, (*attended, *reported)),
        woken=known.woken,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One child as a look sees it: what is stored, and that put together once for all who ask."""

    known: Known
    chronology: Chronology

    @classmethod
    def of(cls, known: Known) -> Self:
        """Put together what is stored of a child."""
        return cls(known=known, chronology=chronology_of(known))


def is_shielded(
    records: Iterable[RecordRow],
    register: Iterable[RegisterEntry],
    happened: Iterable[Attendance | Incident],
) -> bool:
    """Whether any record, register entry, attendance or incident says that a child is shielded.

    School marks are not asked. A mark shields the record of its pupil, which names school and pupil
    as the mark itself does, before it is stored, and no later word lifts that: so a check need not
    read marks to hide what a school withholds.
    """
    return (
        any(record.shielded for record in records)
        or any(entry.shielded for entry in register)
        or any(one.shielded for one in happened)
    )


def responsible_for(
    chronology: Chronology, policies: Policies, places: Places, as_of: datetime
) -> GssCode | None:
    """The authority responsible for a child at an instant, whose policy applies to it."""
    return responsible_authority(
        chronology,
        places.authority_of_site,
        on=london_date(as_of),
        windows=policies.hub.windows,
    )


class Correlating:
    """The correlator of the deciding transaction, with the policies of this installation."""

    def __init__(self, *, policies: Policies, places: Places) -> None:
        self._policies = policies
        self._places = places

    def __call__(
        self, seen: Sequence[Seen], as_of: Callable[[bytes], datetime], now: datetime
    ) -> list[AlertWrite]:
        """The alerts of these children as they are to stand, each with its step."""
        return [
            _write(change)
            for one in seen
            for change in self.changes(one, as_of(one.known.child_ref), now)
        ]

    def changes(self, seen: Seen, as_of: datetime, now: datetime) -> tuple[AlertChange, ...]:
        """What the rules conclude of one child, compared with what stands.

        ``as_of`` is the broker's append time of what is decided on; ``now`` says what may be told.
        """
        chronology, policy = self._told(seen, as_of, now)
        route = router(
            chronology,
            authority_of_site=self._places.authority_of_site,
            as_of=as_of,
            windows=policy.windows,
        )
        return correlate(chronology, seen.known.standing, policy, as_of, route)

    def wakes(
        self, seen: Seen, now: datetime
    ) -> tuple[tuple[WakeWanted, ...], LocalAuthorityPolicy]:
        """The wakes that are to be kept for one child, and the policy by which they are."""
        chronology, policy = self._told(seen, now, now)
        return wakes_of(chronology, policy, now, RULES), policy

    def wake_anyone(self) -> bool:
        """Whether any policy has a rule on that looks again at a time."""
        every = self._policies.every()
        return any(rule.wakes is not None and one.reads(rule) for one in every for rule in RULES)

    def _told(
        self, seen: Seen, as_of: datetime, now: datetime
    ) -> tuple[Chronology, LocalAuthorityPolicy]:
        """What may be told of a child, and the policy of who is responsible for it."""
        chronology = told_by(seen.chronology, now)
        responsible = responsible_for(chronology, self._policies, self._places, as_of)
        return chronology, self._policies.of(responsible)


def said_of_identity(writes: Iterable[AlertWrite], corrected: Container[bytes]) -> list[AlertWrite]:
    """The same writes; steps of children of whom it was corrected who they are say so.

    An alert is moved by being withdrawn from one child and raised for another: whoever saw the one
    must not take it for a concern that has passed.
    """
    return [
        replace(one, sentence=_IDENTITY[one.step].format(one.sentence))
        if one.alert.child_ref in corrected and one.step in _IDENTITY
        else one
        for one in writes
    ]


_IDENTITY: Final = {
    AlertState.WITHDRAWN.value: (
        "Who is who has been corrected: by what is known now it does not concern this child."
    ),
    "raised": "{} Raised when who is who was corrected.",
}


def _write(change: AlertChange) -> AlertWrite:
    if isinstance(change, Supersede):
        return AlertWrite(
            alert=change.alert,
            step=AlertState.SUPERSEDED.value,
            sentence=change.sentence,
            superseded_by=change.by,
        )
    if isinstance(change, Raise):
        return AlertWrite(
            alert=change.alert, step="raised", sentence=change.sentence, repeat_of=change.repeat_of
        )
    if isinstance(change, Revise):
        return AlertWrite(
            alert=change.alert, step="revised", sentence=change.sentence, again=change.again
        )
    step = AlertState.WITHDRAWN.value
    return AlertWrite(alert=change.alert, step=step, sentence=change.sentence)
