"""The MLLP listener, spoken to by a real client over TCP."""

import asyncio
import logging
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace

import pytest

from connectors.health import connector
from connectors.health.framing import END, START
from connectors.health.mllp import Limits, Listener
from tests.connectors.health.messages import CONTEXT, YORK, a_message, faults

WAIT = 5


class Client:
    """A hospital's sender."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    async def send(self, content, *, framed=True):
        body = content.encode() if isinstance(content, str) else content
        self.writer.write(START + body + END if framed else body)
        await self.writer.drain()

    async def answer(self):
        frame = await asyncio.wait_for(self.reader.readuntil(END), WAIT)
        assert frame.startswith(START)
        msa = frame[1 : -len(END)].decode().rstrip("\r").split("\r")[1].split("|")
        return msa[1], msa[2]

    async def ask(self, content):
        await self.send(content)
        return await self.answer()

    async def is_closed(self):
        try:
            return await asyncio.wait_for(self.reader.read(), WAIT) == b""
        except ConnectionError:
            return True


class Taken:
    """What the listener handed on; answers as it is told to."""

    def __init__(self, *, answer=True):
        self.readings = []
        self.answer = answer

    async def __call__(self, reading):
        self.readings.append(reading)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@asynccontextmanager
async def a_listener(handle, mapping=YORK, context=CONTEXT, **limits):
    listener = await Listener.start(
        host="127.0.0.1",
        port=0,
        mapping=mapping,
        context=context,
        handle=handle,
        limits=Limits(**limits),
    )
    try:
        yield listener
    finally:
        await listener.stop()


@asynccontextmanager
async def a_client(listener, address="127.0.0.1"):
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", listener.port, local_addr=(address, 0)
    )
    try:
        yield Client(reader, writer)
    finally:
        writer.close()


def with_client(talk, handle=None, **options):
    """Run a conversation of one client, and answer what the listener handed on."""
    taken = handle or Taken()

    async def run():
        async with a_listener(taken, **options) as listener, a_client(listener) as client:
            await talk(client)

    asyncio.run(run())
    return taken


def test_a_message_is_answered_aa_once_it_is_safe():
    async def talk(client):
        assert await client.ask(a_message()) == ("AA", "MSG0001")

    (reading,) = with_client(talk).readings
    assert reading.events[0].source_key == "RCB|VISITID|V1001"


def test_the_answer_comes_only_after_the_reading_is_safe():
    safe = asyncio.Event()

    async def handle(_reading):
        await safe.wait()
        return True

    async def talk(client):
        await client.send(a_message())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.reader.read(1), 0.2)
        safe.set()
        assert await client.answer() == ("AA", "MSG0001")

    with_client(talk, handle)


def test_a_message_that_is_not_safe_is_answered_ae_and_taken_when_it_is_sent_again():
    taken = Taken(answer=False)

    async def talk(client):
        assert await client.ask(a_message()) == ("AE", "MSG0001")
        taken.answer = True
        assert await client.ask(a_message()) == ("AA", "MSG0001")

    with_client(talk, taken)
    first, again = taken.readings
    assert first.events == again.events


def test_a_handler_that_fails_is_answered_ae_and_logged_without_content(caplog):
    async def talk(client):
        assert await client.ask(a_message()) == ("AE", "MSG0001")
        assert await client.ask(a_message()) == ("AE", "MSG0001")

    with caplog.at_level(logging.DEBUG, logger="connectors.health"):
        with_client(talk, Taken(answer=RuntimeError("ARKWRIGHT")))
    assert "RuntimeError" in caplog.text
    assert "ARKWRIGHT" not in caplog.text


def test_a_handler_that_does_not_come_back_is_answered_ae_and_not_broken_off():
    finished = []

    async def handle(reading):
        await asyncio.sleep(0.4)
        finished.append(reading)
        return True

    async def talk(client):
        assert (await client.ask(a_message()))[0] == "AE"

    with_client(talk, handle, answer_seconds_max=0.1)
    assert len(finished) == 1


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (a_message(pv1={19: ""}), "PV1-19"),
        (a_message(msh={11: "T"}), "MSH-11"),
        (a_message(without=("PID",)), "PID"),
    ],
)
def test_content_that_cannot_be_used_is_aa_after_its_refusal_is_handed_on(message, field):
    async def talk(client):
        assert await client.ask(message) == ("AA", "MSG0001")

    (reading,) = with_client(talk).readings
    assert [refusal.field for refusal in reading.refusals] == [field]


def test_a_refusal_that_is_not_safe_is_ae():
    async def talk(client):
        assert (await client.ask(a_message(pv1={19: ""})))[0] == "AE"

    with_client(talk, Taken(answer=False))


def test_messages_that_are_left_out_are_aa():
    async def talk(client):
        assert (await client.ask(a_message("A06")))[0] == "AA"

    (reading,) = with_client(talk).readings
    assert reading.dropped[0].reason == "trigger_A06_not_handled"


def test_a_message_without_a_control_id_is_taken_and_named_as_a_fault_of_the_feed():
    async def talk(client):
        assert await client.ask(a_message(msh={10: ""})) == ("AA", "")

    (reading,) = with_client(talk).readings
    assert len(reading.events) == 1
    assert faults(reading) == {"message_without_control_id": "MSH-10"}


def test_a_message_without_a_type_is_known_by_its_event_segment():
    async def talk(client):
        assert await client.ask(a_message(msh={9: ""}, evn={1: "A04"})) == ("AA", "MSG0001")

    (reading,) = with_client(talk).readings
    assert len(reading.events) == 1


@pytest.mark.parametrize("control_id", ["", "MSG0001"])
def test_a_message_that_says_nowhere_what_it_is_is_refused_and_blocks_no_queue(control_id):
    async def talk(client):
        assert await client.ask(a_message(msh={9: "", 10: control_id})) == ("AA", control_id)

    (reading,) = with_client(talk).readings
    assert (reading.events, [one.field for one in reading.refusals]) == ((), ["MSH-9"])


@pytest.mark.parametrize("content", ["junk", "", "FHS|^~\\&|", "MSH", "PID|1"])
def test_only_an_unreadable_header_is_ar_and_the_connection_goes_on(content):
    async def talk(client):
        assert await client.ask(content) == ("AR", "")
        assert (await client.ask(a_message()))[0] == "AA"

    refused, read = with_client(talk).readings
    assert [refusal.field for refusal in refused.refusals] == ["MSH"]
    assert read.events


def test_a_feed_set_to_enhanced_mode_answers_ca():
    async def talk(client):
        assert (await client.ask(a_message(msh={15: "AL"})))[0] == "CA"
        assert (await client.ask(a_message()))[0] == "AA"

    with_client(talk, mapping=replace(YORK, enhanced_acknowledgements=True))


def test_many_messages_on_one_connection_are_answered_in_order():
    async def talk(client):
        for n in range(100):
            assert await client.ask(a_message(msh={10: f"M{n}"})) == ("AA", f"M{n}")

    assert len(with_client(talk).readings) == 100


def test_messages_sent_without_waiting_are_answered_in_order():
    async def talk(client):
        frames = [START + a_message(msh={10: f"M{n}"}).encode() + END for n in range(50)]
        await client.send(b"".join(frames), framed=False)
        assert [(await client.answer())[1] for _ in range(50)] == [f"M{n}" for n in range(50)]

    with_client(talk)


def test_a_message_that_comes_a_byte_at_a_time_is_read():
    async def talk(client):
        for byte in START + a_message().encode() + END:
            await client.send(bytes([byte]), framed=False)
            await asyncio.sleep(0)
        assert await client.answer() == ("AA", "MSG0001")

    assert len(with_client(talk).readings) == 1


def test_a_message_in_another_character_set_does_not_hang():
    async def talk(client):
        message = a_message(pid={5: "MÜLLER^ZOË"}, msh={18: "8859/1"}).encode("latin-1")
        assert (await client.ask(message))[0] == "AA"
        assert (await client.ask(message.replace(b"8859/1", b"ASCII")))[0] == "AA"

    readings = with_client(talk).readings
    assert {r.events[0].subject.family_name for r in readings} == {"MÜLLER"}


def test_a_message_that_is_too_large_is_aa_and_refused_and_the_next_is_read():
    async def talk(client):
        large = a_message(msh={10: "LARGE"}) + "NTE|" + "x" * 500_000
        assert await client.ask(large) == ("AA", "LARGE")
        assert await client.ask(a_message()) == ("AA", "MSG0001")

    large, read = with_client(talk, message_bytes_max=100_000).readings
    assert large.refusals[0].reference == "control id LARGE"
    assert read.events


def test_the_same_message_on_two_connections_at_once_gives_the_same_event():
    taken = Taken()

    async def run():
        async with (
            a_listener(taken) as listener,
            a_client(listener) as one,
            a_client(listener) as two,
        ):
            answers = await asyncio.gather(one.ask(a_message()), two.ask(a_message()))
            assert answers == [("AA", "MSG0001"), ("AA", "MSG0001")]

    asyncio.run(run())
    first, second = taken.readings
    assert first.events == second.events


def test_a_slow_message_does_not_hold_up_another_connection():
    waiting = asyncio.Event()

    async def handle(reading):
        if reading.reference.endswith("SLOW"):
            await waiting.wait()
        return True

    async def run():
        async with (
            a_listener(handle) as listener,
            a_client(listener) as one,
            a_client(listener) as two,
        ):
            await one.send(a_message(msh={10: "SLOW"}))
            assert await two.ask(a_message()) == ("AA", "MSG0001")
            waiting.set()
            assert await one.answer() == ("AA", "SLOW")

    asyncio.run(run())


def test_a_connection_that_says_nothing_is_closed():
    async def talk(client):
        assert (await client.ask(a_message()))[0] == "AA"
        assert await client.is_closed()

    with_client(talk, idle_seconds_max=0.2)


def test_a_connection_that_stops_inside_a_message_is_closed_without_an_answer():
    async def talk(client):
        await client.send(START + a_message().encode()[:100], framed=False)
        assert await client.is_closed()

    assert with_client(talk, idle_seconds_max=60, frame_seconds_max=0.2).readings == []


async def drip(client, content, *, every=0.05):
    """Send bytes one at a time, never ending, until the listener hangs up."""
    with suppress(ConnectionError):
        await client.send(content, framed=False)
        while not client.reader.at_eof():
            await asyncio.sleep(every)
            await client.send(b"x", framed=False)


def test_a_message_that_drips_in_is_given_up_after_the_time_of_one_message():
    async def talk(client):
        await asyncio.wait_for(drip(client, START + b"MSH|"), WAIT)

    assert with_client(talk, frame_seconds_max=0.4).readings == []


def test_bytes_between_messages_do_not_keep_a_connection_open():
    async def talk(client):
        assert (await client.ask(a_message()))[0] == "AA"
        await asyncio.wait_for(drip(client, b"\r"), WAIT)

    with_client(talk, idle_seconds_max=0.4)


def test_the_time_of_a_message_begins_anew_with_each_message():
    async def talk(client):
        for n in range(4):
            frame = START + a_message(msh={10: f"M{n}"}).encode() + END
            await client.send(frame[:50], framed=False)
            await asyncio.sleep(0.3)
            await client.send(frame[50:] + START, framed=False)
            assert await client.answer() == ("AA", f"M{n}")
            await client.send(END, framed=False)
            assert (await client.answer())[0] == "AR"

    with_client(talk, frame_seconds_max=1)


def test_the_time_of_a_message_does_not_run_while_the_one_before_it_is_answered():
    async def handle(_reading):
        await asyncio.sleep(0.5)
        return True

    async def talk(client):
        frame = START + a_message().encode() + END
        await client.send(frame + frame[:50], framed=False)
        assert (await client.answer())[0] == "AA"
        await client.send(frame[50:], framed=False)
        assert (await client.answer())[0] == "AA"

    with_client(talk, handle, frame_seconds_max=0.4)


def test_for_one_connection_too_many_the_longest_idle_is_closed():
    async def run():
        async with (
            a_listener(Taken(), connections_max=2) as listener,
            a_client(listener) as one,
            a_client(listener) as two,
        ):
            assert (await two.ask(a_message()))[0] == "AA"
            assert (await one.ask(a_message()))[0] == "AA"
            async with a_client(listener) as three:
                assert (await three.ask(a_message()))[0] == "AA"
                assert await two.is_closed()
                assert (await one.ask(a_message()))[0] == "AA"

    asyncio.run(run())


def test_dripping_connections_do_not_keep_the_hospital_out(caplog):
    async def run():
        async with AsyncExitStack() as opened:
            listener = await opened.enter_async_context(a_listener(Taken(), connections_max=8))
            drips = [await opened.enter_async_context(a_client(listener)) for _ in range(8)]
            dripping = [asyncio.create_task(drip(one, START + b"MSH|")) for one in drips]
            await asyncio.sleep(0.2)
            hospital = await opened.enter_async_context(a_client(listener))
            assert (await hospital.ask(a_message()))[0] == "AA"
            await asyncio.wait(dripping, timeout=WAIT, return_when=asyncio.FIRST_COMPLETED)
            assert sum(task.done() for task in dripping) == 1
            assert (await hospital.ask(a_message()))[0] == "AA"
            for task in dripping:
                task.cancel()

    asyncio.run(run())
    assert "The longest idle connection was closed: 8 are open in all" in caplog.text


def test_a_connection_whose_message_is_in_hand_is_not_closed_for_another():
    safe = asyncio.Event()

    async def handle(_reading):
        await safe.wait()
        return True

    async def run():
        async with (
            a_listener(handle, connections_max=1) as listener,
            a_client(listener) as busy,
        ):
            await busy.send(a_message())
            await asyncio.sleep(0.1)
            async with a_client(listener) as late:
                assert await late.is_closed()
            safe.set()
            assert await busy.answer() == ("AA", "MSG0001")

    asyncio.run(run())


def test_one_address_too_often_closes_its_own_longest_idle_and_nobody_elses():
    async def run():
        async with AsyncExitStack() as opened:
            listener = await opened.enter_async_context(
                a_listener(Taken(), connections_per_peer_max=2)
            )
            hospital = await opened.enter_async_context(a_client(listener, "127.0.0.2"))
            assert (await hospital.ask(a_message()))[0] == "AA"
            many = [await opened.enter_async_context(a_client(listener)) for _ in range(3)]
            assert await many[0].is_closed()
            for client in (*many[1:], hospital):
                assert (await client.ask(a_message()))[0] == "AA"

    asyncio.run(run())


def test_one_address_cannot_take_every_connection():
    assert Limits().connections_per_peer_max < Limits().connections_max


def test_a_sender_that_hangs_up_before_its_answer_harms_nobody():
    taken = Taken()

    async def run():
        async with a_listener(taken) as listener:
            async with a_client(listener) as one:
                await one.send(a_message())
                one.writer.transport.abort()
            async with a_client(listener) as two:
                assert (await two.ask(a_message()))[0] == "AA"

    asyncio.run(run())


def test_stopping_answers_the_message_in_hand_and_takes_no_more():
    begun = asyncio.Event()
    taken = []

    async def handle(reading):
        begun.set()
        await asyncio.sleep(0.3)
        taken.append(reading.reference)
        return True

    async def run():
        async with a_listener(handle) as listener:
            async with a_client(listener) as busy, a_client(listener) as idle:
                await busy.send(a_message(msh={10: "FIRST"}))
                await busy.send(a_message(msh={10: "SECOND"}))
                await begun.wait()
                await listener.stop()
                assert await busy.answer() == ("AA", "FIRST")
                assert await busy.is_closed()
                assert await idle.is_closed()
            with pytest.raises(ConnectionError):
                await asyncio.open_connection("127.0.0.1", listener.port)

    asyncio.run(run())
    assert taken == ["control id FIRST"]


def test_stopping_does_not_wait_for_ever():
    async def run():
        async with (
            a_listener(lambda _: asyncio.sleep(60), stop_seconds_max=0.2) as listener,
            a_client(listener) as client,
        ):
            await client.send(a_message())
            await asyncio.sleep(0.1)
            await asyncio.wait_for(listener.stop(), 3)

    asyncio.run(run())


def test_refusals_are_dated_by_the_time_since_the_listener_began():
    taken = Taken()

    async def talk(client):
        await asyncio.sleep(0.15)
        await client.ask(a_message(pv1={19: ""}))

    with_client(talk, taken)
    late = taken.readings[0].refusals[0].at - CONTEXT.started_at
    assert 0.1 < late.total_seconds() < 5


def test_the_connector_listens_with_the_mapping_of_its_context():
    taken = Taken()

    async def run():
        listener = await connector.listen("127.0.0.1", 0, CONTEXT, taken)
        try:
            async with a_client(listener) as client:
                assert (await client.ask(a_message()))[0] == "AA"
        finally:
            await listener.stop()

    asyncio.run(run())
    assert taken.readings[0].faults[0].code == "site_not_mapped"
