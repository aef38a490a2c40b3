"""Missed sessions in words, as the sentences of rules say them, and which marks a rule may name."""

from collections.abc import Collection, Iterable, Sequence

from hub.core.absence import Absence
from hub.core.rule import date_in_words
from hub.core.school_marks import REASON_OF_CODE, SICKNESS_DAYS_LEAST, AbsenceReason
from hub.errors import ConfigurationError


def refuse_untold_codes(codes: Collection[str]) -> None:
    """Refuse marks for a rule to count that no school tells the hub, or none at all.

    Sickness is refused too: it is no absence that nobody has accounted for (decision 54).

    Raises:
        ConfigurationError: there is such a mark; the sentence names those that are told.
    """
    if not codes or not set(codes) <= set(REASON_OF_CODE):
        told = ", ".join(sorted(REASON_OF_CODE))
        raise ConfigurationError(f"codes must be some of {told}.")


def missed_in_words(missed: Sequence[Absence]) -> str:
    """Answer why and when, such as ``with no reason known, 2 sessions on 19 November 2026``."""
    return f"{_why(missed)}, {_when(missed)}"


def sickness_in_words(marks: Sequence[Absence]) -> str:
    """Answer the most days of sickness that these marks count, such as ``16 school days in a row``.

    Each of them says one of the two counts at least.
    """
    in_a_row = max(one.sickness_days_in_a_row or 0 for one in marks)
    in_year = max(one.sickness_days_in_year or 0 for one in marks)
    if in_a_row < SICKNESS_DAYS_LEAST:
        return f"{in_year} school days in the school year"
    more = f", {in_year} in the school year" if in_year > in_a_row else ""
    return f"{in_a_row} school days in a row{more}"


def not_known_of(missed: Iterable[Absence]) -> tuple[str, ...]:
    """Answer what is not known of these marks, in sentences."""
    if all(one.register_complete for one in missed):
        return ()
    return ("A register was not complete when it was sent: a mark may have been explained since.",)


def _why(missed: Iterable[Absence]) -> str:
    reasons = {one.reason for one in missed}
    if reasons == {AbsenceReason.UNEXPLAINED}:
        return "with no reason known"
    if reasons == {AbsenceReason.UNAUTHORISED}:
        return "without leave"
    if reasons == {AbsenceReason.SICKNESS}:
        return "ill"
    return "with no reason known or without leave"


def _when(missed: Sequence[Absence]) -> str:
    sessions = "1 session" if len(missed) == 1 else f"{len(missed)} sessions"
    days = sorted({one.session_date for one in missed})
    if len(days) == 1:
        return f"{sessions} on {date_in_words(days[0])}"
    return (
        f"{sessions} on {len(days)} days from {date_in_words(days[0])} to {date_in_words(days[-1])}"
    )
