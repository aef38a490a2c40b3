"""How often one account may search by name: whoever has a list of names must not go through it.

Counted from the audit rows, so that it holds over every process and is kept as long as they are.
Questions with an NHS number are not limited: they are the hub's ordinary work, and a limit there
would leave a whole hospital without its check.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hub.errors import TooManyQuestions
from hub.ports import Question

SEARCH_BY_NAME: Final = "search by name"
"""The audit's word for a check without an NHS number that names somebody."""

SEARCH_REFUSED: Final = "search by name refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """So many searches in any stretch of this length."""

    searches: int
    within: timedelta


LIMITS: Final = (
    Limit(searches=20, within=timedelta(minutes=10)),
    Limit(searches=100, within=timedelta(hours=24)),
)
"""This project's own numbers: a clinician meets few children a shift without an NHS number. Those
who ask at the very same moment may together be a few more."""


def refusal(asking: Question, actor: str, now: datetime) -> TooManyQuestions | None:
    """Answer the refusal if this account has searched too often, and when it may again."""
    longest = max(limit.within for limit in LIMITS)
    most = max(limit.searches for limit in LIMITS)
    asked = asking.times_asked(actor, SEARCH_BY_NAME, since=now - longest, most=most)
    reached = [limit for limit in LIMITS if len(asked) >= limit.searches]
    open_at = max((asked[one.searches - 1] + one.within for one in reached), default=now)
    if open_at <= now:
        return None
    return TooManyQuestions(
        "this account has searched by name too often.",
        retry_seconds=max(1, round((open_at - now).total_seconds())),
    )
