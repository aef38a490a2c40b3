"""The rules, one folder each; whichever folder is here is a rule.

A folder holds ``__init__.py``, which exports ``RULE``, and ``scenarios.toml``. A new rule touches
no other file: its numbers have defaults, and a policy that does not name it keeps it off.
"""

import pkgutil
from importlib import import_module
from typing import Any

from hub.core.rule import Rule


def _found() -> tuple[Rule[Any], ...]:
    names = sorted(one.name for one in pkgutil.iter_modules(__path__) if one.ispkg)
    return tuple(import_module(f"{__name__}.{name}").RULE for name in names)


RULES: tuple[Rule[Any], ...] = _found()
"""Every rule that exists, by name. One that a policy does not name is off."""
