"""The rules, one folder each; whichever folder is here is a rule.

A folder holds ``__init__.py``, which exports ``RULE``, and ``scenarios.toml``. A new rule touches
no other file: its numbers have defaults, and a policy that does not name it keeps it off.
"""

import pkgutil
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Final

from hub.core.rule import Rule


def _found() -> tuple[Rule[Any], ...]:
    names = sorted(one.name for one in pkgutil.iter_modules(__path__) if one.ispkg)
    return tuple(import_module(f"{__name__}.{name}").RULE for name in names)


RULES: tuple[Rule[Any], ...] = _found()
"""Every rule that exists, by name. One that a policy does not name is off."""

SAID: Final = tuple(sorted({name for rule in RULES for name in rule.said}))
"""Facts that some rule needs to have been said of a visit (``Rule.said``)."""

SAYS_NOTHING: Final = ("", "false", "unknown", "[]")
"""What a fact may be, as text, without saying anything that a rule asks for."""


def said_yes(facts: Mapping[str, object]) -> Iterator[str]:
    """Yield which of the facts that rules ask for an event says: yes, or anything at all."""
    return (name for name in SAID if facts.get(name) not in _NOTHING)


_NOTHING: Final[tuple[object, ...]] = (None, False, "", "unknown", [], ())
