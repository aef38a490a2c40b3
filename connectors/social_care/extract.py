"""What ``extract.json`` says of an extract: whose, as at when, full or changes. Pure.

``extract.schema.json`` beside this module says the same for a council's systems team.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from connectors.social_care.cells import LONDON, YEAR_MIN
from connectors.social_care.tables import TABLE_BY_NAME
from hub.core.identifiers import GssCode
from hub.errors import ConfigurationError, InvalidIdentifier

DESCRIPTION_FILE: Final = "extract.json"

FUTURE_MAX: Final = timedelta(minutes=5)
"""How far the council's clock may run ahead of ours."""

REQUIRED_KEYS: Final = ("authority", "as_at", "full")
KEYS: Final = (*REQUIRED_KEYS, "extract_id", "statement", "rows")
_EXTRACT_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,100}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractDescription:
    """One extract, as its ``extract.json`` describes it.

    Attributes:
        as_at: the instant at which the register was read, UTC, whole milliseconds.
        statement: whether a statement of open plans was asked for; ``None`` if not said.
        rows: how many rows a table has, where the council says so, to tell a cut-off file.
    """

    authority: GssCode
    as_at: datetime
    full: bool
    extract_id: str
    statement: bool | None
    rows: Mapping[str, int]

    @property
    def day(self) -> date:
        """The day, in London, of which the extract speaks."""
        return self.as_at.astimezone(LONDON).date()

    @property
    def revision(self) -> int:
        """The revision of every fact in it: ``as_at`` in milliseconds since 1970."""
        return round(self.as_at.timestamp() * 1000)


def describe(text: str, *, place: str, started_at: datetime) -> ExtractDescription:
    """Answer what the text of an ``extract.json`` says.

    Args:
        text: the file's text.
        place: the folder's name, for messages.
        started_at: when the run began; an ``as_at`` later than this by more than five minutes
            is refused.

    Raises:
        ConfigurationError: something in it is missing, unknown or not as expected; it is named.
    """
    told = _object(text, place)
    _check_keys(told, place)
    authority = _authority(told["authority"], place)
    as_at = _as_at(told["as_at"], place, started_at)
    full = _boolean(told["full"], "full", place)
    kind = "full" if full else "changes"
    derived = f"{authority.reveal()}-{as_at:%Y%m%dT%H%M%S}{as_at.microsecond // 1000:03d}Z-{kind}"
    statement = told.get("statement")
    if statement is not None:
        statement = _boolean(statement, "statement", place)
    if full and statement is False:
        raise ConfigurationError(
            f"{place}/extract.json: statement is false, but a full extract always states which "
            "plans are open; leave the key out."
        )
    return ExtractDescription(
        authority=authority,
        as_at=as_at,
        full=full,
        extract_id=_extract_id(told.get("extract_id", derived), place),
        statement=statement,
        rows=_rows(told.get("rows", {}), place),
    )


def _object(text: str, place: str) -> dict[str, object]:
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _ in pairs]
        if len(keys) != len(set(keys)):
            raise ConfigurationError(f"{place}/extract.json: a key is given twice; once is right.")
        return dict(pairs)

    try:
        told = json.loads(text, object_pairs_hook=once)
    except ValueError:
        raise ConfigurationError(f"{place}/extract.json is not JSON; see its schema.") from None
    if not isinstance(told, dict):
        raise ConfigurationError(f"{place}/extract.json must be one JSON object; see its schema.")
    return told


def _check_keys(told: Mapping[str, object], place: str) -> None:
    unknown = sorted(set(told) - set(KEYS))
    if unknown:
        raise ConfigurationError(
            f"{place}/extract.json: unknown key {', '.join(unknown)}; known: {', '.join(KEYS)}."
        )
    missing = [key for key in REQUIRED_KEYS if key not in told]
    if missing:
        raise ConfigurationError(f"{place}/extract.json: {', '.join(missing)} is missing.")


def _authority(value: object, place: str) -> GssCode:
    expected = "authority must be the GSS code of the council, such as E08000035"
    if not isinstance(value, str):
        raise ConfigurationError(f"{place}/extract.json: {expected}.")
    try:
        code = GssCode.parse(value)
    except InvalidIdentifier as invalid:
        raise ConfigurationError(f"{place}/extract.json: {expected}; {invalid}") from None
    if code.is_district:
        raise ConfigurationError(
            f"{place}/extract.json: {expected}; a district has no children's services."
        )
    return code


def _as_at(value: object, place: str, started_at: datetime) -> datetime:
    expected = "as_at must be an ISO 8601 date and time with its offset"
    try:
        as_at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        as_at = None
    if as_at is None or as_at.year < YEAR_MIN:
        raise ConfigurationError(f"{place}/extract.json: {expected}, 2026-11-22T02:00:00+00:00.")
    if as_at.tzinfo is None:
        raise ConfigurationError(f"{place}/extract.json: {expected}; the offset is missing.")
    if as_at.timestamp() > (started_at + FUTURE_MAX).timestamp():
        raise ConfigurationError(
            f"{place}/extract.json: as_at is in the future, by more than the five minutes that "
            "two clocks may differ."
        )
    as_at = as_at.replace(microsecond=as_at.microsecond // 1000 * 1000)
    return as_at.astimezone(UTC)


def _boolean(value: object, key: str, place: str) -> bool:
    if not isinstance(value, bool):
        raise ConfigurationError(f"{place}/extract.json: {key} must be true or false.")
    return value


def _extract_id(value: object, place: str) -> str:
    if not isinstance(value, str) or not _EXTRACT_ID.fullmatch(value):
        raise ConfigurationError(
            f"{place}/extract.json: extract_id must be 1 to 100 letters, digits and . _ : -"
        )
    return value


def _rows(value: object, place: str) -> dict[str, int]:
    expected = "rows must say for each table, by its name, how many rows it has"
    if not isinstance(value, dict):
        raise ConfigurationError(f"{place}/extract.json: {expected}.")
    unknown = sorted(set(value) - set(TABLE_BY_NAME))
    if unknown:
        raise ConfigurationError(
            f"{place}/extract.json: {expected}; unknown table {', '.join(unknown)}."
        )
    for count in value.values():
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise ConfigurationError(f"{place}/extract.json: {expected}, from 0.")
    return dict(value)
