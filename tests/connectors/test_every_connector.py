"""The contract that every connector keeps. Each folder in connectors/ is found; none is listed."""

import ast
import json
import re
import shutil
import time
import tomllib
from collections import deque
from datetime import timedelta

import pytest

from connectors import examples, installed
from connectors.refusals import as_json, in_words
from hub.core import codec
from hub.core.codec_json import event_from_jsonable, event_to_json, to_jsonable
from hub.core.intake_event import EventContext, ValidEvent, judge_event
from hub.core.intake_order import check_attendance_register, check_statement
from hub.core.report import Feed
from hub.core.seal import EventDigests
from tests.connectors.every_connector import (
    EXAMPLES,
    NAMES,
    REGISTRY,
    ROOT,
    agency_of,
    events_of,
    examples_of,
    of_every_connector,
    of_every_example,
    readings_of,
)

SECTIONS = ("Try it", "What is read", "What is sent", "What is refused")
"""What the page of every connector promises its agency, each at the head of a section."""

IMPURE = frozenset(
    {
        *("asyncio", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random"),
        *("requests", "secrets", "shutil", "socket", "sqlite3", "subprocess", "sys", "tempfile"),
        *("threading", "time", "urllib"),
    }
)
"""Modules by which a mapping could learn something that is not in the record it maps."""

OPENS = frozenset({"open", "input", "eval", "exec", "__import__"})

BEFORE_THE_FIRST_RECORD = "mapping_file"
"""Reads the agency's own mapping file, which the mapping is then given: the one exception."""


def test_there_are_connectors_and_every_one_is_known_by_its_folder():
    assert set(NAMES) >= {feed.value for feed in Feed}
    assert set(NAMES) <= set(installed.modules())


@of_every_connector
def test_a_connector_is_listed_where_the_project_lists_connectors(name):
    project = tomllib.loads((ROOT.parent / "pyproject.toml").read_text(encoding="utf-8"))
    entries = project["project"]["entry-points"][installed.GROUP]
    assert entries[name] == f"connectors.{name}"
    (apart,) = (
        contract["modules"]
        for contract in project["tool"]["importlinter"]["contracts"]
        if contract["name"] == "Connectors do not know each other"
    )
    assert f"connectors.{name}" in apart


@of_every_connector
def test_a_connector_has_its_parts_and_offers_what_the_one_loop_takes(name):
    connector = installed.find_connector(name)
    assert connector.feed in set(Feed)
    assert callable(connector.read)
    for part in ("README.md", "source.py", "mapping.py", "examples/examples.toml"):
        assert (ROOT / name / part).is_file(), part
    assert list((ROOT.parent / "tests" / "connectors" / name).glob("test_*.py"))
    assert examples_of(name)


@of_every_connector
def test_the_page_of_a_connector_has_the_promised_sections(name):
    page = (ROOT / name / "README.md").read_text(encoding="utf-8")
    heads = re.findall(r"^## (.+)$", page, re.MULTILINE)
    assert [s for s in SECTIONS if not any(head.startswith(s) for head in heads)] == []
    assert f"hub connector run {name} --from" in page
    assert "(../README.md#exit-codes)" in page


def imports(path):
    """The modules that a module imports, each as ``package.module`` and by its first name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def opens(path):
    """Where a module opens a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in OPENS:
            yield node.lineno


def closure(name, folder=ROOT):
    """The connector's own modules by which its mapping works, mapping.py itself among them."""
    seen, ahead = set(), deque(["mapping"])
    while ahead:
        module = ahead.popleft()
        path = folder / name / f"{module}.py"
        if module in {*seen, BEFORE_THE_FIRST_RECORD} or not path.is_file():
            continue
        seen.add(module)
        prefix = f"connectors.{name}."
        ahead.extend(
            found.removeprefix(prefix).split(".")[0]
            for found in imports(path)
            if found.startswith(prefix)
        )
    return [folder / name / f"{module}.py" for module in sorted(seen)]


def impurities(name, folder=ROOT):
    return [
        f"{path.name}: {found}"
        for path in closure(name, folder)
        for found in (*imports(path), *opens(path))
        if isinstance(found, int) or found.split(".")[0] in IMPURE
    ]


@of_every_connector
def test_a_mapping_knows_nothing_but_the_record_it_maps(name):
    assert len(closure(name)) >= 1
    assert impurities(name) == []


@pytest.mark.parametrize("line", ["import os.path", "from time import monotonic", "open('x')"])
def test_an_impure_mapping_is_seen_through_the_module_that_it_uses(tmp_path, line):
    (tmp_path / "fire").mkdir()
    (tmp_path / "fire" / "mapping.py").write_text("from connectors.fire import values\n")
    (tmp_path / "fire" / "values.py").write_text(line + "\n")
    assert impurities("fire", tmp_path)


@of_every_connector
def test_a_connector_imports_no_other(name):
    others = tuple(f"connectors.{other}" for other in NAMES if other != name)
    found = [
        f"{path.name}: {module}"
        for path in (ROOT / name).rglob("*.py")
        for module in imports(path)
        if module.startswith(tuple(f"{other}." for other in others)) or module in others
    ]
    assert found == []


@of_every_example
def test_records_become_exactly_these_events(name, example):
    told = examples.told_by(installed.find_connector(name), example)
    expected = {file: (example.folder / file).read_text(encoding="utf-8") for file in told}
    assert told == expected


@of_every_example
def test_the_hub_reads_back_and_stores_every_event(name, example):
    received_at = example.context.started_at + timedelta(minutes=1)
    feed = installed.find_connector(name).feed
    for reading in readings_of(name, example):
        agency = agency_of(reading, example)
        context = EventContext(
            feed=feed,
            agency=agency,
            received_at=received_at,
            schemas=REGISTRY,
            digests=EventDigests(bytes(32)),
            test_numbers=True,
            sickness_asked=True,
        )
        check_attendance_register(reading.attendance_register, feed, agency, received_at)
        check_statement(reading.statement, feed, received_at)
        for place, event in enumerate(reading.events):
            encoded = codec.encode_event(event, REGISTRY)
            judged = judge_event(place, encoded, context)
            assert isinstance(judged, ValidEvent), judged
            assert judged.event == event
            assert judged.dropped_identifiers == ()
            plain = json.loads(event_to_json(event))
            assert event_from_jsonable(plain, test_numbers=True) == event


def fields_of(schema):
    """The names of a record's fields, and those of each record inside it by its name."""
    return {field["name"]: field["type"] for field in schema["fields"]}


def strangers(plain, schema):
    """Names in an event that its schema does not have."""
    known = fields_of(schema)
    yield from set(plain) - set(known)
    for name in set(plain) & set(known):
        kinds = known[name] if isinstance(known[name], list) else [known[name]]
        inner = [kind for kind in kinds if isinstance(kind, dict) and kind["type"] == "record"]
        if inner and isinstance(plain[name], dict):
            yield from strangers(plain[name], inner[0])


@of_every_example
def test_no_event_has_a_field_that_its_schema_does_not_know(name, example):
    for event in events_of(name, example):
        plain = to_jsonable(event)
        schema = REGISTRY.current[plain.pop("kind")].whole
        assert list(strangers(plain, schema)) == []
        assert list(strangers({**plain, "mood": 1}, schema)) == ["mood"]


def said(events):
    return [event_to_json(event) for event in events]


@of_every_example
def test_the_same_records_become_the_same_bytes_whenever_and_wherever_they_are_read(
    name, example, monkeypatch
):
    once = [codec.encode_event(event, REGISTRY) for event in events_of(name, example)]
    later = example.context.started_at + timedelta(minutes=3)
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    try:
        again = events_of(name, example, started_at=later)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert [codec.encode_event(event, REGISTRY) for event in again] == once


@of_every_example
def test_a_refusal_says_where_which_field_and_what_was_expected_on_one_line(name, example):
    for reading in readings_of(name, example):
        for refusal in reading.refusals:
            assert refusal.reference
            assert re.search(r"\w \w", refusal.expected), refusal.expected
            assert "\n" not in in_words(refusal)
            assert json.loads(as_json(refusal))["expected"] == refusal.expected


def reversed_records(path):
    """A file's bytes with its records in the opposite order, or ``None`` where that says nothing.

    What is not text, or has line ends inside its records, is left as it is.
    """
    data = path.read_bytes()
    match path.suffix:
        case ".csv" if b'"' not in data and b"\0" not in data:
            header, *rows = data.splitlines(keepends=True)
            return header + b"".join(line.rstrip(b"\r\n") + b"\n" for line in reversed(rows))
        case ".jsonl":
            return b"\n".join(reversed(data.split(b"\n")))
        case ".hl7" if data.count(b"MSH|") > 1 and data.startswith(b"MSH|"):
            messages = [b"MSH|" + one.rstrip(b"\r\n") for one in data.split(b"MSH|")[1:]]
            return b"\r\r".join(reversed(messages))
        case _:
            return None


def turned_round(example):
    """The files of an example whose records can stand in another order, and how they then read."""
    for path in sorted(path for path in example.input.rglob("*") if path.is_file()):
        other = reversed_records(path)
        if other not in (None, path.read_bytes()):
            yield path.relative_to(example.input), other


@pytest.mark.parametrize(
    ("name", "example"),
    [param for param in EXAMPLES if list(turned_round(param.values[1]))],
)
def test_records_in_another_order_are_the_same_facts(name, example, tmp_path):
    copied = tmp_path / "input"
    shutil.copytree(example.input, copied)
    for path, other in turned_round(example):
        (copied / path).write_bytes(other)

    def ids(path):
        return {(event.source_key, event.revision) for event in events_of(name, example, path)}

    assert ids(copied) == ids(example.input)
