"""What the rules found of one child when they last looked: they are asked again only of news.

A rule that does not wait for its time concludes from facts of its own kinds alone, and the same at
any hour (tests hold both of every rule). So while the policy stays and nothing of its kinds has
come, it finds what it found. A fact that is corrected may leave a finding as it is and still move
whose it is: what was asked anew is always compared. What was not is compared too where a register
entry or shielding decides whose it is, or did when they last looked.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from hub.core.alert import Finding
from hub.core.chronology import Chronology
from hub.core.correlate import findings_of
from hub.core.event import EventKind
from hub.core.policy import LocalAuthorityPolicy
from hub.core.replay_known import KnownThen
from hub.core.rule import Rule
from hub.core.waking import Found, findings_by


class Remembered:
    """The findings of one child as its chronology grows."""

    def __init__(self) -> None:
        """Nothing was found yet."""
        self._policy: LocalAuthorityPolicy | None = None
        self._whole = False
        self._claims = (False, False)
        """Whether there was a register entry, and whether the child was shielded: both move whose
        a finding is."""
        self._asked: dict[str, tuple[Finding, ...]] = {}
        self._found: Found = {}

    def found(
        self,
        chronology: Chronology,
        policy: LocalAuthorityPolicy,
        at: datetime,
        kinds: Collection[EventKind],
        told: KnownThen,
    ) -> Found:
        """Answer what each rule finds of whose findings anything may differ from last time.

        ``kinds`` are those of which anything became known since, ``told`` is all that was told.
        """
        whole = not (chronology.withheld or chronology.household)
        plain = whole and self._whole and policy is self._policy
        claims = (bool(chronology.register), chronology.shielded)
        same_team = plain and claims == self._claims and not chronology.register
        before = self._asked if plain else {}

        asked: dict[str, tuple[Finding, ...]] = {}
        anew: set[str] = set()

        def ask(
            rule: Rule[Any], known: Chronology, by: LocalAuthorityPolicy, as_of: datetime
        ) -> tuple[Finding, ...]:
            last = before.get(rule.name)
            if last is None or rule.wakes is not None or not rule.kinds.isdisjoint(kinds):
                anew.add(rule.name)
                enough = bool(rule.household) or rule.may_concern(told.counts, told.said)
                last = findings_by(rule, known, by, as_of) if enough else ()
            asked[rule.name] = last
            return last

        found = findings_of(chronology, policy, at, ask)
        former = self._found if same_team else {}
        self._policy, self._whole, self._claims = policy, whole, claims
        self._asked, self._found = asked, found
        return {
            name: some for name, some in found.items() if name in anew or former.get(name) != some
        }
