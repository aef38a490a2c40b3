"""`hub identity report` and `hub identity export-unmatched`: how an authority's records match."""

import csv
import getpass
import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from hub.core.disclosure import Role
from hub.core.identifiers import GssCode
from hub.core.match_counts import plain_counts
from hub.core.match_report import RATE_AIMED_AT, AgencyMatch, Reason, Standing
from hub.core.match_rows import match_rows
from hub.core.policy import Policies
from hub.errors import ConfigurationError, InvalidIdentifier
from hub.service.asker import Asker
from hub.service.match_exporting import Exported, MatchExporting
from hub.service.match_reporting import KeptReport, MatchReporting
from hub.settings import load_settings

Authority = Annotated[str, typer.Argument(help="The authority, by its GSS code.")]

_CODE_LIKE: Final = re.compile(r"[A-Za-z][0-9]{1,12}")
"""Only what is like a code is told again: by mistake a name may be typed, and errors are kept."""
KNOWN_SHOWN: Final = 10

STANDING_WORDS: Final = {
    Standing.VERIFIED: "NHS number traced",
    Standing.NUMBERED: "NHS number told, not known to be traced",
    Standing.JOINED: "no NHS number, known to another agency too",
    Standing.MANY: "claimed by several children",
    Standing.POSSIBLE: "possibly another child: a person is asked",
    Standing.ALONE: "nobody alike known",
    Standing.WAITING: "told by a school only, waits",
}


def report(
    authority: Authority,
    *,
    in_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    in_csv: Annotated[bool, typer.Option("--csv", help="Print the report as CSV.")] = False,
) -> None:
    """Count how many of an authority's records are matched, and why the others are not.

    Counts alone: nothing of anybody is printed. The report is kept as that of this week.
    """
    if in_json and in_csv:
        raise ConfigurationError("--json and --csv: one of them was expected.")
    from hub.bootstrap import Hub  # noqa: PLC0415  # keeps --help fast

    code, hub = _code(authority), Hub(load_settings())
    try:
        _refuse_unknown(code, hub.surroundings.policies)
        reporting = MatchReporting(hub.surroundings, hub.match_reports)
        with _Bar() as bar:
            made = reporting.make(_operator(), code, bar.show)
    finally:
        hub.close()
    if in_json:
        typer.echo(json.dumps(_as_json(made)))
    elif in_csv:
        typer.echo(_as_csv(made), nl=False)
    else:
        typer.echo("\n".join(_in_words(made)))


def export_unmatched(
    authority: Authority,
    out: Annotated[Path, typer.Option("--out", help="The file to write; it must not exist.")],
) -> None:
    """Write an authority's own records without a traced NHS number, as DfE's matcher reads them.

    The file holds people: only you can read it. It appears when it is whole, and is audited.
    """
    from hub.adapters.new_file import write_new_csv  # noqa: PLC0415  # keeps --help fast
    from hub.bootstrap import Hub  # noqa: PLC0415  # as above

    code, hub = _code(authority), Hub(load_settings())
    exported, operator = Exported(), _operator()
    try:
        _refuse_unknown(code, hub.surroundings.policies)
        record_ref = hub.keys.events.record_ref
        exporting = MatchExporting(hub.surroundings, hub.match_reports, record_ref)
        write_new_csv(
            out,
            exporting.rows(code, exported),
            before_shown=lambda: exporting.audit(operator, code, exported),
        )
    finally:
        hub.close()
    typer.echo("\n".join(_exported_in_words(exported)))


class _Bar:
    """Shows on standard error how many records were gone through, where that is a terminal."""

    def __init__(self) -> None:
        self._progress = Progress(
            *(TextColumn("records"), BarColumn(), MofNCompleteColumn()),
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._task = self._progress.add_task("", total=None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, done: int, total: int) -> None:
        """Show that so many of so many are gone through."""
        self._progress.update(self._task, completed=done, total=total)


def _code(authority: str) -> GssCode:
    try:
        return GssCode.parse(authority)
    except InvalidIdentifier as error:
        typed = repr(authority) if _CODE_LIKE.fullmatch(authority) else "What was typed"
        raise ConfigurationError(
            f"{typed} is no GSS code of an authority: {error} One such as E08000032 was expected."
        ) from None


def _refuse_unknown(code: GssCode, policies: Policies) -> None:
    """Refuse an authority that the hub has no policy of: nobody would see its report."""
    if code in policies.authorities:
        return
    known = sorted(one.reveal() for one in policies.authorities)
    more = f" or one of {len(known) - KNOWN_SHOWN} more" if len(known) > KNOWN_SHOWN else ""
    raise ConfigurationError(
        f"{code.reveal()} is an authority that has no policy here; {', '.join(known[:KNOWN_SHOWN])}"
        f"{more} was expected ('hub policy' checks the files)."
    )


def _operator() -> Asker:
    return Asker(
        user_id=f"command line, {getpass.getuser()}", role=Role.HUB_OPERATOR, organisation="HUB"
    )


def _as_json(made: KeptReport) -> dict[str, object]:
    return {
        "authority": made.report.authority.reveal(),
        "week": made.week.isoformat(),
        "made_at": made.made_at.isoformat(),
        "rate": made.report.own.rate,
        "rate_aimed_at": RATE_AIMED_AT,
        **plain_counts(made.report),
    }


def _as_csv(made: KeptReport) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(match_rows((made.report.own, *made.report.others)))
    return written.getvalue()


def _in_words(made: KeptReport) -> Iterator[str]:
    own = made.report.own
    yield f"{made.report.authority.reveal()}, made {made.made_at:%Y-%m-%d %H:%M} UTC"
    yield from _agency(own, "own records")
    for one in made.report.others:
        yield ""
        yield from _agency(one, "records of children told to live there")
    if made.report.left_out:
        yield ""
        yield "Identifiers of its own reports that are not valid and were left out, times told:"
        yield from (f"  {count:>9,}  {what}" for what, count in made.report.left_out.items())


def _agency(one: AgencyMatch, what: str) -> Iterator[str]:
    rate = "no rate" if one.rate is None else f"{one.rate:.1%} with a traced NHS number"
    told = what if one.records != 1 else what.replace("records", "record", 1)
    yield f"{one.agency}: {one.records:,} {told}, {rate} (aimed at: {RATE_AIMED_AT:.0%})"
    for standing in Standing:
        if one.standings.get(standing):
            yield f"  {one.standings[standing]:>9,}  {STANDING_WORDS[standing]}"
    yield f"  {one.with_others:>9,}  of all these known to another agency too"
    reasons = [(one.reasons[reason], reason.value) for reason in Reason if one.reasons.get(reason)]
    if reasons:
        yield "  why no traced number; one record may have several reasons:"
        yield from (f"  {count:>9,}  {why.replace('_', ' ')}" for count, why in reasons)


def _exported_in_words(exported: Exported) -> Iterator[str]:
    counts = exported.counts
    yield f"{_rows(counts['rows'])} written, of {_records(counts['records'])} of the authority"
    yield f"{_rows(counts['without_source_id'])} without SourceID: what was told does not hold it"
    yield f"{_rows(counts['without_postcode'])} without PostCode"
    for why, count in sorted(exported.left_out.items()):
        yield f"{count:,} left out: {why.value.replace('_', ' ')}"


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


def _records(count: int) -> str:
    return f"{count:,} record{'' if count == 1 else 's'}"
