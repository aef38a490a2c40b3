"""What the hub would read in the records of a made-up population."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from hub.core.identity_evidence import RecordEvidence, evidence_of
from hub.core.identity_given import CellReader
from hub.core.identity_profile import Profile, profile_of
from training.population.records import Population, Record


def evidence_of_all(made: Population) -> tuple[RecordEvidence, ...]:
    """Answer what the hub would read in each record."""
    reader = CellReader()
    return tuple(_evidence(record, reader) for record in made.records)


def known_of_all(made: Population, evidence: Sequence[RecordEvidence]) -> Iterable[Profile]:
    """Answer all that is known of each child in the end."""
    records: dict[str, list[RecordEvidence]] = defaultdict(list)
    for record, one in zip(made.records, evidence, strict=True):
        records[record.child.key].append(one)
    return map(profile_of, records.values())


def _evidence(record: Record, reader: CellReader) -> RecordEvidence:
    draft, contact = record.draft, record.contact
    row = {
        "record_id": record.record_id,
        "person_id": record.child.key,
        "agency": contact.agency,
        "given_name": draft.given,
        "family_name": draft.family,
        "date_of_birth": draft.born,
        "sex": draft.sex,
        "postcode": draft.postcode,
        "address": draft.address,
        "nhs_number": draft.nhs_number,
        "upn": draft.upn,
        "recorded_at": contact.at.isoformat(),
    }
    given = reader.record(row)
    ref = record.record_id.encode()
    return evidence_of(given.subject, record_ref=ref, agency=contact.agency)
