"""The spool keeps what it was given, in order, for one process at a time, within its bounds."""

import os
import signal
import subprocess
import sys
import textwrap

import pytest

from connectors.spool import KEEP_PUBLISHED, SpooledReport, SpoolFull
from hub.errors import ConfigurationError, RefusedToStart
from tests.connectors.fakes import EPOCH, open_spool


def a_report(sequence, size=10):
    return SpooledReport(
        sequence=sequence,
        topic="safeguarding.reports.health.v1",
        key=b"leeds-teaching/adt",
        value=bytes([sequence % 256]) * size,
        signature=b"s" * 64,
    )


@pytest.fixture
def spool(tmp_path):
    spool = open_spool(tmp_path)
    yield spool
    spool.close()


def test_reports_come_back_as_they_were_after_the_spool_is_opened_again(tmp_path):
    spool = open_spool(tmp_path)
    reports = tuple(a_report(sequence) for sequence in range(1, 6))
    spool.append(reports)
    spool.close()
    again = open_spool(tmp_path, epoch=EPOCH + 1)
    assert again.unpublished(0, 100) == reports
    assert again.unpublished(2, 2) == reports[2:4]
    assert again.unpublished(1, 100, up_to=3) == reports[1:3]
    assert (again.epoch, again.next_sequence, again.waiting) == (EPOCH, 6, 5)
    again.close()


def test_numbers_are_gap_free_and_a_report_out_of_place_is_refused(spool):
    spool.append([a_report(1), a_report(2)])
    for wrong in ([a_report(4)], [a_report(2)], [a_report(3), a_report(5)]):
        with pytest.raises(ValueError, match="number 3"):
            spool.append(wrong)
    assert spool.next_sequence == 3
    assert spool.waiting == 2


def test_what_kafka_has_is_not_sent_again_and_old_reports_go(spool):
    count = KEEP_PUBLISHED + 50
    spool.append([a_report(sequence) for sequence in range(1, count + 1)])
    spool.mark_published(range(2, count + 1))
    assert [report.sequence for report in spool.unpublished(0, 10)] == [1]
    kept = spool._connection.execute("SELECT min(sequence), count(*) FROM report").fetchone()
    assert kept == (1, KEEP_PUBLISHED + 1)
    spool.mark_published([1])
    assert spool.waiting == 0
    assert spool.next_sequence == count + 1


def test_numbers_go_on_when_every_report_is_gone(tmp_path, monkeypatch):
    monkeypatch.setattr("connectors.spool.KEEP_PUBLISHED", 0)
    spool = open_spool(tmp_path)
    spool.append([a_report(1)])
    spool.mark_published([1])
    assert spool._connection.execute("SELECT count(*) FROM report").fetchone() == (0,)
    assert spool.next_sequence == 2
    spool.close()


def test_a_full_spool_refuses_in_a_sentence_and_takes_again_once_kafka_has_some(tmp_path):
    spool = open_spool(tmp_path, waiting_bytes_max=25)
    spool.append([a_report(1), a_report(2)])
    with pytest.raises(SpoolFull, match="2 reports wait for Kafka"):
        spool.append([a_report(3)])
    assert spool.next_sequence == 3
    spool.mark_published([1])
    spool.append([a_report(3)])
    assert spool.waiting == 2
    spool.close()


def test_a_full_disk_is_named_and_nothing_of_the_batch_is_kept(spool):
    spool.append([a_report(1)])
    (pages,) = spool._connection.execute("PRAGMA page_count").fetchone()
    spool._connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(SpoolFull, match="full"):
        spool.append([a_report(2), a_report(3, size=100_000)])
    assert (spool.next_sequence, spool.waiting) == (2, 1)


def test_a_second_process_is_refused_by_name(spool, tmp_path):
    assert spool.waiting == 0
    with pytest.raises(RefusedToStart, match="in use by another process"):
        open_spool(tmp_path)


def test_another_publisher_s_spool_is_refused(tmp_path):
    open_spool(tmp_path).close()
    with pytest.raises(ConfigurationError, match="leeds-teaching/adt, not of other/adt"):
        open_spool(tmp_path, publisher="other")
    open_spool(tmp_path).close()


def test_a_file_that_is_no_spool_is_named(tmp_path):
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool/adt.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(ConfigurationError, match="cannot be used"):
        open_spool(tmp_path)


def test_only_the_owner_can_read_the_spool(spool, tmp_path):
    assert spool.waiting == 0
    assert (tmp_path / "spool/adt.sqlite").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "spool").stat().st_mode & 0o777 == 0o700


def test_the_disk_has_each_report_before_append_returns(spool):
    assert spool._connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert spool._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_killed_process_leaves_whole_reports_and_lets_go_of_the_lock(tmp_path):
    script = textwrap.dedent(
        """
        import pathlib, sys
        from tests.connectors.fakes import open_spool
        from tests.connectors.test_spool import a_report
        spool = open_spool(pathlib.Path(sys.argv[1]))
        while True:
            spool.append([a_report(spool.next_sequence)])
            print(spool.next_sequence - 1, flush=True)
        """
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    told = 0
    while told < 5:
        told = int(process.stdout.readline())
    os.kill(process.pid, signal.SIGKILL)
    told = max([told, *(int(line) for line in process.stdout.read().split())])
    process.wait()
    process.stdout.close()
    spool = open_spool(tmp_path)
    sequences = [report.sequence for report in spool.unpublished(0, 10_000)]
    assert sequences == list(range(1, len(sequences) + 1))
    assert len(sequences) >= told
    spool.close()
