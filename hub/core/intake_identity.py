"""How a change of identity is judged, and which keyed digests are stored of it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from hub.core.event import Event, IdentityChangeFacts
from hub.core.identifiers import LocalId
from hub.core.identity_change import ABOUT_RECORDS, Change
from hub.core.reasons import Fault, RejectReason
from hub.core.report import Feed
from hub.core.seal import EventDigests
from hub.core.superseded import NATIONAL_DEMOGRAPHICS
from hub.errors import InvalidIdentifier

CHANGES_BY_FEED: Final = {
    Feed.HEALTH: frozenset(
        {
            Change.RECORDS_MERGED,
            Change.IDENTIFIER_CHANGED,
            Change.VISIT_MOVED,
            Change.NUMBER_SUPERSEDED,
            Change.BORN,
        }
    ),
    Feed.SOCIAL_CARE: ABOUT_RECORDS,
}
"""What may be told on each feed. An adoption is a council's to tell; a visit is a hospital's."""

FORMER: Final = "former_local_id"
VISIT: Final = "visit_key"


def identity_faults(
    event: Event, facts: IdentityChangeFacts, feed: Feed, agency: str
) -> Iterator[Fault]:
    """Yield why a change is not taken: it is not known here, or does not say of what it is."""
    if facts.change not in CHANGES_BY_FEED.get(feed, frozenset()):
        told = ", ".join(sorted(CHANGES_BY_FEED.get(feed, ())))
        yield Fault(
            reason=RejectReason.CHANGE_NOT_TAKEN,
            field="facts.change",
            expected=f"On feed {feed} one of these changes was expected: {told}.",
        )
    if facts.change is Change.NUMBER_SUPERSEDED:
        yield from _number_faults(event, facts, agency)
    if facts.change in ABOUT_RECORDS:
        yield from _former_faults(event, facts)
    if facts.change is Change.VISIT_MOVED and not (facts.visit_key or "").strip():
        yield Fault(
            reason=RejectReason.FORMER_MISSING,
            field="facts.visit_key",
            expected="The key of the visit that was moved was expected.",
        )


def _number_faults(event: Event, facts: IdentityChangeFacts, agency: str) -> Iterator[Fault]:
    if agency != NATIONAL_DEMOGRAPHICS:
        yield Fault(
            reason=RejectReason.CHANGE_NOT_TAKEN,
            field="facts.change",
            expected=(
                f"Only agency {NATIONAL_DEMOGRAPHICS}, which keeps the numbers, may tell that an"
                " NHS number was replaced."
            ),
        )
    if facts.former_nhs_number is None or event.subject.nhs_number is None:
        yield Fault(
            reason=RejectReason.FORMER_MISSING,
            field="facts.former_nhs_number",
            expected="Both NHS numbers, the former and the subject's, were expected.",
        )
    elif facts.former_nhs_number == event.subject.nhs_number:
        yield Fault(
            reason=RejectReason.SAME_AS_BEFORE,
            field="facts.former_nhs_number",
            expected="Another number than the subject's was expected.",
        )


def _former_faults(event: Event, facts: IdentityChangeFacts) -> Iterator[Fault]:
    former = _local_id(facts.former_local_id)
    if former is None:
        yield Fault(
            reason=RejectReason.FORMER_MISSING,
            field="facts.former_local_id",
            expected="The agency's own id of the person before the change was expected.",
        )
    elif former == _local_id(event.subject.local_id):
        yield Fault(
            reason=RejectReason.SAME_AS_BEFORE,
            field="facts.former_local_id",
            expected="Another id than the subject's was expected: a record is itself already.",
        )


def stored_change(
    facts: IdentityChangeFacts, said: Mapping[str, Any], agency: str, digests: EventDigests
) -> Mapping[str, Any]:
    """Answer a change as it is stored: record, visit and number by their keyed digests alone.

    The digest of the record is the ``record_ref`` that everything else of it has, that of the visit
    is the ``fact_key`` of its attendance; both in hexadecimal digits.
    """
    stored = dict(said)
    former = _local_id(facts.former_local_id)
    if FORMER in stored:
        stored[FORMER] = digests.record_ref(agency, former).hex() if former else None
    if facts.visit_key:
        stored[VISIT] = digests.fact_key(agency, facts.visit_key).hex()
    if facts.former_nhs_number:
        number = facts.former_nhs_number.reveal()
        stored["former_nhs_number"] = digests.reference(agency, "nhs_number", number).hex()
    return stored


def facts_concerned(events: Iterable[tuple[bytes, Mapping[str, object]]]) -> frozenset[bytes]:
    """Answer the facts that events are about: their own, and the visits that they move.

    ``events`` are their facts' keys, each with what is stored of it.
    """
    told = list(events)
    moved = (facts.get(VISIT) for _, facts in told)
    return frozenset(
        {*(key for key, _ in told), *(bytes.fromhex(v) for v in moved if isinstance(v, str))}
    )


def _local_id(text: str | None) -> str | None:
    try:
        return LocalId.parse(text or "").reveal()
    except InvalidIdentifier:
        return None
