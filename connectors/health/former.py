"""Who somebody was before: MRG, whose numbers stand by position beside those of PID-3."""

from collections.abc import Iterator
from typing import Final

from connectors.health.identity import PID_IDENTIFIERS, former_local_id
from connectors.health.message import REPETITIONS_MAX, Message, Row, Value
from connectors.outcome import Notes

MRG_IDENTIFIERS: Final = 1
MRG_VISIT: Final = 5


def former_local_ids(
    message: Message, sender: str, notes: Notes, *, test_numbers: bool
) -> tuple[str, ...]:
    """Answer the local ids under which a person was known before, each once, in their order.

    MRG-1 lists every number of the record that is no more. One without an assigning authority has
    that of the number at the same place of PID-3; else the sender's. NHS numbers are no local ids:
    one counts only where nothing else is said, as it does in PID-3.
    """
    pid, merged = message.row("PID"), message.row("MRG")
    beside = list(_in_place(pid, PID_IDENTIFIERS))
    numbers = [
        (value, beside[at] if at < len(beside) else Value())
        for at, value in enumerate(_in_place(merged, MRG_IDENTIFIERS))
        if value.part(1)
    ]
    found = [
        former_local_id(value, now, sender, notes, test_numbers=test_numbers)
        for value, now in numbers
    ]
    own = [local for local, is_nhs_number in found if local and not is_nhs_number]
    stand_ins = [local for local, is_nhs_number in found if local and is_nhs_number]
    return tuple(dict.fromkeys(own or stand_ins[:1]))


def _in_place(row: Row, number: int) -> Iterator[Value]:
    """Yield the repetitions of a field, the empty ones too: they keep the place of the others."""
    text = row.fields[number] if len(row.fields) > number else ""
    yield from map(row.marks.value, text.split(row.marks.repetition, REPETITIONS_MAX))
