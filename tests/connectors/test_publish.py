"""Whatever Kafka does, every report reaches it as it was, and only then counts as sent."""

import pytest

from connectors.publish import IN_FLIGHT_MAX, Outlet
from hub.errors import ReportFault
from tests.connectors.fakes import FakeKafka, open_spool
from tests.connectors.test_spool import a_report


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr("connectors.publish.RETRY_SECONDS", 0)


@pytest.fixture
def spool(tmp_path):
    spool = open_spool(tmp_path)
    spool.append([a_report(sequence) for sequence in range(1, 11)])
    yield spool
    spool.close()


def values(first, last):
    return [a_report(sequence).value for sequence in range(first, last + 1)]


def test_reports_go_out_in_order_with_their_signature(spool):
    kafka = FakeKafka()
    assert Outlet(spool, kafka.connect).drain(5)
    assert kafka.values == values(1, 10)
    topic, key, _, headers = kafka.messages[0]
    assert (topic, key) == ("safeguarding.reports.health.v1", b"leeds-teaching/adt")
    assert headers == (("signature", b"s" * 64),)


def test_a_report_counts_as_sent_only_once_kafka_says_so(spool):
    kafka = FakeKafka(silent=True)
    outlet = Outlet(spool, kafka.connect)
    assert outlet.pump() == ()
    assert outlet.pump() == ()
    assert (spool.waiting, len(kafka.pending)) == (10, 10)
    kafka.take()
    assert outlet.pump() == tuple(range(1, 11))
    assert spool.waiting == 0


def test_no_more_than_so_many_are_on_their_way(tmp_path):
    spool = open_spool(tmp_path)
    spool.append([a_report(sequence) for sequence in range(1, IN_FLIGHT_MAX + 11)])
    kafka = FakeKafka(silent=True)
    outlet = Outlet(spool, kafka.connect)
    outlet.pump()
    assert len(kafka.pending) == IN_FLIGHT_MAX
    kafka.take()
    outlet.pump()
    assert len(kafka.pending) == 10
    spool.close()


def test_while_kafka_is_away_reports_wait_and_then_go_in_order(spool):
    kafka = FakeKafka(away=True)
    outlet = Outlet(spool, kafka.connect)
    outlet.pump()
    assert (kafka.values, spool.waiting) == ([], 10)
    assert "away" in str(outlet.fault)
    kafka.away = False
    assert outlet.drain(5)
    assert kafka.values == values(1, 10)
    assert outlet.fault is None


def test_a_report_that_kafka_did_not_take_is_sent_again_with_those_after_it_that_it_lacks(spool):
    kafka = FakeKafka(deaf_to={4})
    outlet = Outlet(spool, kafka.connect)
    assert outlet.drain(5)
    assert sorted(kafka.values) == sorted(values(1, 10))
    assert kafka.values[-1] == a_report(5).value
    assert kafka.connected == 2


def test_a_restart_sends_again_what_was_not_acknowledged_as_the_same_bytes(tmp_path, spool):
    kafka = FakeKafka(silent=True)
    outlet = Outlet(spool, kafka.connect)
    outlet.pump()
    kafka.take()
    outlet._producer = None
    spool.close()
    again = open_spool(tmp_path)
    assert Outlet(again, kafka.connect).drain(0) is False
    kafka.silent = False
    assert Outlet(again, kafka.connect).drain(5)
    again.close()
    assert kafka.values[:10] == values(1, 10)
    assert set(kafka.values) == set(values(1, 10))


def test_an_error_that_does_not_pass_is_not_hidden(spool):
    kafka = FakeKafka()

    def too_large(*_args, **_kwargs):
        raise ReportFault("too large", code="too_large")

    kafka.send = too_large
    with pytest.raises(ReportFault):
        Outlet(spool, kafka.connect).pump()
    assert spool.waiting == 10
