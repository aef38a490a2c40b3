"""Attempts are noted before a report is in hand, so that a death always leaves its trace."""

from datetime import UTC, datetime
from types import SimpleNamespace

from hub.core.intake import RawReport
from hub.service.received import Received
from hub.service.work import DEATHS_UNTIL_SINGLE, Work

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class Told:
    """Stands for positions and for ``receive``, and keeps what it was told in order."""

    def __init__(self, deaths=0):
        self.calls, self.deaths = [], deaths

    def highest_stored(self, _topic):
        return {0: 4}

    def begin_attempt(self, _worker, position, _at, *, single):
        self.calls.append(("one" if single else "attempt", position.partition, position.offset))
        return self.deaths

    def end_attempts(self, _worker, _at, positions=()):
        self.calls += [("ended", one.partition) for one in positions]

    def __call__(self, batch):
        self.calls.append(("received", len(batch)))
        return Received()


def work(told):
    return Work(
        receive=told,
        positions=told,
        clock=SimpleNamespace(now=lambda: NOW),
        worker="w",
        topic="t",
        monotonic=lambda: 0.0,
        sleep=lambda _: None,
    )


def a_report(partition, offset):
    return RawReport(
        topic="t",
        partition=partition,
        offset=offset,
        key=b"",
        value=b"",
        headers=(),
        received_at=NOW,
    )


def test_a_batch_that_comes_before_its_assignment_was_told_is_noted_first():
    told = Told()
    work(told).batch([a_report(0, 5), a_report(1, 0)])
    assert told.calls == [("attempt", 0, 5), ("attempt", 1, 0), ("received", 2)]


def test_where_workers_died_such_a_batch_is_taken_one_report_at_a_time():
    told = Told(deaths=DEATHS_UNTIL_SINGLE)
    work(told).batch([a_report(0, 5)])
    assert told.calls == [("attempt", 0, 5), ("one", 0, 5), ("received", 1), ("ended", 0)]


def test_an_attempt_that_is_noted_is_not_noted_again_for_each_batch():
    told = Told()
    worker = work(told)
    worker.assigned([0])
    worker.batch([a_report(0, 5)])
    worker.batch([a_report(0, 6)])
    assert told.calls == [("attempt", 0, 5), ("received", 1), ("received", 1)]


def test_what_was_revoked_is_noted_anew():
    told = Told()
    worker = work(told)
    worker.assigned([0])
    worker.revoked([0])
    worker.batch([a_report(0, 5)])
    assert told.calls == [("attempt", 0, 5), ("ended", 0), ("attempt", 0, 5), ("received", 1)]
