"""Where NHS numbers that were replaced are kept, and whose records bear them."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from hub.core.superseded import Supersession
from hub.ports.changes import ChangeOutcome
from hub.ports.marks import durable
from hub.ports.records import LinkRow
from hub.ports.review import ReviewQuestions
from hub.ports.rows import Known


class NumberStanding(StrEnum):
    """How a supersession stands."""

    TOLD = "told"
    """Not looked at yet."""
    IN_FORCE = "in_force"
    """Records are read under the present number."""
    ASKED = "asked"
    """It would join children of whom people must say whether they are one."""
    REFUSED = "refused"
    """It would find an adopted child under the number from before."""
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRow:
    """One supersession as last told."""

    told: Supersession = field(repr=False)
    standing: NumberStanding


class NumberTransaction(ReviewQuestions, Protocol):
    """One transaction in which a supersession is looked at."""

    def told_number(self, fact_key: bytes) -> NumberRow | None:
        """The supersession; ``None`` if its numbers were never told."""
        ...

    def around(self, one: Supersession) -> Mapping[bytes, Supersession]:
        """Every supersession of a number that this one's are tied to by others, by its fact key.

        Itself too; without those that were refused or withdrawn.
        """
        ...

    def bearers(self, numbers: Sequence[str]) -> tuple[bytes, ...]:
        """The records that have or had one of these numbers."""
        ...

    def links(self, record_refs: Sequence[bytes]) -> Mapping[bytes, LinkRow]:
        """The links that stand of these records."""
        ...

    def known(self, child_refs: Sequence[bytes]) -> tuple[Known, ...]:
        """Everything stored of these children."""
        ...

    def adopted_among(self, record_refs: Sequence[bytes]) -> bool:
        """Whether two of these records are kept apart since an adoption."""
        ...

    @durable
    def stand(self, fact_key: bytes, standing: NumberStanding) -> None:
        """Let a supersession stand so.

        Waits until every transaction has ended that has looked numbers up before: whoever reads
        records afterwards finds theirs too.
        """
        ...

    @durable
    def doubt_answers(self, record_refs: Sequence[bytes]) -> None:
        """Have what was answered about the children of these records asked again."""
        ...

    @durable
    def look_again(self, fact_keys: Sequence[bytes], outcome: ChangeOutcome, at: datetime) -> None:
        """Have those of these that stand with this outcome looked at again."""
        ...

    @durable
    def tell_at_odds(self, fact_key: bytes, at: datetime) -> None:
        """Tell the operator that supersessions contradict each other."""
        ...


class NumberStore(Protocol):
    """Where supersessions are kept."""

    def number_transaction(self) -> AbstractContextManager[NumberTransaction]:
        """A transaction; commits on leaving, rolls back on an exception."""
        ...
