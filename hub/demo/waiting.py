"""Whether the demo is ready: ports free before, reports decided and checks answered after."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hub.adapters.kafka import PositionReader
from hub.demo import commands_of
from hub.demo.agencies import FEEDS, HOSPITALS, mllp_port
from hub.demo.flow import FlowReader
from hub.demo.processes import Processes
from hub.errors import ServiceMissing
from hub.local.fault import PortInUseError
from hub.local.server import port_answers, port_is_free
from hub.settings import LOOPBACK, Settings
from hub.topics import report_topic

READY_SECONDS_MAX: Final = 90.0
TAKEN_SECONDS_MAX: Final = 240.0
LOOK_EVERY_SECONDS: Final = 0.3
TELL_EVERY_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """Waits for one demo, with a limit on every wait, and gives up when a process has ended."""

    settings: Settings
    processes: Processes
    first_port: int
    """Of the hospitals' listeners."""
    tell: Callable[[str], None]

    def require_free_ports(self) -> None:
        """Refuse before anything is started if another program listens where we would.

        Raises:
            PortInUseError: it names the port and the setting that changes it.
        """
        wanted = {commands_of.SERVE: (self.settings.http_port, "HUB_HTTP_PORT")}
        for agency in HOSPITALS:
            port = mllp_port(agency, self.first_port)
            wanted[commands_of.listener_name(agency)] = (port, "HUB_DEMO_MLLP_PORT")
        for state in self.processes.states(tuple(wanted)):
            port, setting = wanted[state.name]
            if state.pid is None and not port_is_free(port):
                raise PortInUseError(server=state.name, port=port, setting=setting)

    def until_taken(self, names: Sequence[str]) -> None:
        """Wait until every report that is on Kafka now has its row.

        Raises:
            ServiceMissing: that takes too long, or one of the named processes has ended.
        """
        wanted = _on_kafka(self.settings)
        reader = FlowReader(self.settings.database_url.get_secret_value())

        def missing() -> str:
            count = _undecided(wanted, reader)
            return f"{count} reports are not yet decided" if count else ""

        try:
            self._until(missing, TAKEN_SECONDS_MAX, names)
        finally:
            reader.close()

    def until_corrected(self, names: Sequence[str], *, answers: bool) -> None:
        """Wait until what was told about who is who has been worked out.

        Args:
            names: of the processes that must run.
            answers: until everybody who asked before is told too: half a minute and more.

        Raises:
            ServiceMissing: that takes too long, or one of the named processes has ended.
        """
        reader = FlowReader(self.settings.database_url.get_secret_value())

        def missing() -> str:
            count = reader.being_corrected(answers=answers)
            if answers and count:
                return "whoever asked before is told half a minute after a correction"
            return f"{count} corrections are not yet worked out" if count else ""

        try:
            self._until(missing, TAKEN_SECONDS_MAX, names)
        finally:
            reader.close()

    def until_ready(self, names: Sequence[str]) -> None:
        """Wait until the hospitals' listeners listen and checks can be answered.

        Raises:
            ServiceMissing: that takes too long, or one of the named processes has ended.
        """
        ports = [mllp_port(agency, self.first_port) for agency in HOSPITALS]

        def missing() -> str:
            deaf = [str(port) for port in ports if not port_answers(port)]
            if deaf:
                return f"nothing listens on {' and '.join(deaf)}"
            return readiness(f"http://{LOOPBACK}:{self.settings.http_port}")

        self._until(missing, READY_SECONDS_MAX, names)

    def _until(self, missing: Callable[[], str], seconds_max: float, names: Sequence[str]) -> None:
        """Wait until nothing is missing; ``missing`` answers what is, in words."""
        limit = time.monotonic() + seconds_max
        tell_at = time.monotonic() + TELL_EVERY_SECONDS
        while said := missing():
            for name in names:
                self.processes.require_running(name)
            now = time.monotonic()
            if now > limit:
                raise ServiceMissing(f"The demo is not ready after {seconds_max:.0f} s: {said}.")
            if now > tell_at:
                tell_at = now + TELL_EVERY_SECONDS
                self.tell(f"Waiting: {said}")
            time.sleep(LOOK_EVERY_SECONDS)


def undecided(settings: Settings) -> int:
    """Answer how many reports that are on Kafka now have no row yet.

    Raises:
        TransientFault: Kafka or the database does not answer.
    """
    reader = FlowReader(settings.database_url.get_secret_value())
    try:
        return _undecided(_on_kafka(settings), reader)
    finally:
        reader.close()


def _on_kafka(settings: Settings) -> Mapping[str, int]:
    positions = PositionReader(settings.kafka)
    return {
        topic: sum(end - first for first, end in positions.ends(topic).values())
        for topic in (report_topic(feed) for feed in FEEDS)
    }


def _undecided(wanted: Mapping[str, int], reader: FlowReader) -> int:
    taken = reader.reports_by_topic()
    return sum(max(0, count - taken.get(topic, 0)) for topic, count in wanted.items())


def readiness(address: str) -> str:
    """Answer in words why checks cannot be answered yet; empty once they can."""
    try:
        with urllib.request.urlopen(f"{address}/health/ready", timeout=5):  # noqa: S310 - our own address, http
            return ""
    except urllib.error.HTTPError as refused:
        with refused:
            return _why(refused)
    except OSError:
        return "the pages do not answer yet"


def _why(refused: urllib.error.HTTPError) -> str:
    try:
        parts = json.loads(refused.read())["parts"]
        return "; ".join(part["sentence"] for part in parts if not part["ready"])
    except (ValueError, KeyError):
        return f"the pages answer {refused.code}"
