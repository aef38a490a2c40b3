"""The cells of a file as anyone would clean them before giving them to Splink."""

import csv
import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from hub.core.identifiers import NhsNumber, Upn
from hub.errors import InvalidIdentifier

GIVEN_TO_SPLINK: Final = (
    *("unique_id", "given_name", "family_name", "date_of_birth", "sex", "postcode", "address"),
    *("nhs_number", "upn"),
)
_BETWEEN_WORDS: Final = re.compile(r"[\s,./-]+")
_NO_LETTER: Final = re.compile(r"[^\w ]+")


def write_for_splink(rows: list[Mapping[str, str]], path: Path) -> None:
    """Write the rows for Splink: cleaned, without the truth, and without agency and time.

    Splink compares two records and has no use for who wrote them or when.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(GIVEN_TO_SPLINK)
        writer.writerows(cleaned(row) for row in rows)


def cleaned(row: Mapping[str, str]) -> tuple[str, ...]:
    """Answer a row's cells for Splink, in the order of ``GIVEN_TO_SPLINK``; empty if unknown."""
    return (
        row["record_id"],
        *(words(row[name]) for name in ("given_name", "family_name")),
        row["date_of_birth"].strip(),
        row["sex"].strip().upper(),
        re.sub(r"\s", "", row["postcode"]).upper(),
        words(row["address"]),
        _valid(row["nhs_number"], lambda text: NhsNumber.parse(text, test_numbers=True).reveal()),
        _valid(row["upn"], lambda text: Upn.parse(text).reveal()),
    )


def words(text: str) -> str:
    """Answer a text in small letters without accents and marks, one space between words."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return _NO_LETTER.sub("", _BETWEEN_WORDS.sub(" ", letters)).strip()


def _valid(text: str, parse: Callable[[str], str]) -> str:
    """Answer a number that passes its check: placeholders and wrong digits are left out."""
    try:
        return parse(text)
    except InvalidIdentifier:
        return ""
