"""The ``hub`` commands that the demo runs, as one would type them."""

from collections.abc import Mapping
from pathlib import Path

from hub.core.report import Feed
from hub.demo.agencies import FEEDS, FORCE, HOSPITALS, VENDOR, Agency, mllp_address
from hub.demo.processes import HubProcess

SERVE = "serve"
PLAYER = "player"
TIMEKEEPER = "timekeeper"
CONNECTORS: Mapping[Feed, str] = {
    Feed.SOCIAL_CARE: "register",
    Feed.POLICE: "exports",
    Feed.SCHOOLS: "registers",
}
"""What each agency calls the connector that reads its files."""


def worker(feed: Feed) -> HubProcess:
    """Answer the worker of a feed."""
    return HubProcess(name=f"worker-{feed}", arguments=("worker", "--feed", feed.value))


def serve() -> HubProcess:
    """Answer the process behind the pages."""
    return HubProcess(name=SERVE, arguments=("serve",))


def timekeeper() -> HubProcess:
    """Answer the process that fires what is due and delivers what waits."""
    return HubProcess(name=TIMEKEEPER, arguments=("timekeeper",))


def listener(agency: Agency, first_port: int) -> HubProcess:
    """Answer a hospital's connector, which listens for its messages."""
    address = mllp_address(agency, first_port)
    return HubProcess(
        name=listener_name(agency),
        arguments=(*connector(agency), "--mllp", address, "--connector", "mllp"),
    )


def listener_name(agency: Agency) -> str:
    """Answer the name of a hospital's listening process."""
    return f"listener-{agency.code}"


def player(speed: float, first_port: int) -> HubProcess:
    """Answer the process that plays the town's agencies."""
    arguments = ("demo", "play", "--speed", f"{speed:g}", "--mllp-port", str(first_port))
    return HubProcess(name=PLAYER, arguments=arguments)


def with_history() -> tuple[str, ...]:
    """Answer the codes of the agencies whose past is loaded; a council's is in its register."""
    return (*(agency.code for agency in HOSPITALS), VENDOR.code, FORCE.code)


def read_history(agency: Agency, path: Path) -> tuple[str, ...]:
    """Answer the command that loads an agency's history."""
    return (*connector(agency), "--from", str(path), "--backfill", "--connector", "history")


def read_delivery(agency: Agency, path: Path) -> tuple[str, ...]:
    """Answer the command that reads what an agency has handed over."""
    named = agency.reader or CONNECTORS[agency.feed]
    return (*connector(agency), "--from", str(path), "--connector", named)


def connector(agency: Agency) -> tuple[str, ...]:
    """Answer the beginning of every command that runs an agency's connector."""
    mapping = ("--mapping", str(agency.mapping)) if agency.mapping else ()
    own: tuple[str, ...] = ("--publisher", agency.publisher)
    if agency.feed is not Feed.SCHOOLS:  # a vendor's files name the school of each register
        own = (*own, "--agency", agency.code)
    return ("connector", "run", agency.reader or agency.feed.value, *own, *mapping)


def names_to_stop() -> tuple[str, ...]:
    """Answer every process in the order in which they are stopped: sources first."""
    return (
        PLAYER,
        *(listener_name(agency) for agency in HOSPITALS),
        SERVE,
        TIMEKEEPER,
        *names_of_workers(),
    )


def names_of_workers() -> tuple[str, ...]:
    """Answer the workers, one for each feed."""
    return tuple(worker(feed).name for feed in FEEDS)


def names_to_watch() -> tuple[str, ...]:
    """Answer the processes that must run as long as the demo does; the player ends by itself."""
    return tuple(name for name in names_to_stop() if name != PLAYER)
