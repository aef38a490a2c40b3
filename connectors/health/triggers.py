"""What each ADT trigger does: the closed list of those that are handled."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from connectors.health.message import Message
from connectors.outcome import LeftOut, Refused

MSH_TYPE: Final = 9

_THREE_CHARACTERS = re.compile(r"[A-Z][A-Z0-9]{2}")


class Act(StrEnum):
    """What a trigger does to a visit or a person."""

    DESCRIBES = "describes"
    OPENS = "opens"
    UPDATES = "updates"
    MOVES = "moves"
    DISCHARGES = "discharges"
    REOPENS = "reopens"
    CANCELS = "cancels"
    MERGES = "merges"
    RENUMBERS = "renumbers"
    MOVES_VISIT = "moves_visit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """One trigger event: what it does, and where it stands among those of one second.

    Ranks are apart by more than the editions that a mapping may have.
    """

    act: Act
    rank: int


IDENTITY_ACTS: Final = frozenset({Act.MERGES, Act.RENUMBERS, Act.MOVES_VISIT})
"""What says who a person is, or whose a visit is; nothing happens to anybody by it."""

TRIGGERS: Final = {
    "A28": Trigger(act=Act.DESCRIBES, rank=10),
    "A31": Trigger(act=Act.DESCRIBES, rank=10),
    "A01": Trigger(act=Act.OPENS, rank=20),
    "A04": Trigger(act=Act.OPENS, rank=20),
    "A08": Trigger(act=Act.UPDATES, rank=30),
    "A02": Trigger(act=Act.MOVES, rank=40),
    "A03": Trigger(act=Act.DISCHARGES, rank=50),
    "A13": Trigger(act=Act.REOPENS, rank=60),
    "A11": Trigger(act=Act.CANCELS, rank=70),
    "A40": Trigger(act=Act.MERGES, rank=80),
    "A47": Trigger(act=Act.RENUMBERS, rank=80),
    "A45": Trigger(act=Act.MOVES_VISIT, rank=80),
}


def trigger_of(message: Message) -> Trigger:
    """Answer what a message does, by MSH-9.2, or by EVN-1 where that is empty.

    Raises:
        LeftOut: it is no ADT message, or its trigger is not handled; the reason names which.
        Refused: it does not say what it is.
    """
    kind, _, rest = message.header.field(MSH_TYPE).partition(message.header.encoding[0])
    kind = kind.strip().upper()
    if kind and kind != "ADT":
        named = kind if _THREE_CHARACTERS.fullmatch(kind) else "unknown"
        raise LeftOut(f"message_{named}_not_read")
    said = rest.split(message.header.encoding[0])[0].strip()
    event = (said or message.row("EVN").text(1)).upper()
    if event in TRIGGERS:
        return TRIGGERS[event]
    if not _THREE_CHARACTERS.fullmatch(event):
        raise Refused("MSH-9", "an ADT message with its trigger, such as ADT^A04")
    raise LeftOut(f"trigger_{event}_not_handled")
