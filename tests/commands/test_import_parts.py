"""The parts of `hub import`: its pace, its journal and its words."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.journal import Journal, source_of
from hub.commands import import_pace
from hub.commands.import_pace import (
    READ_AHEAD_MAX,
    UNDER_WAY_MAX,
    UNDER_WAY_MIN,
    Pace,
    Stopped,
)
from hub.commands.import_shown import summary
from hub.core.report import Feed
from hub.errors import TransientFault
from hub.ports import LoadCounts, LoadedPart, LoadOutcome, LoadWanted

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
FIRST = 7


class FakeHub:
    """A load of so many reports, and a worker that decides one at every so manieth look."""

    def __init__(self, records, *, works=True, every=1, events_each=500):
        self.records, self.works, self.every = records, works, every
        self.events_each = events_each
        self.counts = LoadCounts()
        self.looks = 0
        self.made = self.sent = self.done = self.ensured = 0
        self.most_waiting = self.most_under_way = 0
        self.fault = None
        self.shown = []

    @property
    def part(self):
        return LoadedPart(
            feed=Feed.HEALTH,
            publisher="RAE",
            connector="import-health",
            epoch=1,
            first=FIRST,
            last=FIRST + self.made - 1,
            begun_at=AT,
        )

    @property
    def waiting(self):
        return self.made - self.sent

    def read_some(self):
        if self.made == self.records:
            return False
        self.made += 1
        self.counts.events += self.events_each
        self.most_waiting = max(self.most_waiting, self.waiting)
        return True

    def send(self, up_to):
        self.sent = min(self.made, up_to - FIRST + 1)
        self.most_under_way = max(self.most_under_way, self.sent - self.done)

    def decided(self, part):
        assert part == self.part
        self.looks += 1
        if self.works and self.done < self.sent and self.looks % self.every == 0:
            self.done += 1
        return self.done

    def ensure(self):
        self.ensured += 1

    def show(self, *, decided, made, whole):
        self.shown.append((decided, made, whole))


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(import_pace, "_LOOK_SECONDS", 0)
    monkeypatch.setattr(import_pace, "_PAUSE_SECONDS", 0)


def pace(hub, stop_asked=lambda: False):
    return Pace(hub, hub, hub, hub, stop_asked)


def test_a_load_is_read_sent_and_decided_to_its_end():
    hub = FakeHub(40)
    pace(hub).run()
    assert (hub.made, hub.sent, hub.done) == (40, 40, 40)
    assert hub.shown[-1] == (40, 40, True)


def test_no_more_is_sent_than_can_soon_be_decided(monkeypatch):
    monkeypatch.setattr(import_pace, "READ_AHEAD_MAX", 20)
    hub = FakeHub(60, every=20)
    pace(hub).run()
    assert hub.most_under_way == UNDER_WAY_MIN
    assert hub.most_waiting <= 20 < READ_AHEAD_MAX


@pytest.mark.parametrize(("events_each", "most"), [(10, 400), (100, 40), (0, 400), (500, 8)])
def test_of_small_reports_more_are_under_way_so_that_the_worker_has_enough(events_each, most):
    hub = FakeHub(600, every=20, events_each=events_each)
    pace(hub).run()
    assert hub.most_under_way == most <= UNDER_WAY_MAX


def test_a_load_of_nothing_is_at_its_end():
    hub = FakeHub(0)
    pace(hub).run()
    assert hub.done == 0


def test_a_load_that_nobody_decides_gives_up_and_asks_for_a_worker_before(monkeypatch):
    monkeypatch.setattr(import_pace, "STALLED_SECONDS", 0.2)
    monkeypatch.setattr(import_pace, "NO_WORKER_SECONDS", 0.05)
    hub = FakeHub(3, works=False)
    with pytest.raises(TransientFault, match="Nothing was decided"):
        pace(hub).run()
    assert hub.ensured > 1


def test_a_load_stops_when_it_is_told_to():
    hub = FakeHub(40)
    with pytest.raises(Stopped):
        pace(hub, stop_asked=lambda: hub.done >= 3).run()
    assert hub.done < 40


# ------------------------------------------------------------------ the journal


def wanted(path, **changes):
    return LoadWanted(**({"connector": "health", "path": path, "publisher": "RAE"} | changes))


def test_a_journal_holds_how_far_a_load_is(tmp_path):
    journal = Journal(source="s", begun_at=AT, epoch=5, first=FIRST, readings=12)
    journal.counts.refused["PV1-19", "a visit number"] += 2
    journal.counts.left_out["not_a_child"] += 3
    journal.write(tmp_path / "journal")
    assert Journal.read(tmp_path / "journal") == journal


@pytest.mark.parametrize("held", ["", "{}", "[1]", '{"source": 1, "begun_at": "soon"}'])
def test_a_journal_that_cannot_be_read_is_none(tmp_path, held):
    path: Path = tmp_path / "journal"
    assert Journal.read(path) is None
    path.write_text(held)
    assert Journal.read(path) is None


def test_a_load_is_another_once_a_file_or_an_option_has_changed(tmp_path):
    file = tmp_path / "in" / "adt.hl7"
    file.parent.mkdir()
    file.write_text("MSH")
    first = source_of(wanted(file))
    assert source_of(wanted(file)) == first
    assert source_of(wanted(file, agency="RAE")) != first
    of_folder = source_of(wanted(file.parent))
    file.write_text("MSH|")
    assert source_of(wanted(file)) != first
    assert source_of(wanted(file.parent)) != of_folder


# ------------------------------------------------------------------ its words


def test_a_summary_says_what_was_new_known_uncertain_and_refused_and_why():
    counts = LoadCounts(
        read=120,
        events=110,
        refused=Counter({("PID-7", "a birth date"): 4}),
        left_out=Counter({"not_an_emergency_department": 6}),
    )
    outcome = LoadOutcome(
        stored=105,
        new_by_verdict={"matched": 60, "new": 20, "possible": 3, "many": 2, "waiting": 10},
        conflicts=2,
        rejected={("occurred_at", "an instant that is not in the future"): 3},
        parked={},
    )
    said = "\n".join(summary(counts, outcome, 12.0))
    for line in (
        "Read 120 records; 110 events told, in 12.0 s",
        "new                            95",
        "  matched                      60  to a child whom another agency knows",
        "  first of their child         20",
        "  uncertain                     5  3 possibly of one child, 2 of one of several",
        "  waiting                      10  for a child whom they match",
        "already known                  10",
        "in conflict                     2  known otherwise; after a wrong mapping: docs/",
        "refused by the hub              3",
        "           3  occurred_at: an instant that is not in the future",
        "refused when read               4",
        "           4  PID-7: a birth date",
        "left out on purpose             6",
    ):
        assert line in said
