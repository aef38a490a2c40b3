"""Plays the day of the town that the hub holds: hospitals over MLLP, councils by their folders."""

import threading
from collections.abc import Mapping
from datetime import date

from hub.demo import commands_of
from hub.demo.agencies import HOSPITALS, mllp_port
from hub.demo.day import Extract, plan_day
from hub.demo.home import DemoHome
from hub.demo.mllp_sender import MllpSender
from hub.demo.player import Player, SendMessage
from hub.demo.processes import Processes
from hub.demo.story import Town
from hub.settings import LOOPBACK


def play_day(  # noqa: PLR0913 - what a day is played with, all by name
    *,
    home: DemoHome,
    processes: Processes,
    town: Town,
    day: date,
    speed: float,
    first_port: int,
    stopping: threading.Event,
) -> bool:
    """Play a day through the connectors, which must be listening; answer whether to its end.

    Raises:
        HubError: an agency's connector did not take what it was given.
    """

    def read(extract: Extract) -> None:
        read_extract(home, processes, extract)

    player = Player(
        plan=plan_day(home.sources, town, day),
        speed=speed,
        senders=_senders(first_port, stopping),
        run_extract=read,
        remember=home.remember_played,
        stopping=stopping,
    )
    return player.play()


def read_extract(home: DemoHome, processes: Processes, extract: Extract) -> None:
    """Have the council's connector read an extract, to its end.

    Raises:
        HubError: it was not read to its end.
    """
    command = commands_of.read_extract(extract.council, home.sources / extract.folder.name)
    processes.run(f"register-{extract.council}", command)


def _senders(first_port: int, stopping: threading.Event) -> Mapping[str, SendMessage]:
    def sender(port: int) -> SendMessage:
        connection = MllpSender(LOOPBACK, port, go_on=lambda: not stopping.is_set())
        return lambda message: connection.send(message.content)

    return {agency.code: sender(mllp_port(agency, first_port)) for agency in HOSPITALS}
