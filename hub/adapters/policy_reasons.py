"""Takes the reasons out of a policy file's tables, and lays its settings out one by one.

Any table may hold a table ``why``: under the name of a key, where its value is from (guidance, a
paper) or that it is local choice. A reason of a table is one of everything in it.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from enum import Enum
from pathlib import Path
from typing import Any, Final

from hub.core.policy_settings import Origin, Setting
from hub.errors import ConfigurationError

_WHY: Final = "why"
_REASON_MAX: Final = 300

Reasons = Mapping[str, str]
"""By the key with its tables."""


def parted(path: Path, table: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Answer a file's table without its reasons, and these by key.

    Raises:
        ConfigurationError: a reason is no text of 1 to 300 letters.
    """
    plain: dict[str, Any] = {}
    reasons: dict[str, str] = {}
    for name, value in table.items():
        if name == _WHY:
            continue
        plain[name] = value
        if isinstance(value, dict):
            plain[name], inner = parted(path, value)
            reasons |= {f"{name}.{key}": why for key, why in inner.items()}
    return plain, reasons | _reasons(path, table.get(_WHY, {}))


def _reasons(path: Path, told: object) -> dict[str, str]:
    if not isinstance(told, dict):
        raise ConfigurationError(f"{path.name}: why: a table of reasons by key was expected.")
    for name, why in told.items():
        if not isinstance(why, str) or not 1 <= len(why) <= _REASON_MAX:
            raise ConfigurationError(
                f"{path.name}: why.{name}: a text of 1 to {_REASON_MAX} letters was expected."
            )
    return dict(told)


def laid_out(
    own: tuple[Mapping[str, Any], Reasons],
    hub: tuple[Mapping[str, Any], Reasons],
    merged: Mapping[str, Any],
    numbers: Mapping[str, Mapping[str, object]],
) -> dict[str, Setting]:
    """Answer every setting of a policy with where it is said and why.

    Args:
        own: the authority's file and its reasons; of the hub's own policy, nothing.
        hub: ``hub.toml`` and its reasons.
        merged: what holds, of both.
        numbers: of each rule that is named, by name: also those of which no file says anything.
    """
    said, below = dict(_leaves(own[0])), dict(_leaves(hub[0]))
    found: dict[str, Setting] = {}
    for key, value in _leaves(merged):
        if key in said:
            found[key] = Setting(value=value, origin=Origin.AUTHORITY, why=_why(own[1], key))
        elif key in below:
            found[key] = Setting(value=value, origin=Origin.HUB, why=_why(hub[1], key))
    for rule, given in numbers.items():
        for name, number in given.items():
            key = f"rules.{rule}.{name}"
            usual = Setting(value=_written(number), origin=Origin.RULE, why=_why(hub[1], key))
            found.setdefault(key, usual)
    return found


def refuse_reasons_of_nothing(path: Path, reasons: Reasons, settings: Mapping[str, object]) -> None:
    """Refuse a reason of a key that no setting has.

    Raises:
        ConfigurationError: there is one; the sentence names it.
    """
    for key in reasons:
        if not any(one == key or one.startswith(f"{key}.") for one in settings):
            raise ConfigurationError(
                f"{path.name}: a reason is stated for {key}, but there is no such key."
            )


def _why(reasons: Reasons, key: str) -> str | None:
    """Answer the reason of a key, or of the closest table that holds it."""
    parts = key.split(".")
    nearest = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((reasons[one] for one in nearest if one in reasons), None)


def _leaves(table: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        key = f"{within}{name}"
        if isinstance(value, dict) and not _is_a_value(value):
            yield from _leaves(value, f"{key}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for one in value:
                yield from _leaves(one, f"{key}.{_named(one)}.")
        else:
            yield key, _written(value)


def _named(row: Mapping[str, Any]) -> str:
    """Answer by what a row of a list of tables is known: the agency, or its label."""
    return str(row.get("agency") or row.get("label") or "?")


def _is_a_value(table: Mapping[str, Any]) -> bool:
    """Whether a table is one thing to say, as when an office opens and closes."""
    return table.keys() == {"opens", "closes"}


def _written(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name} {_written(one)}" for name, one in value.items())
    if isinstance(value, list | tuple | frozenset):
        return ", ".join(_written(one) for one in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)
