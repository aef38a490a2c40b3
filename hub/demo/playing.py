"""Plays the day of the town that the hub holds: hospitals over MLLP, all others by their files."""

import threading
from collections.abc import Mapping
from datetime import date
from typing import Final

from hub.demo import commands_of
from hub.demo.agencies import HOSPITALS, agency_of, mllp_port
from hub.demo.day import plan_day
from hub.demo.deliveries import Delivery
from hub.demo.home import DemoHome
from hub.demo.mllp_sender import MllpSender
from hub.demo.player import Player, SendMessage
from hub.demo.processes import Processes
from hub.demo.story import Town
from hub.settings import LOOPBACK

NOTHING_READ_EXIT: Final = 4
"""With this a connector ends that found no record, as in a force's export of a quiet evening."""


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

    def read(delivery: Delivery) -> None:
        read_delivery(processes, delivery)

    player = Player(
        plan=plan_day(home.sources, town, day),
        speed=speed,
        senders=_senders(first_port, stopping),
        hand_over=read,
        remember=home.remember_played,
        stopping=stopping,
    )
    return player.play()


def read_delivery(processes: Processes, delivery: Delivery) -> None:
    """Have the agency's connector read what was handed over, to its end.

    Raises:
        HubError: it was not read to its end.
    """
    command = commands_of.read_delivery(agency_of(delivery.agency), delivery.path)
    name = f"{delivery.feed}-{delivery.agency}"
    processes.run(name, command, also_well=(NOTHING_READ_EXIT,))


def _senders(first_port: int, stopping: threading.Event) -> Mapping[str, SendMessage]:
    def sender(port: int) -> SendMessage:
        connection = MllpSender(LOOPBACK, port, go_on=lambda: not stopping.is_set())
        return lambda message: connection.send(message.content)

    return {agency.code: sender(mllp_port(agency, first_port)) for agency in HOSPITALS}
