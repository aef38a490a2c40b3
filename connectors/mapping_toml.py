"""Reads an agency's mapping file: TOML in a stated format, refused whole and by name if wrong."""

import tomllib
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from hub.errors import ConfigurationError

EDITION_MAX: Final = 9
"""How often a mapping file may be mended and its records told again (``edition``)."""

FormatT = TypeVar("FormatT", bound=BaseModel)


def read_mapping(path: Path, form: type[FormatT]) -> FormatT:
    """Answer what a mapping file says, in its format.

    Raises:
        ConfigurationError: the file cannot be read, is no TOML, or says something that the format
            does not have; the message names the file, the place and what was expected.
    """
    try:
        return form.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as fault:
        raise ConfigurationError(
            f"Mapping file {path.name} cannot be read: {fault.strerror}."
        ) from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ConfigurationError(f"Mapping file {path.name} is not TOML: {fault}.") from fault
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or "the file"
        raise ConfigurationError(f"Mapping file {path.name}, {place}: {first['msg']}.") from fault
