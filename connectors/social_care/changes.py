"""Who a child is, as a council tells it: a merger, a birth, an adoption. Pure."""

from typing import Final

from connectors.social_care.cells import UnreadableCell, read_flag
from connectors.social_care.findings import ROW_REFUSED, Findings
from connectors.social_care.people import Person, Terms
from connectors.social_care.register_rows import ID_EXPECTED, is_usable_id
from connectors.social_care.subjects import subject_of
from connectors.social_care.tables import PersonFile, Row
from hub.core.event import Event, EventState, IdentityChangeFacts
from hub.core.identity_change import Change

CHANGES: Final = {
    "merged": Change.RECORDS_MERGED,
    "renumbered": Change.IDENTIFIER_CHANGED,
    "born": Change.BORN,
    "adopted": Change.ADOPTED,
}
"""What stands in the column ``change``."""

_PERSON_EXPECTED: Final = "a person who is in ssd_person.csv"
_OTHER_EXPECTED: Final = "another person's id than that in person_id"


def changes_of(
    file: PersonFile, person: Person | None, terms: Terms, findings: Findings
) -> list[Event]:
    """Answer the changes by which somebody became this person; a row that cannot be used is named.

    A change that is not told leaves a plan with a child whom nobody asks about: so it is a fault of
    the register, as a lost plan is.
    """
    if not file.changes:
        return []
    if person is None:
        for row in file.changes:
            findings.refuse(row, "person_id", _PERSON_EXPECTED, fault=ROW_REFUSED)
        return []
    told = (_change(row, file, person, terms, findings) for row in file.changes)
    return [event for event in told if event is not None]


def _change(
    row: Row, file: PersonFile, person: Person, terms: Terms, findings: Findings
) -> Event | None:
    change, former = CHANGES.get(row.text("change").casefold()), row.text("former_person_id")
    if change is None:
        findings.refuse(row, "change", f"one of {', '.join(CHANGES)}", fault=ROW_REFUSED)
        return None
    if not is_usable_id(former) or former == person.person_id:
        expected = _OTHER_EXPECTED if is_usable_id(former) else ID_EXPECTED
        findings.refuse(row, "former_person_id", expected, fault=ROW_REFUSED)
        return None
    try:
        withdrawn = read_flag(row.text("withdrawn"))
    except UnreadableCell as unreadable:
        findings.refuse(row, "withdrawn", str(unreadable), fault=ROW_REFUSED)
        return None
    subject, shielded = subject_of(
        file, person, terms, Findings(terms.started_at), with_mother=change is Change.BORN
    )
    return Event(
        source_key=f"{change.value}|{former}|{person.person_id}",
        revision=terms.revision,
        state=EventState.WITHDRAWN if withdrawn else EventState.REPORTED,
        occurred_at=terms.as_at,
        recorded_at=terms.as_at,
        subject=subject,
        facts=IdentityChangeFacts(change=change, former_local_id=former),
        shielded=shielded,
    )
