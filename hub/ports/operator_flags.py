"""Faults that stand for as long as something holds, for the operator."""

from collections.abc import Collection
from datetime import datetime
from typing import Final, Protocol

from hub.ports.marks import durable

RULE_REVIEW_OVERDUE: Final = "rule_review_overdue"
RULE_BELOW_FLOOR: Final = "rule_below_floor"
RULE_ABOVE_CEILING: Final = "rule_above_ceiling"
"""Whoever answers for a rule is to look at it; subject: authority:rule:month."""

POLICY_REFUSED: Final = "policy_refused"
"""Policy files were changed and are not taken; subject: file, key and what was expected."""

POLICY_WAITS: Final = "policy_waits"
"""What policy files say now holds from the next start of each process; subject: which table."""


class OperatorFlags(Protocol):
    """The store of such faults."""

    @durable
    def stand(
        self,
        codes: Collection[str],
        within: str,
        subjects: Collection[tuple[str, str]],
        at: datetime,
    ) -> None:
        """Let these stand, and settle what else of these codes stands.

        What a person has settled stays so under the same code and subject.

        Args:
            codes: what is spoken of.
            within: only subjects that begin so are settled; empty: all.
            subjects: code and subject of what holds.
            at: now.
        """
        ...
