"""One message ready to be mapped: taken apart, of a kind that is handled, with times and sender."""

import re
from dataclasses import dataclass
from typing import Final

from connectors.contract import ConnectorContext
from connectors.health.message import Message
from connectors.health.sites import HospitalMapping
from connectors.health.timing import CLOCK_AHEAD_MAX, Timing, timing
from connectors.health.triggers import Act, Trigger, trigger_of
from connectors.outcome import Notes, Refused

MSH_SENDER: Final = 4
MSH_PROCESSING_ID: Final = 11
PV1_VISIT: Final = 19
VISIT_CHARACTERS_MAX: Final = 100

_PRODUCTION: Final = "P"
CX_AUTHORITY: Final = 4
_SENDER_NAME = re.compile(r"\w[\w &/.'-]{0,39}")
_OTHER_VISIT_NUMBERS: Final = (("PV1", 50, "pv1_50"), ("PID", 18, "pid_18"))
"""Alternate visit id, patient account number: some systems number the visit there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One message with what every step of its mapping needs.

    Attributes:
        sent: MSH-4 as it came.
        sender: its stable name: the trust's code where the mapping knows the spelling.
    """

    message: Message
    mapping: HospitalMapping
    context: ConnectorContext
    notes: Notes
    trigger: Trigger
    times: Timing
    sent: str
    sender: str

    @property
    def revision(self) -> int:
        """The message's place in the source's own order; a mended mapping's reading comes later."""
        return self.times.revision(self.trigger.rank + self.mapping.edition)

    @property
    def named_sender(self) -> str:
        """The sender as a fault of its feed may name it."""
        return self.sender if _SENDER_NAME.fullmatch(self.sender) else "the sender"


def read_case(
    message: Message, mapping: HospitalMapping, context: ConnectorContext, notes: Notes
) -> Case:
    """Answer a message that can be mapped.

    Raises:
        Refused: a field without which nothing can be made of it is missing or wrong.
        LeftOut: it is not of a kind that is handled.
    """
    if message.headers > 1:
        raise Refused("MSH", "one message; a second MSH stands inside it")
    trigger = trigger_of(message)
    header = message.header
    if context.live and header.first(MSH_PROCESSING_ID).upper() != _PRODUCTION:
        raise Refused("MSH-11", "processing id P; this feed is live and takes no test messages")
    if trigger.act is not Act.CANCELS and not message.has("PID"):
        raise Refused("PID", "a PID segment")
    sent = header.first(MSH_SENDER)
    if not sent:
        raise Refused("MSH-4", "the sending facility, which is part of the key of every visit")
    case = Case(
        message=message,
        mapping=mapping,
        context=context,
        notes=notes,
        trigger=trigger,
        times=timing(message, notes),
        sent=sent,
        sender=mapping.sender(sent),
    )
    if case.times.recorded_at > context.started_at + CLOCK_AHEAD_MAX:
        notes.fault("clock_ahead", case.named_sender)
    if not message.as_declared:
        notes.fault("character_set_not_as_declared", case.named_sender)
    return case


def visit_key(case: Case) -> str:
    """Answer what is the same in every message of one visit: sender and visit number.

    The sender is the trust (MSH-4), not the site: a transfer changes PV1-3 and must not change the
    key. PV1-19 is unique within its assigning authority, so that is part of it. Where PV1-19 is
    empty the alternate visit id, then the account number, stands in, and the feed is reported.

    Raises:
        Refused: no visit number at all, or one too long to be one.
    """
    number = case.message.row("PV1").value(PV1_VISIT)
    if number.part(1):
        return key_of_visit(case, number.part(CX_AUTHORITY), number.part(1))
    for segment, field, name in _OTHER_VISIT_NUMBERS:
        other = case.message.row(segment).value(field)
        if other.part(1):
            case.notes.fault(f"visit_number_from_{name}", case.named_sender)
            return key_of_visit(case, f"{name}:{other.part(CX_AUTHORITY)}", other.part(1))
    raise Refused("PV1-19", "a visit number, by which later messages find this visit")


def key_of_visit(case: Case, authority: str, number: str) -> str:
    """Answer the key of the visit with this number of this assigning authority.

    Raises:
        Refused: the number is too long to be one.
    """
    key = f"{case.sender}|{authority.upper()}|{number.upper()}"
    if len(key) > VISIT_CHARACTERS_MAX:
        raise Refused(
            "PV1-19", f"a visit number of at most {VISIT_CHARACTERS_MAX} characters with its issuer"
        )
    return key
