"""Reads a council's extracts from disk and yields readings: slices of events, then the statement.

The only part of the connector that touches files, with ``loading``, ``csv_rows`` and ``staging``.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from connectors.contract import ConnectorContext, Reading
from connectors.social_care.extract import DESCRIPTION_FILE, ExtractDescription, describe
from connectors.social_care.findings import Findings
from connectors.social_care.loading import Found, Loader, find_tables
from connectors.social_care.mapping import Mapped, map_person
from connectors.social_care.people import Terms
from connectors.social_care.slices import SliceCounts, event_slices, statement_slices
from connectors.social_care.staging import Staging
from connectors.social_care.tables import OPEN_PLANS, PersonFile
from hub.core.report import Feed
from hub.errors import ConfigurationError

DESCRIPTION_BYTES_MAX: Final = 64 * 1024


class SocialCareConnector:
    """Reads one extract, or a folder of extracts in the order of their ``as_at``."""

    feed: Feed = Feed.SOCIAL_CARE

    def read(self, path: Path, context: ConnectorContext) -> Iterator[Reading]:
        """Yield the readings of each extract; every ``extract.json`` is checked before the first.

        Raises:
            ConfigurationError: there is no extract, or one cannot be used as a whole.
        """
        if context.mapping_path is not None:
            raise ConfigurationError(
                "The social care connector has no mapping file: an extract has the dataset's own"
                " column names. Leave it out."
            )
        extracts = [(folder, _described(folder, context)) for folder in _folders(path)]
        _check_order(extracts)
        extracts.sort(key=lambda extract: extract[1].as_at)
        found = [(find_tables(folder, described), described) for folder, described in extracts]
        return (
            reading
            for files, described in found
            for reading in _read_extract(files, described, context)
        )


def _folders(path: Path) -> list[Path]:
    if not path.is_dir():
        raise ConfigurationError(f"{path.name} is not a folder; a folder with an extract is read.")
    if (path / DESCRIPTION_FILE).is_file():
        return [path]
    folders = [one for one in sorted(path.iterdir()) if (one / DESCRIPTION_FILE).is_file()]
    if not folders:
        raise ConfigurationError(
            f"{path.name} has no {DESCRIPTION_FILE}, and no folder in it has one: an extract is"
            f" its tables and an {DESCRIPTION_FILE}, written last."
        )
    return folders


def _described(folder: Path, context: ConnectorContext) -> ExtractDescription:
    file = folder / DESCRIPTION_FILE
    if file.stat().st_size > DESCRIPTION_BYTES_MAX:
        raise ConfigurationError(
            f"{folder.name}/{DESCRIPTION_FILE} is larger than {DESCRIPTION_BYTES_MAX} bytes."
        )
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{folder.name}/{DESCRIPTION_FILE} must be UTF-8.") from None
    described = describe(text, place=folder.name, started_at=context.started_at)
    if context.agency is not None and described.authority.reveal() != context.agency:
        raise ConfigurationError(
            f"{folder.name}/{DESCRIPTION_FILE} is of authority {described.authority.reveal()};"
            f" {context.agency} was expected, whose reports these are to be."
        )
    return described


def _check_order(extracts: list[tuple[Path, ExtractDescription]]) -> None:
    """Two extracts of one instant would each claim to be the register as it then was."""
    seen: dict[object, str] = {}
    for folder, described in extracts:
        other = seen.setdefault((described.authority, described.as_at), folder.name)
        if other != folder.name:
            raise ConfigurationError(
                f"{other} and {folder.name} have the same as_at; each extract has its own."
            )


def _read_extract(
    files: Found, described: ExtractDescription, context: ConnectorContext
) -> Iterator[Reading]:
    """Map everyone twice: once to count, for each slice says how many there are, once to send."""
    with Staging() as staging:
        loader = Loader(staging, context.started_at)
        loader.load(files, described)
        terms = Terms(
            authority=described.authority,
            as_at=described.as_at,
            day=described.day,
            revision=described.revision,
            started_at=context.started_at,
            test_numbers=context.test_numbers,
            workers=loader.workers,
            teams=loader.teams,
        )
        stated_by_file = OPEN_PLANS.name in files.tables
        counts = _count(staging, loader, terms, state_open=described.full and not stated_by_file)
        events = (event for file in staging.files() for event in _map_or_refuse(file, terms).events)
        yield from event_slices(events, counts, described)
        if described.full or stated_by_file:
            yield from statement_slices(staging.open_plans(), staging.open_count(), described)


def _count(staging: Staging, loader: Loader, terms: Terms, *, state_open: bool) -> SliceCounts:
    events = 0
    for file in staging.files():
        mapped = _map_or_refuse(file, terms)
        events += len(mapped.events)
        loader.findings.add_all(mapped.findings)
        if state_open:
            staging.state_open(mapped.open_plans)
    return SliceCounts(events=events, rows=loader.register_rows, findings=loader.findings)


def _map_or_refuse(file: PersonFile, terms: Terms) -> Mapped:
    """Answer what became of one person; a bug of ours costs this person only.

    It refuses the person's rows by the kind of the bug, for its message may repeat what stood in
    them, and the register is then incomplete: nothing is closed, and no check says "no plan".
    """
    try:
        return map_person(file, terms)
    except Exception as bug:  # noqa: BLE001  # whichever it is: it is named, counted and shown
        findings = Findings(terms.started_at)
        for row in (*file.plans, *file.episodes, *file.in_need, *file.deletions):
            findings.bug(row, type(bug).__name__)
        return Mapped(events=(), open_plans=(), findings=findings)
