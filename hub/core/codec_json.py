"""Events as JSON: one a line for people and examples, and the canonical bytes a digest is made of.

Keys are those of the Avro schema, and ``kind`` says which. What equals its default is left out,
so a field that a later schema adds changes no older event's canonical bytes. Instants are ISO 8601
with Z and milliseconds where there are any, days are YYYY-MM-DD, bytes are base64. Identifiers
stand in clear: this is for the agency's own eyes and for digests, never for a log.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Final

from hub.core.codec_leaves import DAY_AS_TEXT, identifier_leaves, milliseconds, wrap_subject
from hub.core.codec_shape import Leaf, Leaves, Plain, Shape, Shaper, Unwritable
from hub.core.event import FACTS_BY_KIND, Event, EventKind, Subject
from hub.core.reasons import RejectReason
from hub.errors import EventFault, InvalidIdentifier

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SEALED_DETAIL: Final = b"sealed"
_MICROSECONDS_A_MILLISECOND: Final = 1000
_UTC_OFFSET: Final = "+00:00"
_canonical_json: Final = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True
).encode


def to_jsonable(event: Event) -> Plain:
    """Answer the event as values that ``json`` takes.

    Raises:
        EventFault: a value cannot be written, such as a time without a zone; the field is named.
    """
    try:
        plain = _event_shape(event.kind, test_numbers=True).write(event)
    except Unwritable as error:
        raise EventFault(
            f"The {event.kind} event cannot be written: {error}.", code=RejectReason.UNREADABLE
        ) from None
    return {"kind": event.kind.value, **plain}


def event_to_json(event: Event) -> str:
    """Answer the event as one line of JSON without the line end.

    Raises:
        EventFault: a value cannot be written; the field is named.
    """
    return json.dumps(to_jsonable(event), ensure_ascii=False, separators=(",", ":"))


def event_from_jsonable(plain: Mapping[str, Any], *, test_numbers: bool) -> Event:
    """Answer the event that ``to_jsonable`` wrote; a field that is missing takes its default.

    Args:
        plain: the parsed JSON.
        test_numbers: whether NHS numbers that are never issued are taken.

    Raises:
        EventFault: the kind or a field is not known, a field is missing, or a value is not valid.
    """
    rest = dict(plain)
    kind = rest.pop("kind", None)
    if kind not in _KINDS:
        raise EventFault(f"The kind of the event is not known; known: {', '.join(sorted(_KINDS))}.")
    try:
        return _event_shape(EventKind(kind), test_numbers=test_numbers).read(rest, _refuse)
    except (InvalidIdentifier, KeyError, TypeError, ValueError) as error:
        raise EventFault(f"The {kind} event cannot be read: {error}.") from None


def canonical_bytes(event: Event) -> bytes:
    """Answer the bytes that stand for what an event says, the same however it travelled.

    Sorted keys, defaults left out. Of a sealed ``detail`` only its presence counts: sealing the
    same words twice gives other bytes.

    Raises:
        EventFault: a value cannot be written; the field is named.
    """
    return canonical_bytes_of(as_said(event))


def as_said(event: Event) -> Plain:
    """Answer what an event says as ``json`` takes it, its sealed ``detail`` only as being there.

    Raises:
        EventFault: a value cannot be written; the field is named.
    """
    return to_jsonable(event if event.detail is None else replace(event, detail=_SEALED_DETAIL))


def canonical_bytes_of(said: Plain) -> bytes:
    """Answer the canonical bytes of what ``as_said`` answered."""
    return _canonical_json(said).encode()


def _refuse(path: str, reason: str) -> None:
    raise ValueError(f"{path}: not valid ({reason})")


def _instant_text(value: datetime) -> str:
    if value.tzinfo is not UTC:
        value = _EPOCH + timedelta(milliseconds=milliseconds(value))
    precision = "milliseconds" if value.microsecond >= _MICROSECONDS_A_MILLISECOND else "seconds"
    return value.isoformat(timespec=precision).removesuffix(_UTC_OFFSET) + "Z"


def _read_instant(text: object) -> datetime:
    if isinstance(text, str) and text.endswith("Z"):
        return datetime.fromisoformat(text)
    raise ValueError("an instant as 2026-11-22T09:30:00Z was expected")


def _read_base64(text: object) -> bytes:
    if isinstance(text, str):
        return base64.b64decode(text, validate=True)
    raise ValueError("base64 was expected")


_LEAVES: Final[Leaves] = {
    datetime: Leaf(_instant_text, _read_instant),
    date: DAY_AS_TEXT,
    bytes: Leaf(lambda value: base64.b64encode(value).decode(), _read_base64),
}
_KINDS: Final = frozenset(kind.value for kind in EventKind)


@cache
def _event_shape(kind: EventKind, *, test_numbers: bool) -> Shape[Event]:
    leaves = {**_LEAVES, **identifier_leaves(test_numbers=test_numbers)}
    shaper = Shaper(lambda _of: leaves, {Subject: wrap_subject}, bare=True)
    return shaper.shape(Event, facts=FACTS_BY_KIND[kind])
