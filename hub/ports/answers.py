"""Answers that were given, and which of them have changed since."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from hub.ports.marks import durable

ANSWER_CHANGED: Final = "answer_changed"
"""The kind of what an agency is told by the outbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerGiven:
    """A question as it was asked and what was answered, kept so that it can be asked again."""

    audit_id: UUID
    asked_at: datetime
    keep_until: datetime
    asked_by: str
    role: str
    organisation: str
    site: str | None
    about: tuple[bytes, ...]
    """The children whom the answer was put together from."""
    content: str = field(repr=False)
    """The question and the answer in codes; it is sealed in the store."""
    unseen: UUID | None = None
    """The change of this answer that was told and that nobody has seen yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerChanged:
    """That an answer is no longer what it was; nothing of what it says, nor of whom."""

    changed_id: UUID
    audit_id: UUID
    organisation: str
    role: str
    asked_by: str
    asked_at: datetime
    part: str
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAgain:
    """What came of asking a question again."""

    audit_id: UUID
    claimed_until: datetime
    """Until when it was out of others' reach; another instant by now means another question."""
    content: str = field(repr=False)
    """As it is kept from now on: what its asker has been told last is in it."""
    changed: AnswerChanged | None = None
    """To be told; its organisation's system is told too that something waits."""
    as_before: UUID | None = None
    """A change that nobody has seen and that is none any more."""


class Answers(Protocol):
    """The answers that were given, as whoever asks them again sees them."""

    @durable
    def doubt(self, settled: timedelta, most: int, now: datetime) -> int:
        """Have the answers about children who are in doubt asked again; how many children were.

        A child comes to its turn only when it has been seen to be in doubt for so long: whoever
        was being answered just then has been answered by then. What need not be kept any longer
        goes.
        """
        ...

    @durable
    def claim(self, now: datetime, until: datetime) -> AnswerGiven | None:
        """Take one answer that is to be asked again out of others' reach until an instant."""
        ...

    @durable
    def settle(self, again: AskedAgain, at: datetime) -> bool:
        """Note what came of it, tell a change, and let the answer rest.

        ``False`` changes nothing: it has come into doubt again meanwhile, or somebody has seen the
        change that was to be taken back. It is then asked again.
        """
        ...
