"""Whether a record would make of a child somebody who was born on ever more days. Pure.

A record is compared with all that is known of a child, and the best agreement of each field counts.
So people of one name and home whose birth dates are a slip apart would each be linked with the one
before, and all become one child. One child is told with two birth dates at times; a third is for a
person.
"""

from collections.abc import Iterable
from typing import Final

from hub.core.identity_evidence import RecordEvidence

BIRTH_DATES_MAX: Final = 2
"""Whole birth dates that a child may have by likeness alone: this project's own bound. Of 5,000
made-up people (``training.population``, seed 4) no link is lost by it."""


def strays(record: RecordEvidence, known: Iterable[RecordEvidence]) -> bool:
    """Answer whether a record gives a child one birth date more than likeness may.

    One whose NHS number or UPN is the child's does not: then more than likeness speaks for it.
    """
    others = [one for one in known if one.record_ref != record.record_ref]
    born = {one.birth_date for one in others} - {None}
    if record.birth_date is None or record.birth_date in born or len(born) < BIRTH_DATES_MAX:
        return False
    numbers = {one.nhs_number for one in others} | {one.upn for one in others}
    return not ({record.nhs_number, record.upn} - {None}) & numbers
