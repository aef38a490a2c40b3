"""The demo's live view: the town's time, what flows, the newest alerts, the processes."""

from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from hub.core.report import Feed
from hub.demo.agencies import AGENCIES, VENDOR
from hub.demo.commands_of import PLAYER
from hub.demo.flow import FeedFlow, Flow
from hub.demo.home import PlayState
from hub.demo.places import COUNCILS
from hub.demo.processes import ProcessState

LONDON: Final = ZoneInfo("Europe/London")
NAMES: Final = {agency.code: agency.name for agency in AGENCIES}
SEVERITIES: Final = {"immediate": "bold red", "today": "yellow", "information": "cyan"}


def view(
    *, played: PlayState | None, flow: Flow | None, processes: Sequence[ProcessState], address: str
) -> RenderableType:
    """Answer the whole view; ``flow`` is None while the database does not answer."""
    parts: list[RenderableType] = [_head(played, address)]
    if flow is None:
        parts.append(Text("The database does not answer at the moment.", style="red"))
    else:
        parts += [_feeds(flow), _alerts(flow)]
    over = played is not None and played.done
    shown = [one for one in processes if not (over and one.name == PLAYER)]
    parts += [_processes(shown), Text("Ctrl-C stops everything.", style="dim")]
    return Group(*parts)


def how_the_day_stands(
    played: PlayState | None, *, is_played: bool, undecided: int | None, is_newest: bool, tool: str
) -> str:
    """Answer in words how far the day is and whether the printed table's answers hold now.

    Args:
        played: how far it is.
        is_played: whether the player runs.
        undecided: how many reports have no row yet; ``None`` if that cannot be said.
        is_newest: whether it is the last whole day.
        tool: how the command is called.
    """
    if played is None:
        return "The day has not begun."
    day = f"{played.day:%A %d %B %Y}"
    sent, planned = sum(played.sent.values()), sum(played.planned.values())
    if not played.done and is_played:
        return (
            f"{day} is being played, {sent} of {planned} sent; what the table says each check"
            " answers holds once it is over."
        )
    if not played.done:
        return (
            f"{day} was broken off after {sent} of {planned}; `{tool} demo up` plays it again,"
            " and what comes twice changes nothing."
        )
    if not is_newest:
        return (
            f"{day} is over, and the registers told on it grow old: checks may answer that they"
            f" cannot say. `{tool} demo up` plays the newest day."
        )
    if undecided != 0:
        return f"{day} is over; the table's answers hold once every report is decided."
    return (
        f"{day} is over: what the table says each check answers holds now"
        f" (`{tool} demo questions` prints it again)."
    )


def in_one_line(played: PlayState | None, flow: Flow | None) -> str:
    """Answer the view in one line, where the output is not a terminal."""
    when = _clock(played) if played else "not begun"
    if flow is None:
        return f"{when}: the database does not answer at the moment"
    reports = sum(feed.reports for feed in flow.feeds)
    events = sum(feed.events for feed in flow.feeds)
    standing, withdrawn = flow.alerts.get("standing", 0), flow.alerts.get("withdrawn", 0)
    return (
        f"{when}: {reports} reports, {events} events, {standing} alerts standing, "
        f"{withdrawn} withdrawn"
    )


def _head(played: PlayState | None, address: str) -> RenderableType:
    head = Table.grid(padding=(0, 2))
    if played is None:
        head.add_row(Text("The day has not begun."), Text(address, style="bold"))
        return head
    sent, planned = sum(played.sent.values()), sum(played.planned.values())
    bar = ProgressBar(total=max(planned, 1), completed=sent, width=30)
    words = f"{sent} of {planned} sent" + (", the day is over" if played.done else "")
    head.add_row(Text(_clock(played), style="bold"), bar, Text(words), Text(address, style="bold"))
    if played.remark:
        head.add_row(Text(played.remark, style="red"))
    return head


def _clock(played: PlayState) -> str:
    return f"{played.at.astimezone(LONDON):%A %d %B %Y, %H:%M}"


def _feeds(flow: Flow) -> Table:
    table = Table(title="Reports", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("agency", min_width=28)
    for heading in ("reports", "parked", "events", "refused"):
        table.add_column(heading, justify="right")
    table.add_column("last")
    for feed in _by_vendor(flow.feeds):
        last = feed.last_received_at
        table.add_row(
            NAMES.get(feed.agency, feed.agency),
            str(feed.reports),
            str(feed.parked),
            str(feed.events),
            str(feed.refused),
            f"{last.astimezone(LONDON):%H:%M:%S}" if last else "",
        )
    return table


def _by_vendor(feeds: Sequence[FeedFlow]) -> Sequence[FeedFlow]:
    """Answer the feeds with all schools in one row, for two dozen would fill the screen."""
    schools = [one for one in feeds if one.feed == Feed.SCHOOLS]
    others = [one for one in feeds if one.feed != Feed.SCHOOLS]
    if not schools:
        return others
    together = FeedFlow(
        agency=VENDOR.code,
        feed=VENDOR.feed,
        reports=sum(one.reports for one in schools),
        parked=sum(one.parked for one in schools),
        events=sum(one.events for one in schools),
        refused=sum(one.refused for one in schools),
        last_received_at=max(
            (one.last_received_at for one in schools if one.last_received_at), default=None
        ),
    )
    return [*others, together]


def _alerts(flow: Flow) -> Table:
    counts = ", ".join(f"{count} {state}" for state, count in sorted(flow.alerts.items()))
    table = Table(
        title=f"Alerts: {counts or 'none yet'}",
        title_justify="left",
        box=SIMPLE_HEAD,
    )
    table.add_column("to", no_wrap=True)
    table.add_column("what", no_wrap=True)
    table.add_column("why", overflow="fold")
    for alert in flow.newest:
        style = SEVERITIES.get(alert.severity, "") if alert.state == "standing" else "dim strike"
        word = alert.severity if alert.state == "standing" else alert.state
        to = COUNCILS.get(alert.owner, alert.owner or "hub")
        table.add_row(to, Text(word, style=style), Text(alert.sentence, style=style))
    return table


def _processes(processes: Sequence[ProcessState]) -> Text:
    text = Text("Processes: ")
    for number, process in enumerate(processes):
        text.append(", " if number else "")
        text.append(process.name, style="green" if process.pid else "bold red")
        text.append(f" {process.pid}" if process.pid else " ended")
    return text
