"""Whether two children about whom it is asked are hardly one child: others go first then."""

from collections.abc import Iterable, Mapping, Sequence

from hub.core.event import SubjectRole
from hub.core.identity_evidence import RecordEvidence
from hub.core.identity_matching import Matching
from hub.core.identity_profile import profile_of
from hub.core.review import UNLIKELY_BELOW
from hub.ports import Known, LinkRow
from hub.ports.review import ReviewRow
from hub.service.correlating import chronology_of
from hub.service.records import evidence_in


def is_unlikely(
    row: ReviewRow, links: Mapping[bytes, LinkRow], children: Sequence[Known], matching: Matching
) -> bool:
    """Answer whether both are very unlikely one child, by what is known of them now.

    Never where either is shielded: a place in the queue could tell how far the homes agree. Nor
    where nothing is weighed (an unborn child), or where both records are with one child.
    """
    if any(chronology_of(one).shielded for one in children):
        return False
    by_child = {one.child_ref: one for one in children}
    sides = [_born(by_child[links[ref].child_ref]) for ref in (row.one, row.other) if ref in links]
    if len(by_child) != len(sides) or not all(sides):
        return False
    one, other = sides
    chance = matching.judge(profile_of(one), profile_of(other)).score.chance
    return chance < UNLIKELY_BELOW


def _born(child: Known) -> Sequence[RecordEvidence]:
    found: Iterable[RecordEvidence] = (evidence_in(record) for record in child.records)
    return [one for one in found if one.role is SubjectRole.CHILD]
