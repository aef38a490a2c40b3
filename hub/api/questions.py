"""From what somebody typed or sent to the question of a check; what cannot be used is named."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

from hub.api.problems import FieldProblem
from hub.core.answer import CheckQuestion
from hub.core.identifiers import NhsNumber, OdsCode, Postcode
from hub.errors import InvalidIdentifier

QUESTION_FIELDS = ("nhs_number", "birth_date", "family_name", "given_name", "postcode")
NAME_LENGTH_MAX = 100
OLDEST_BIRTH_YEAR = 1900
NOT_A_DATE = "shape"
"""The code of a birth date that is not written as a date."""
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

T = TypeVar("T")


class UnusableQuestion(Exception):  # noqa: N818  # named for what it says of the question
    """Some fields of a question cannot be used; none of what was given is part of this."""

    def __init__(self, problems: tuple[FieldProblem, ...]) -> None:
        super().__init__(", ".join(problem.field_name for problem in problems))
        self.problems = problems


def read_question(
    given: Mapping[str, str | None], *, site: OdsCode | None, today: date, test_numbers: bool
) -> CheckQuestion:
    """Answer the question; an empty field means "not known", which the check itself deals with.

    Args:
        given: texts by the names of ``QUESTION_FIELDS``; the birth date as ``YYYY-MM-DD``.
        site: where the child is, from the asker's sign-in.
        today: the date in London, against which a birth date is held.
        test_numbers: whether NHS numbers that are never issued are taken (the demo).

    Raises:
        UnusableQuestion: each field that is filled in and cannot be right.
    """
    problems: list[FieldProblem] = []

    def take(field: str, read: Callable[[str], T]) -> T | None:
        text = (given.get(field) or "").strip()
        if not text:
            return None
        try:
            return read(text)
        except InvalidIdentifier as error:
            problems.append(FieldProblem(field_name=field, code=error.reason, expected=str(error)))
        return None

    question = CheckQuestion(
        nhs_number=take("nhs_number", lambda t: NhsNumber.parse(t, test_numbers=test_numbers)),
        birth_date=take("birth_date", lambda t: _birth_date(t, today)),
        family_name=take("family_name", lambda t: _name("Family name", t)),
        given_name=take("given_name", lambda t: _name("Given name", t)),
        postcode=take("postcode", Postcode.parse),
        site=site,
    )
    if problems:
        raise UnusableQuestion(tuple(problems))
    return question


def iso_date(day: str, month: str, year: str) -> str:
    """Answer three boxes of a form as one text: a date, nothing, or what cannot be a date."""
    parts = (year.strip(), month.strip(), day.strip())
    if not any(parts):
        return ""
    if not all(part.isascii() and part.isdigit() for part in parts):
        return "not a date"
    return f"{parts[0]:0>4}-{parts[1]:0>2}-{parts[2]:0>2}"


def _birth_date(text: str, today: date) -> date:
    if not _ISO_DATE.fullmatch(text):
        raise InvalidIdentifier(
            "birth date", NOT_A_DATE, "a day as YYYY-MM-DD was expected, such as 2019-05-04."
        )
    try:
        born = date.fromisoformat(text)
    except ValueError:
        raise InvalidIdentifier("birth date", "no_such_day", _no_such_day(text)) from None
    if born > today:
        raise InvalidIdentifier("birth date", "in_future", "it is later than today.")
    if born.year < OLDEST_BIRTH_YEAR:
        raise InvalidIdentifier("birth date", "too_early", "it is before 1900.")
    return born


def _no_such_day(text: str) -> str:
    if text.endswith("-02-29"):
        return "there is no such day: 29 February comes only in leap years."
    if not "01" <= text[5:7] <= "12":
        return "there is no such month: YYYY-MM-DD was expected, with MM from 01 to 12."
    return "there is no such day in that month of that year."


def _name(kind: str, text: str) -> str:
    if len(text) > NAME_LENGTH_MAX:
        raise InvalidIdentifier(kind, "length", f"at most {NAME_LENGTH_MAX} characters are taken.")
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise InvalidIdentifier(kind, "characters", "it holds control characters.")
    return text
