"""What a policy says, setting by setting: its value, where it is said, and why.

A policy is typed for what uses it (``hub.core.policy``). For people who check, compare or explain
one, everything in it also stands here under the name of its key in the file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

NO_REASON: Final = "no reason stated"


class Origin(StrEnum):
    """Where a setting is said."""

    AUTHORITY = "the authority's own file"
    HUB = "hub.toml"
    RULE = "the rule itself"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting of one policy."""

    value: str
    """As it is written in a file."""
    origin: Origin
    why: str | None = None
    """Its source or reason as stated beside it, such as a paper, or that it is local choice; a
    reason of another's value is none."""


Settings = Mapping[str, Setting]
"""By the key with the tables that hold it: ``rules.repeat_attendance.sites``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChange:
    """A setting that is not the same in two policies; ``None`` where it is not said at all."""

    key: str
    before: Setting | None
    after: Setting | None


def difference(before: Settings, after: Settings) -> tuple[SettingChange, ...]:
    """Answer what another policy says otherwise, by key; where it is said does not count."""
    found = []
    for key in sorted(before.keys() | after.keys()):
        was, now = before.get(key), after.get(key)
        if (was.value if was else None) != (now.value if now else None):
            found.append(SettingChange(key=key, before=was, after=now))
    return tuple(found)


def without_reason(settings: Settings) -> tuple[str, ...]:
    """Answer the keys of numbers and choices of which nobody says where they are from.

    Names, telephone numbers, sources and days are facts, and whether a rule is on is for an
    authority to say: of these none is asked.
    """
    return tuple(
        key for key, setting in sorted(settings.items()) if not setting.why and not _is_a_fact(key)
    )


def _is_a_fact(key: str) -> bool:
    parts = key.split(".")
    return parts[0] in _FACTS or parts[-1] == "mode" or parts[:2] == ["encompass", "desks"]


_FACTS: Final = frozenset(
    {
        *("authority", "name", "version", "phones", "relay", "sources", "bank_holidays"),
        *("matching", "front_door", "front_doors", "routes"),
    }
)
