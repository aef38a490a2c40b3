"""A refused record as it is named to an operator: where, which field, what was expected.

Nothing that stood in the record is in it: neither a refusal's reference nor its sentence repeats
what was read.
"""

import json
import re
from typing import Final

from hub.core.report import Refusal

_FILE_AND_LINE: Final = re.compile(r"(?P<file>[^:]+):(?P<line>\d+)")


def as_json(refusal: Refusal) -> str:
    """Answer a refusal as one line of JSON.

    Its place is ``file`` and ``line`` where it has them, else ``message``.
    """
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


def in_words(refusal: Refusal) -> str:
    """Answer a refusal as one line in words."""
    parts = (refusal.reference, refusal.field, refusal.expected)
    return "refused   " + ": ".join(part for part in parts if part)
