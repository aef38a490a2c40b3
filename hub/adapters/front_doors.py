"""What authorities share that share a front door: the tables ``[front_doors.<code>]`` of hub.toml.

An authority's file names one (``front_door = "west-mash"``), and ``serves`` there names the
authority: its people may read what waits at the others' desks, so no file alone lets anybody in.
Where the authority's file is silent about telephones, office hours or contacts, those of the front
door hold, and not the hub's.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from hub.adapters.policy_reasons import Reasons
from hub.core.front_door import SharedFrontDoor
from hub.errors import ConfigurationError

FRONT_DOORS: Final = "front_doors"
_SHARED: Final = ("phones", "office_hours", "escalation", "routes")
_OF_THE_HUB: Final = frozenset({"authority", "name", "version", "phones", "matching", FRONT_DOORS})
"""What no authority takes from the hub itself: above all, whom to ring."""


def defaults_of(
    path: Path, own: Mapping[str, Any], hub: tuple[Mapping[str, Any], Reasons]
) -> tuple[dict[str, Any], Reasons]:
    """Answer what holds where an authority's file is silent, and why.

    Raises:
        ConfigurationError: it names a front door that there is not or that does not serve it, or
            describes one itself.
    """
    table, reasons = hub
    if FRONT_DOORS in own:
        raise ConfigurationError(
            f"{path.name}: {FRONT_DOORS}: none was expected but in hub.toml, for others share it."
        )
    below = {name: value for name, value in table.items() if name not in _OF_THE_HUB}
    code = own.get("front_door")
    if code is None:
        return below, reasons
    doors = table.get(FRONT_DOORS, {})
    if not isinstance(code, str) or code not in doors:
        known = ", ".join(sorted(doors)) or "none"
        raise ConfigurationError(
            f"{path.name}: front_door: one of those of hub.toml was expected; there are: {known}."
        )
    if own.get("authority") not in doors[code]["serves"]:
        raise ConfigurationError(
            f"{path.name}: front_door: one that serves this authority was expected;"
            f" hub.toml says in {FRONT_DOORS}.{code}.serves whom {code} serves."
        )
    within = f"{FRONT_DOORS}.{code}."
    shared = {name: doors[code][name] for name in _SHARED if name in doors[code]}
    why = {key.removeprefix(within): one for key, one in reasons.items() if key.startswith(within)}
    return below | shared, {**reasons, **why}


def shared_of(code: str | None, hub: Mapping[str, Any]) -> SharedFrontDoor | None:
    """Answer the front door that a policy names, if it names one."""
    if code is None:
        return None
    return SharedFrontDoor(code=code, name=str(hub[FRONT_DOORS][code]["name"]))
