"""Reads the files of the daily payload: one object, a list of them, or one a line."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from connectors.social_care.findings import Findings
from connectors.social_care.payload import PayloadChild
from connectors.social_care.tables import PLANS, Row
from hub.errors import ConfigurationError

JSON_BYTES_MAX: Final = 64 * 1024 * 1024
"""A larger ``.json`` is not read; as ``.jsonl``, one child a line, it may be of any size."""

LINE_BYTES_MAX: Final = 1024 * 1024
SUFFIXES: Final = (".json", ".jsonl")


def find_payloads(folder: Path, description_file: str) -> tuple[Path, ...]:
    """Answer the payload files of a folder, by name."""
    return tuple(
        path
        for path in sorted(folder.iterdir())
        if path.is_file()
        and path.suffix.casefold() in SUFFIXES
        and path.name.casefold() != description_file
    )


def read_payloads(path: Path, findings: Findings) -> Iterator[tuple[int, tuple[Row, ...]]]:
    """Yield the number of each child in the file with the rows that it amounts to.

    Raises:
        ConfigurationError: the file is not JSON, is too large to be read whole, or holds the
            children of two councils.
    """
    councils: set[str] = set()
    number = 0
    for told in _payloads(path):
        for child in _children(told):
            number += 1
            if not isinstance(child, Mapping):
                row = Row(PLANS, number, {}, path.name)
                findings.refuse_row(row, "Children", "an object for each child")
                continue
            one = PayloadChild(told=child, source=path.name, number=number, findings=findings)
            yield number, tuple(one.rows())
        councils.add(_council(told))
        if len(councils - {""}) > 1:
            raise ConfigurationError(
                f"{path.parent.name}/{path.name} has children of two councils (la_code): an"
                " extract is of one."
            )


def _payloads(path: Path) -> Iterator[Any]:
    if path.suffix.casefold() == ".jsonl":
        yield from _lines(path)
        return
    if path.stat().st_size > JSON_BYTES_MAX:
        raise ConfigurationError(
            f"{path.parent.name}/{path.name} is larger than {JSON_BYTES_MAX} bytes: send it as"
            " .jsonl, one child a line."
        )
    told = _parsed(path.read_bytes(), path, 1)
    yield from told if isinstance(told, list) else (told,)


def _lines(path: Path) -> Iterator[Any]:
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(LINE_BYTES_MAX + 1), b""), 1):
            if len(line) > LINE_BYTES_MAX:
                raise ConfigurationError(
                    f"{path.parent.name}/{path.name}:{number} is longer than {LINE_BYTES_MAX} bytes"
                    ": one child a line was expected."
                )
            if line.strip():
                yield _parsed(line, path, number)


def _parsed(content: bytes, path: Path, line: int) -> Any:  # noqa: ANN401  # whatever JSON holds
    place = f"{path.parent.name}/{path.name}"

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _ in pairs}) != len(pairs):
            raise ConfigurationError(f"{place}:{line} names a key twice; once is right.")
        return dict(pairs)

    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=once)
    except (ValueError, RecursionError):
        raise ConfigurationError(f"{place}:{line} is not JSON in UTF-8.") from None


def _children(told: Any) -> list[Any]:  # noqa: ANN401  # whatever JSON holds
    """Answer the children of one payload: the specification has one, some systems send a list."""
    children = told.get("Children") if isinstance(told, Mapping) else told
    return children if isinstance(children, list) else [children]


def _council(told: Any) -> str:  # noqa: ANN401  # whatever JSON holds
    code = told.get("la_code") if isinstance(told, Mapping) else None
    return str(code) if isinstance(code, int | str) else ""
