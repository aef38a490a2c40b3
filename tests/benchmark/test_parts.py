"""The parts of the benchmark that need no server."""

import math
import os
import re
import time
from datetime import UTC, datetime

import pytest

from benchmark.measures.search_timing import told_apart
from benchmark.partner import Partner
from benchmark.percentiles import latencies
from benchmark.population import CHILDREN_MAX, Population, nhs_number
from benchmark.processor import ProcessorTime
from benchmark.results import Results, Row, circumstances
from hub.core.identifiers import GssCode

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


class TwoCouncils:
    def authority_of_postcode(self, postcode):
        return GssCode("E08000032" if postcode.outcode.startswith("BD") else "E08000035")


@pytest.fixture
def population():
    return Population(TwoCouncils(), NOW)


def test_percentiles_are_by_nearest_rank():
    found = latencies(n / 1000 for n in range(1, 201))

    assert (found.p50, found.p95, found.p99) == pytest.approx((100, 190, 198))
    assert found.maximum == pytest.approx(200)
    assert found.count == 200


def test_times_of_one_kind_say_nothing_and_those_of_two_that_never_overlap_say_all():
    assert told_apart([1, 2, 3], [1, 2, 3]) == pytest.approx(0.5)
    assert told_apart([4, 5], [1, 2, 3]) == pytest.approx(1)
    assert told_apart([1, 2], [3]) == pytest.approx(0)
    assert told_apart([2, 2], [1, 2, 3]) == pytest.approx(0.5)
    assert told_apart([2, 4], [1, 3]) == pytest.approx(0.75)


def test_one_time_is_every_percentile():
    found = latencies([0.25])

    assert {found.p50, found.p95, found.p99, found.maximum} == {250.0}


def test_no_times_have_no_percentiles():
    assert latencies([]) is None


def test_no_two_children_share_a_number_or_a_name(population):
    numbers = [*range(3_000), *range(216_000, 219_000), *range(CHILDREN_MAX - 3_000, CHILDREN_MAX)]
    children = [population.child(number) for number in numbers]

    assert len({child.nhs_number.reveal() for child in children}) == len(numbers)
    assert len({child.full_name for child in children}) == len(numbers)


def test_a_child_is_the_same_each_time_it_is_asked_for(population):
    assert population.child(77) == Population(TwoCouncils(), NOW).child(77)


def test_there_is_no_child_beyond_the_last_number():
    with pytest.raises(ValueError, match="899,000"):
        nhs_number(CHILDREN_MAX)


def _say_back(task, conversation):
    conversation.send("ready")
    conversation.send(len(task))


def _die(_, __):
    os._exit(3)


def test_a_partner_answers_a_large_task():
    with Partner(_say_back, b"x" * 2_000_000) as partner:
        partner.await_ready()

        assert partner.hear(10) == 2_000_000


def test_a_partner_that_dies_is_noticed_at_once():
    with Partner(_die, b"small") as partner, pytest.raises((EOFError, OSError)):
        partner.hear(30)


def test_processor_time_is_that_of_the_process_asked_about():
    used = ProcessorTime({"this": [os.getpid()], "nobody": []})
    until = time.process_time() + 0.3
    while time.process_time() < until:
        pass

    told = used.each(1, "a loop")

    found = re.fullmatch(r"processor ms a loop: this ([0-9.]+), nobody 0\.0", told)
    assert 250 <= float(found[1]) <= 1_000


def test_the_table_has_every_row_with_its_times(tmp_path):
    results = Results(circumstances=circumstances(NOW, tmp_path))
    results.rows.append(
        Row(what="a thing", load="some", per_second="12 things", latencies=latencies([0.0125]))
    )

    page = results.keep(tmp_path).read_text()

    assert "| a thing | some | 12 things | 12.5" in page
    assert f"commit {results.circumstances.commit}" in page
    assert "- command: `python -m benchmark" in page
    assert not math.isnan(results.circumstances.memory_gib)
