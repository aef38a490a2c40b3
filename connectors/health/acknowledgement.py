"""The answer to a message: MSH and MSA, in the sender's own separators and character set."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from connectors.health.message import Header
from connectors.health.moments import LONDON

APPLICATION: Final = "SAFEGUARDING"
FACILITY: Final = "HUB"
VERSION: Final = "2.4"
CONTROL_ID_CHARACTERS_MAX: Final = 199

_PLAIN: Final = Header(separator="|", encoding="^~\\&", fields=("MSH", "^~\\&"), codec="utf-8")


class Answer(StrEnum):
    """The verdict of MSA-1 (HL7 table 0008) in original mode."""

    ACCEPTED = "AA"
    """It is safe, or can never be used: do not send it again."""
    FAILED = "AE"
    """It is not safe yet: send it again, which is harmless."""
    REJECTED = "AR"
    """It is not known what it was: its MSH cannot be read."""


def acknowledge(header: Header | None, answer: Answer, at: datetime, *, enhanced: bool) -> bytes:
    """Answer the bytes of an acknowledgement, without framing.

    MSH-3 and 4 change places with MSH-5 and 6; MSH-10 comes back in MSA-2, empty where the message
    has none; the answer's own MSH-10, which HL7 requires, is then made of its time. MSH-11 and the
    version are the sender's. Where the feed is set to enhanced mode and MSH-15 is AL, the code is
    the accept acknowledgement's (CA, CE, CR).

    Args:
        header: the message's MSH, or ``None`` when it could not be read.
        answer: the verdict.
        at: now; written as British wall time with its offset.
        enhanced: the feed's own setting.
    """
    source = header or _PLAIN
    mark = source.separator
    accept = enhanced and source.first(15).upper() == "AL"
    verdict = f"C{answer.value[1]}" if accept else answer.value
    original = source.field(10)[:CONTROL_ID_CHARACTERS_MAX]
    trigger = source.field(9).split(source.encoding[0])[1:2]
    kind = source.encoding[0].join(["ACK", *trigger])
    moment = at.astimezone(LONDON).strftime("%Y%m%d%H%M%S%z")
    own = original or at.strftime("%Y%m%d%H%M%S%f")
    fields = [
        "MSH",
        source.encoding,
        source.field(5) or APPLICATION,
        source.field(6) or FACILITY,
        source.field(3),
        source.field(4),
        moment,
        "",
        kind,
        f"ACK{own}"[:CONTROL_ID_CHARACTERS_MAX],
        source.field(11) or "P",
        source.field(12) or VERSION,
    ]
    if source.field(18):
        fields += ["", "", "", "", "", source.field(18)]
    text = f"{mark.join(fields)}\r{mark.join(['MSA', verdict, original])}\r"
    return text.encode(source.codec, errors="replace")
