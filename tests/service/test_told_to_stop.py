"""A worker that is told to stop while it has a batch in hand: what leaves it is acknowledged."""

import asyncio
import threading

import pytest

from hub import pipeline


class Ended(BaseException):
    """The process would have ended here."""


class SlowWork:
    """A batch that is finished when it is let."""

    def __init__(self):
        self.begun, self.go_on, self.finished = (threading.Event() for _ in range(3))

    def batch(self, _batch):
        self.begun.set()
        assert self.go_on.wait(30)
        self.finished.set()


@pytest.fixture
def ends(monkeypatch):
    ends = []

    def end(code, reason):
        ends.append((code, reason))
        raise Ended

    monkeypatch.setattr(pipeline, "end_process", end)
    return ends


async def told_to_stop(work, planned, *, times=1, then=lambda: None):
    task = asyncio.ensure_future(pipeline._finish(work, [], lambda: planned.append("planned")))
    await asyncio.to_thread(work.begun.wait, 30)
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0.01)
    then()
    try:
        await task
    finally:
        work.go_on.set()


def test_a_batch_in_hand_is_finished_before_the_stop_acknowledges_it(ends):
    work, planned = SlowWork(), []

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(told_to_stop(work, planned, then=work.go_on.set))

    assert work.finished.is_set()
    assert (ends, planned) == ([], [])


def test_a_batch_that_is_not_finished_in_time_ends_the_process_unacknowledged(ends, monkeypatch):
    monkeypatch.setattr(pipeline, "STOP_SECONDS_MAX", 0.05)
    work, planned = SlowWork(), []

    with pytest.raises(Ended):
        asyncio.run(told_to_stop(work, planned))

    assert [code for code, _ in ends] == [pipeline.EXIT_GIVEN_UP]
    assert planned == ["planned"]


def test_a_second_word_to_stop_is_not_waited_out(ends):
    work, planned = SlowWork(), []

    with pytest.raises(Ended):
        asyncio.run(told_to_stop(work, planned, times=2))

    assert planned == ["planned"]
