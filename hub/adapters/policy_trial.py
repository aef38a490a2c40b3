"""Policies to be tried: a directory of their own, or one file in place of the one in force."""

import shutil
import tempfile
import tomllib
from pathlib import Path

from hub.adapters.policy_files import HUB_FILE, load_policies
from hub.core.policy import Policies
from hub.errors import ConfigurationError


def load_trial(tried: Path, in_force: Path) -> Policies:
    """Answer the policies to try.

    Args:
        tried: a directory of policy files; or one file, of an authority or of the hub (one that
            names no authority), which is read with all other files as they are in force.
        in_force: the directory of those.

    Raises:
        ConfigurationError: a file is missing or wrong; the sentence names it by the authority.
    """
    if tried.is_dir():
        return load_policies(tried)
    try:
        table = tomllib.loads(tried.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise ConfigurationError(f"{tried.name}: a policy file in TOML was expected.") from None
    authority = table.get("authority")
    name = HUB_FILE if authority is None else f"{authority}.toml"
    if Path(name).name != name:
        raise ConfigurationError(f"{tried.name}: authority: a GSS code was expected.")
    with tempfile.TemporaryDirectory(prefix="hub-policies-") as folder:
        for file in in_force.glob("*.toml"):
            shutil.copyfile(file, Path(folder) / file.name)
        shutil.copyfile(tried, Path(folder) / name)
        return load_policies(Path(folder))
