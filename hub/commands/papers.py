"""Pages that stand by themselves: one file, with its style and pictures in it, and no program."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from hub.api.times import day
from hub.errors import ConfigurationError


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("hub.web", "papers"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = day
    return environment


def paper(template: str, **shown: object) -> str:
    """Answer a page as HTML."""
    return _environment().get_template(template).render(**shown)


def refuse_unwritable(path: Path) -> None:
    """Refuse a path where no page can be written, before anything is worked out for it.

    Raises:
        ConfigurationError: it is a directory, or its own directory is not there.
    """
    if path.is_dir() or not path.parent.is_dir():
        raise _not_written(path, "a file in a directory that is there was expected")


def write_paper(path: Path, page: str) -> None:
    """Write a page, in place of an earlier one.

    Raises:
        ConfigurationError: it cannot be written there.
    """
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise _not_written(path, error.strerror or type(error).__name__) from None


def _not_written(path: Path, why: str) -> ConfigurationError:
    return ConfigurationError(f"{path} cannot be written: {why}.")
