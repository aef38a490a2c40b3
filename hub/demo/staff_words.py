"""What staff of a made-up hospital code, tap and ask for in the course of a visit, as HL7 has it.

No standard field is for it: the hospitals' mapping files (``deploy/demo``) say where it stands.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

NOT_MOBILE: Final = "NOTMOBILE"
HOLD: Final = "SGHOLD"
"""Of an observation, as both of the town's mapping files name them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffWord:
    """One entry in the hospital's system; what it does not say stays as it was.

    Attributes:
        after_minutes: from the arrival to the entry.
        told: the same in words, of whoever the visit is of.
        concern: a SNOMED CT code of the set of safeguarding concerns.
        injury: an ICD-10 code.
        not_yet_mobile: an injury or bruise of a child who does not move about yet.
        hold: whether staff are asked not to let the child go before safeguarding has spoken.
    """

    after_minutes: int
    told: str
    concern: str = ""
    injury: str = ""
    not_yet_mobile: bool = False
    hold: bool = False

    def at(self, arrived_at: datetime) -> datetime:
        """Answer when it is entered."""
        return arrived_at + timedelta(minutes=self.after_minutes)


def segments(words: Iterable[StaffWord], trust: str, written: str) -> Iterator[str]:
    """Give the observations and diagnoses of a message, observations first.

    ``written`` is when they are entered, as the message has times.
    """
    said = list(words)
    observed = [
        *((NOT_MOBILE, "Y") for one in said if one.not_yet_mobile),
        *((HOLD, "ON") for one in said if one.hold),
    ]
    for number, (name, value) in enumerate(observed, start=1):
        yield f"OBX|{number}|CE|{name}^^{trust}||{value}||||||F|||{written}"
    diagnoses = [
        *(f"{one.concern}^^SCT" for one in said if one.concern),
        *(f"{one.injury}^^I10" for one in said if one.injury),
    ]
    for number, diagnosis in enumerate(diagnoses, start=1):
        yield f"DG1|{number}||{diagnosis}|||A"
