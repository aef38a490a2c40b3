"""Whether marks of long sickness are asked for at all: what no rule reads is not taken in."""

from collections.abc import Iterable
from typing import Final

from hub.core.policy import LocalAuthorityPolicy
from hub.core.rules import RULES
from hub.core.school_marks import SICKNESS_COUNTS

_READERS: Final = tuple(rule for rule in RULES if not rule.said.isdisjoint(SICKNESS_COUNTS))


def sickness_asked(policies: Iterable[LocalAuthorityPolicy]) -> bool:
    """Answer whether a rule that reads such marks is on, live or in shadow, in some policy.

    Whose child a pupil is stands in no register, so one authority that asks is enough to take them.
    """
    return any(policy.reads(rule) for policy in policies for rule in _READERS)
