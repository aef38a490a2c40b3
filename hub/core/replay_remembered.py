"""What the rules found of one child when they last looked: they are asked again only of news.

A rule concludes from facts of its own kinds alone, and the same at any hour, but for the wakes of
its own that have come; and so it names its wakes (tests hold all three of every rule). So while the
policy stays and nothing of its kinds has come, it finds what it found. Of what it finds anew only
what differs is compared with the alerts that stand, unless a known fact was told again: that may
leave a finding as it is and still move whose it is. What is as it was is compared too where a
register entry or shielding decides whose it is, or did when they last looked.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hub.core.alert import Finding
from hub.core.chronology import Chronology
from hub.core.correlate import rules_on
from hub.core.event import EventKind
from hub.core.policy import LocalAuthorityPolicy
from hub.core.replay_known import KnownThen
from hub.core.rule import Rule
from hub.core.rules import RULES
from hub.core.wake import Woken
from hub.core.waking import Found, WakeWanted, findings_by, wakes_of
from hub.core.yielding import with_yielding


class Remembered:
    """The findings of one child as its chronology grows, and the wakes that it is to have."""

    def __init__(self, known: KnownThen) -> None:
        """Nothing was found yet."""
        self._known = known
        self._policy: LocalAuthorityPolicy | None = None
        self._on: tuple[Rule[Any], ...] = ()
        self._concerned: set[str] = set()
        """The rules for which enough was told; what was told is never fewer later."""
        self._whole = False
        self._claims = (False, False)
        """Whether there was a register entry, and whether the child was shielded: both move whose
        a finding is."""
        self._woken: tuple[Woken, ...] = ()
        self._wanted: tuple[WakeWanted, ...] = ()
        self._asked: Mapping[str, tuple[Finding, ...]] = {}
        self._found: Found = {}

    def wakes(
        self, chronology: Chronology, policy: LocalAuthorityPolicy, at: datetime
    ) -> tuple[WakeWanted, ...]:
        """Answer the wakes that the rules want; asked before what they find."""
        if not self._is_as_before(chronology, policy) or not _WAKING.isdisjoint(self._known.news):
            self._wanted = wakes_of(chronology, policy, at, RULES)
        return self._wanted

    def found(self, chronology: Chronology, policy: LocalAuthorityPolicy, at: datetime) -> Found:
        """Answer what each rule finds of whose findings anything may differ from last time."""
        if policy is not self._policy:
            self._on = rules_on(policy)
        as_before = self._is_as_before(chronology, policy)
        claims = (bool(chronology.register), chronology.shielded)
        same_team = as_before and claims == self._claims and not chronology.register
        asked = dict(self._asked) if as_before else {}
        news, woken = self._known.news, chronology.woken != self._woken
        anew = [
            rule
            for rule in self._on
            if rule.name not in asked
            or not rule.kinds.isdisjoint(news)
            or (woken and rule.wakes is not None)
        ]
        for rule in anew:
            enough = self._may_concern(rule)
            asked[rule.name] = findings_by(rule, chronology, policy, at) if enough else ()

        found = with_yielding(asked, self._on, chronology, policy, at)
        former = self._found if same_team else {}
        told_again = {rule.name for rule in anew} if self._known.told_again else set()
        self._policy, self._claims, self._whole = policy, claims, _is_whole(chronology)
        self._woken, self._asked, self._found = chronology.woken, asked, found
        return {
            name: some
            for name, some in found.items()
            if name in told_again or former.get(name) != some
        }

    def _is_as_before(self, chronology: Chronology, policy: LocalAuthorityPolicy) -> bool:
        """Answer whether only facts of the child itself can have made a difference."""
        return policy is self._policy and self._whole and _is_whole(chronology)

    def _may_concern(self, rule: Rule[Any]) -> bool:
        if rule.name not in self._concerned:
            known = self._known
            if not rule.household and not rule.may_concern(known.counts, known.said):
                return False
            self._concerned.add(rule.name)
        return True


def _is_whole(chronology: Chronology) -> bool:
    return not (chronology.withheld or chronology.household)


_WAKING: frozenset[EventKind] = frozenset().union(
    *(rule.kinds for rule in RULES if rule.wakes is not None)
)
