"""What each rule does, for anybody to read: in plain words, with what numbers, and who says so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from typing import Any, Final

from hub.core.clock import london_date
from hub.core.event import REGISTER_KINDS, EventKind
from hub.core.policy import LocalAuthorityPolicy, Policies
from hub.core.policy_settings import NO_REASON
from hub.core.report import Feed
from hub.core.rule import NO_SOURCE, Rule, RuleMode
from hub.core.rules import RULES


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberPublished:
    """One number of a rule, and where it is from."""

    name: str
    value: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePublished:
    """One rule as an authority uses it."""

    name: str
    title: str
    told: str
    """What it is about, in one sentence."""
    mode: RuleMode
    allowed: bool
    """Whether the authority lets it read what it needs."""
    reads: tuple[tuple[str, date | None], ...]
    """Whose reports it reads, and since when they are news; ``None`` if nobody's are joined."""
    numbers: tuple[NumberPublished, ...]
    source: str
    owner: str
    review_on: date
    ceiling: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityPublished:
    """What is alike for one or more authorities."""

    names: tuple[str, ...]
    versions: tuple[str, ...]
    immediate_minutes: int
    today_working_days: int
    information_working_days: int
    rules: tuple[RulePublished, ...]


def rules_published(
    policies: Policies, chosen: Iterable[LocalAuthorityPolicy] | None = None
) -> tuple[AuthorityPublished, ...]:
    """Answer each policy's rules; authorities that use them alike stand together."""
    alike: dict[tuple[object, ...], list[LocalAuthorityPolicy]] = {}
    for policy in chosen or policies.authorities.values() or (policies.hub,):
        key = (policy.clocks, tuple(published(rule, policy) for rule in RULES))
        alike.setdefault(key, []).append(policy)
    return tuple(_together(some) for some in alike.values())


def _together(some: list[LocalAuthorityPolicy]) -> AuthorityPublished:
    first = some[0]
    return AuthorityPublished(
        names=tuple(one.name for one in some),
        versions=tuple(dict.fromkeys(one.version for one in some)),
        immediate_minutes=first.clocks.immediate_minutes,
        today_working_days=first.clocks.today_working_days,
        information_working_days=first.clocks.information_working_days,
        rules=tuple(published(rule, first) for rule in RULES),
    )


def published(rule: Rule[Any], policy: LocalAuthorityPolicy) -> RulePublished:
    """Answer one rule as an authority uses it."""
    within = f"rules.{rule.name}."
    numbers = tuple(
        NumberPublished(
            name=_in_words(key.removeprefix(within)),
            value=_value_in_words(setting.value),
            why=setting.why or NO_REASON,
        )
        for key, setting in sorted(policy.settings.items())
        if key.startswith(within) and not key.endswith(".mode")
    )
    return RulePublished(
        name=rule.name,
        title=rule.title,
        told=_told(rule),
        mode=policy.mode_of(rule.name),
        allowed=rule.household <= policy.household_correlation,
        reads=tuple(_reads(rule, policy)),
        numbers=numbers,
        source=rule.source if rule.source != NO_SOURCE else "No published source: local choice",
        owner=rule.owner,
        review_on=rule.review_on,
        ceiling=rule.ceiling,
    )


def _told(rule: Rule[Any]) -> str:
    """Answer the first sentence of what the rule's folder says of itself."""
    said = import_module(f"hub.core.rules.{rule.name}").__doc__ or rule.title
    return said.partition("\n")[0]


def _reads(rule: Rule[Any], policy: LocalAuthorityPolicy) -> Iterable[tuple[str, date | None]]:
    since: dict[Feed, datetime] = {}
    for source in policy.sources.values():
        since[source.feed] = min(source.live_from, since.get(source.feed, source.live_from))
    for feed in dict.fromkeys(_FEED_OF[kind] for kind in sorted(rule.kinds) if kind in _FEED_OF):
        began = since.get(feed)
        yield _WHO[feed], london_date(began) if began else None


_FEED_OF: Final[Mapping[EventKind, Feed]] = {
    EventKind.EMERGENCY_ATTENDANCE: Feed.HEALTH,
    EventKind.DOMESTIC_ABUSE_INCIDENT: Feed.POLICE,
    EventKind.SCHOOL_ABSENCE: Feed.SCHOOLS,
    **dict.fromkeys(sorted(REGISTER_KINDS), Feed.SOCIAL_CARE),
}
_WHO: Final = {
    Feed.HEALTH: "hospitals (emergency departments)",
    Feed.POLICE: "police forces (domestic abuse)",
    Feed.SCHOOLS: "schools (unexplained and unauthorised absence, long sickness)",
    Feed.SOCIAL_CARE: "councils (plans, children looked after or in need)",
}


def _in_words(name: str) -> str:
    words = _NAMES.get(name) or name.replace(".", ", ").replace("_", " ")
    return words[:1].upper() + words[1:]


def _value_in_words(value: str) -> str:
    """Answer a value as a reader who knows no TOML would write it."""
    plain = value.strip().removeprefix("[").removesuffix("]").replace('"', "").replace("'", "")
    return _VALUES.get(plain, plain)


_NAMES: Final = {
    "codes": "attendance codes that count",
    "severity": "how urgent it is",
    "within_days": "within so many days",
    "before_days": "so many days before both were known at the address",
    "agencies": "kinds of agency, at the least",
    "two_kinds": "how urgent with two kinds of agency",
    "three_kinds": "how urgent with three kinds of agency",
    "absence_days": "days of absence that count as one concern",
    "attendances": "visits, at the least",
    "attendances_within_days": "visits within so many days",
    "sites": "different hospitals or units, at the least",
    "sites_within_days": "those within so many days",
    "incidents": "incidents, at the least",
    "high": "how urgent if the police grade it high risk",
    "medium": "how urgent if they grade it medium risk",
    "standard": "how urgent if they grade it standard risk",
    "not_graded": "how urgent if they have not graded it",
    "child_injured": "how urgent if the child was injured",
    "on_plan": "how urgent for a child with a protection plan",
    "unborn_on_plan": "how urgent for an unborn child with a plan",
    "looked_after": "how urgent for a child looked after",
    "ended": "how urgent if a plan had ended lately",
    "in_need": "how urgent for a child in need",
    "on_plan_days": "days missed, with a protection plan",
    "looked_after_days": "days missed, when looked after",
    "in_need_days": "days missed, when in need",
    "same_spell_days": "days between absences that belong together",
    "in_a_row_days": "school days of sickness in a row, as the school counts",
    "in_year_days": "or in the school year",
}
"""What a key of a policy file is called here; one that is not listed is told by its own words."""

_VALUES: Final = {
    "immediate": "Immediate",
    "today": "Today",
    "information": "For information",
    "true": "yes",
    "false": "no",
    "": "none",
}
