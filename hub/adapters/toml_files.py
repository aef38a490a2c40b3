"""Reads a TOML file that people write, and says in one sentence what is wrong with it."""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from hub.core.identifiers import GssCode
from hub.errors import ConfigurationError, InvalidIdentifier

ModelT = TypeVar("ModelT", bound=BaseModel)


def toml_table(path: Path) -> dict[str, Any]:
    """Answer what a file holds.

    Raises:
        ConfigurationError: it is no TOML, or not in UTF-8; the sentence names the file.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path.name}: TOML was expected: {error}.") from None
    except (ValueError, RecursionError):  # what the reader itself gives up on
        expected = "TOML was expected, without numbers of thousands of digits or endless nesting"
        raise ConfigurationError(f"{path.name}: {expected}.") from None


def typed_file(path: Path, model: type[ModelT]) -> ModelT:
    """Answer what a file holds, as its model types it.

    Raises:
        ConfigurationError: it is no TOML, or not of this form; the sentence names file and key.
    """
    try:
        return model.model_validate(toml_table(path))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    raise ConfigurationError(f"{path.name}: {key or 'the file'}: {first['msg']}.")


def authority_named_by(path: Path) -> GssCode:
    """Answer the authority whose code is the file's name.

    Raises:
        ConfigurationError: the name is no GSS code.
    """
    try:
        return GssCode(path.stem)
    except InvalidIdentifier as error:
        raise ConfigurationError(f"{path.name}: a file is named by a GSS code: {error}") from None
