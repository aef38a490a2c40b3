"""Maps one HL7 v2 ADT message to what it tells: an attendance, a person, or who a person is.

Pure: no file, socket or clock. The way of a message is ``map_message``, top to bottom:
``message`` takes it apart, ``case`` says whether it can be used and how it is keyed, ``events``
and ``changes`` say what it becomes. README.md beside this file explains the choices to an engineer.
"""

import re
from dataclasses import replace
from typing import Final

from connectors.contract import ConnectorContext, Reading
from connectors.health.case import read_case
from connectors.health.changes import changes_of
from connectors.health.events import event_of
from connectors.health.message import Header, take_apart
from connectors.health.moments import instant
from connectors.health.sites import HospitalMapping
from connectors.health.timing import MSH_SENT
from connectors.health.triggers import IDENTITY_ACTS
from connectors.outcome import LeftOut, Notes, Refused
from hub.core.report import Dropped, FeedFault, Refusal

MSH_CONTROL_ID: Final = 10

_CONTROL_ID = re.compile(r"[A-Za-z0-9._:-]{1,50}")


def map_message(
    content: bytes | str,
    mapping: HospitalMapping,
    context: ConnectorContext,
    *,
    reference: str = "",
) -> Reading:
    """Answer what came of one message; nothing in a message makes this raise.

    Args:
        content: one whole message, without MLLP framing.
        mapping: what the hospital has told of its feed.
        context: the run; ``started_at`` is the time of every refusal.
        reference: where the message stood (file and number); the control id is added to it.
    """
    header, message = take_apart(content)
    place = _reference(reference, header)
    if header is None or message is None:
        fault = Refused("MSH", "a message that begins with MSH and its separators, as MSH|^~\\&|")
        return refused(place, fault, context)
    notes = Notes()
    if not header.first(MSH_CONTROL_ID):
        notes.fault("message_without_control_id", "MSH-10")
    try:
        case = read_case(message, mapping, context, notes)
        changes = case.trigger.act in IDENTITY_ACTS
        events = changes_of(case) if changes else (event_of(case),)
    except LeftOut as choice:
        left_out = Dropped(reason=choice.reason, count=1)
        sent_at = instant(header.first(MSH_SENT))
        return Reading(reference=place, dropped=(left_out,), source_as_of=sent_at)
    except Refused as fault:
        return refused(place, fault, context)
    return Reading(
        reference=place,
        events=events,
        dropped=notes.dropped,
        faults=notes.faults,
        source_as_of=case.times.sent_at or case.times.recorded_at,
    )


def map_or_refuse(
    content: bytes | str,
    mapping: HospitalMapping,
    context: ConnectorContext,
    *,
    reference: str = "",
) -> Reading:
    """Do as ``map_message``, and let a bug of ours cost one message instead of a hospital's queue.

    The message is refused by the kind of the bug, and the feed shows the fault ``connector_bug``.
    """
    try:
        return map_message(content, mapping, context, reference=reference)
    except Exception as bug:  # noqa: BLE001  # whichever it is: it is named, counted and shown
        kind = type(bug).__name__
        fault = Refused("message", f"nothing else: this is a bug of the connector ({kind})")
        place = reference or "a message"
        return replace(
            refused(place, fault, context),
            faults=(FeedFault(code="connector_bug", subject=kind),),
        )


def refused(reference: str, fault: Refused, context: ConnectorContext) -> Reading:
    """Answer the reading of a record that could not be used."""
    refusal = Refusal(
        reference=reference, field=fault.field, expected=fault.expected, at=context.started_at
    )
    return Reading(reference=reference, refusals=(refusal,))


def control_id(header: Header | None) -> str:
    """Answer MSH-10 where it has the form of a control id, so that it can be named; else empty."""
    said = header.first(MSH_CONTROL_ID) if header else ""
    return said if _CONTROL_ID.fullmatch(said) else ""


def _reference(where: str, header: Header | None) -> str:
    named = control_id(header)
    said = f"control id {named}" if named else ""
    return " ".join(part for part in (where, said) if part) or "a message without a control id"
