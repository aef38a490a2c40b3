"""Reads and maps without keys, spool or Kafka, and prints what would be told.

With JSON: one event a line on standard output, one refused record a line on standard error. The
events hold the agency's own records in clear: the output is for the agency's eyes only.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TextIO

from connectors.contract import Reading
from hub.core.codec_json import event_to_json
from hub.core.report import Refusal
from hub.errors import EventFault


def print_json(
    readings: Iterable[Reading], out: TextIO | None = None, refused: TextIO | None = None
) -> int:
    """Print every event and every refused record as a line of JSON; answer how many were refused.

    A refused record is named by ``file`` and ``line`` where it has them, else by ``message``.
    """
    out, refused = out or sys.stdout, refused or sys.stderr
    count = 0
    for reading in readings:
        refusals = list(reading.refusals)
        for event in reading.events:
            try:
                out.write(event_to_json(event) + "\n")
            except EventFault as fault:
                refusals.append(_refusal(reading, fault))
        for refusal in refusals:
            refused.write(_line(refusal) + "\n")
        count += len(refusals)
    out.flush()
    return count


def print_summary(readings: Iterable[Reading], out: TextIO | None = None) -> int:
    """Print in words what would be told; answer how many records were refused."""
    out = out or sys.stdout
    count = 0
    for line in summary(readings):
        count += line.startswith(_REFUSED)
        out.write(line + "\n")
    return count


_REFUSED = "refused   "


def summary(readings: Iterable[Reading]) -> Iterator[str]:
    """Yield in words what would be told, without anything of a person."""
    counts: Counter[tuple[str, str]] = Counter()
    read = 0
    for reading in readings:
        read += reading.read_count
        counts.update(("event", event.kind.value) for event in reading.events)
        counts.update({("left out", dropped.reason): dropped.count for dropped in reading.dropped})
        counts.update(("fault", f"{fault.code}: {fault.subject}") for fault in reading.faults)
        for refusal in reading.refusals:
            yield f"{_REFUSED}{refusal.reference}: {refusal.field}: {refusal.expected}"
    yield f"read      {read}"
    for (what, name), count in sorted(counts.items()):
        yield f"{what:<9} {name}: {count}"


def _line(refusal: Refusal) -> str:
    in_file = _FILE_AND_LINE.fullmatch(refusal.reference)
    place = (
        {"file": in_file["file"], "line": int(in_file["line"])}
        if in_file
        else {"message": refusal.reference}
    )
    said = {
        "reference": refusal.reference,
        **place,
        "field": refusal.field,
        "expected": refusal.expected,
    }
    return json.dumps(said, ensure_ascii=False)


_FILE_AND_LINE = re.compile(r"(?P<file>[^:]+):(?P<line>\d+)")


def _refusal(reading: Reading, fault: EventFault) -> Refusal:
    at = reading.events[0].recorded_at
    return Refusal(reference=reading.reference, field="", expected=str(fault), at=at)
