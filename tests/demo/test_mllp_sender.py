"""The hospital's sender against the connector's own listener: in order, until it is accepted."""

import asyncio
import threading
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from connectors.contract import ConnectorContext
from connectors.health import connector
from hub.demo.day import day_messages
from hub.demo.mllp_sender import MllpSender, NotAccepted, acknowledgement_code
from hub.demo.town import build_town

DAY = date(2026, 11, 21)
MAPPINGS = Path(__file__).parents[2] / "deploy" / "demo"


@pytest.fixture(scope="module")
def messages():
    return day_messages(build_town(seed=2009, anchor=DAY, children=60), DAY)


class RunningListener:
    """The health connector's listener on a free port, in a thread with a loop of its own."""

    def __init__(self, trust, handle):
        self.readings = []
        self._handle = handle
        self._mapping = MAPPINGS / f"{trust}.toml"
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self):
        self._thread.start()
        self._listener = self._run(self._listen())
        self.port = self._listener.port
        return self

    def __exit__(self, *_):
        self._run(self._listener.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, awaitable):
        return asyncio.run_coroutine_threadsafe(awaitable, self._loop).result(20)

    async def _listen(self):
        context = ConnectorContext(
            started_at=datetime(2026, 11, 22, tzinfo=UTC),
            mapping_path=self._mapping,
            test_numbers=True,
        )

        async def take(reading):
            safe = self._handle(len(self.readings))
            if safe:
                self.readings.append(reading)
            return safe

        return await connector.listen("127.0.0.1", 0, context, take)


@pytest.mark.parametrize("trust", ["RAE", "RR8"])
def test_a_trusts_whole_day_is_accepted_over_one_connection_in_order(messages, trust):
    own = [message for message in messages if message.trust == trust]
    with RunningListener(trust, lambda _: True) as listener:
        with MllpSender("127.0.0.1", listener.port) as sender:
            codes = {sender.send(message.content).code for message in own}
        assert codes == {"AA"}
        read = [reading.reference for reading in listener.readings]
    assert read == [f"control id {message.control_id}" for message in own]


def test_a_message_that_is_not_safe_yet_is_sent_again(messages):
    refusals = iter([False, False])
    with (
        RunningListener("RAE", lambda _: next(refusals, True)) as listener,
        MllpSender("127.0.0.1", listener.port) as sender,
    ):
        first = next(message for message in messages if message.trust == "RAE")
        sent = sender.send(first.content)
        assert sent.attempts == 3
        assert len(listener.readings) == 1


def test_a_listener_that_is_not_there_yet_is_waited_for(messages):
    first = next(message for message in messages if message.trust == "RAE")
    with RunningListener("RAE", lambda _: True) as gone:
        port = gone.port
    began = time.monotonic()
    with (
        MllpSender("127.0.0.1", port, persist_seconds_max=1.0) as sender,
        pytest.raises(NotAccepted, match="did not accept"),
    ):
        sender.send(first.content)
    assert time.monotonic() - began > 1.0


def test_a_sender_that_is_told_to_stop_gives_up_at_once(messages):
    with (
        RunningListener("RAE", lambda _: False) as listener,
        MllpSender("127.0.0.1", listener.port, go_on=lambda: False) as sender,
        pytest.raises(NotAccepted),
    ):
        sender.send(messages[0].content)


def test_what_is_no_message_is_rejected_and_not_sent_again():
    with (
        RunningListener("RAE", lambda _: True) as listener,
        MllpSender("127.0.0.1", listener.port) as sender,
        pytest.raises(NotAccepted, match="rejected"),
    ):
        sender.send(b"not a message\r")


def test_no_fault_of_sending_names_what_was_sent(messages):
    with MllpSender("127.0.0.1", 9, persist_seconds_max=0.0) as sender:
        with pytest.raises(NotAccepted) as raised:
            sender.send(messages[0].content)
        assert not {"PID", "MSH", "999"} & set(str(raised.value).split())


def test_the_code_of_an_acknowledgement_is_read():
    assert acknowledgement_code(b"\x0bMSH|^~\\&|\rMSA|AE|17\r\x1c\r") == "AE"
    assert acknowledgement_code(b"\x0bMSH|^~\\&|\r\x1c\r") == ""
