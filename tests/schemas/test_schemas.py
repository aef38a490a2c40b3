"""Every schema can read, and still means, its last version; the check says so if it does not."""

import json
import shutil
import subprocess

import pytest
from typer.testing import CliRunner

from hub.adapters import schema_check
from hub.adapters.schemas import SCHEMAS, schema_sources, shipped_schemas
from hub.commands.schemas import app
from hub.core import codec
from hub.core.codec_schema import SchemaRegistry
from hub.core.event import Audience, DepartmentType, EmergencyAttendanceFacts, EventKind
from hub.errors import ConfigurationError, EventFault, HubError, RefusedToStart, ReportFault
from tests.core.a_report import an_event

ATTENDANCE = "events/emergency_attendance"
RUN = CliRunner()


@pytest.fixture
def folder(tmp_path):
    """A copy of the schemas in a git checkout of its own, tagged v1.0."""
    folder = tmp_path / "schemas"
    shutil.copytree(SCHEMAS, folder)
    git = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"], ["tag", "v1.0"]):
        subprocess.run([*git, *arguments], check=True)
    return folder


def next_version(folder, change, *, keep=True):
    """Make version 3 of the attendance by ``change``, and keep version 2 as the README says."""
    first = folder / f"{ATTENDANCE}.v2.avsc"
    schema = json.loads(first.read_text())
    if keep:
        kept = folder / "previous" / f"{ATTENDANCE}.v2.avsc"
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(RUN.invoke(app, ["show", "emergency_attendance.v2"]).stdout)
    first.unlink()
    change(schema)
    (folder / f"{ATTENDANCE}.v3.avsc").write_text(json.dumps(schema))


def in_place(folder, change):
    path = folder / f"{ATTENDANCE}.v2.avsc"
    schema = json.loads(path.read_text())
    change(schema)
    path.write_text(json.dumps(schema))


def facts(schema):
    (found,) = (field["type"] for field in schema["fields"] if field["name"] == "facts")
    return found["fields"]


def member(fields, name):
    (found,) = (field for field in fields if field["name"] == name)
    return found


def add_field(schema):
    facts(schema).append({"name": "bed", "type": ["null", "string"], "default": None})


def add_symbol(schema):
    department(schema)["symbols"].append("virtual")


def department(schema):
    return member(facts(schema), "department_type")["type"][1]


def problems(findings):
    return [finding.sentence for finding in findings if not finding.well]


def test_every_shipped_schema_can_read_its_last_version():
    schema_check.check_shipped_schemas()
    assert problems(schema_check.check_folder()) == []


def test_every_fingerprint_differs_and_every_kind_has_a_schema():
    registry = shipped_schemas()
    files = list(SCHEMAS.rglob("*.avsc"))
    assert len(registry.by_prefix) == len(files) > 0
    assert set(EventKind) <= set(registry.current)


def parts(part, path):
    """Every type and field of a schema, with where it is."""
    if isinstance(part, list):
        for item in part:
            yield from parts(item, path)
    elif isinstance(part, dict):
        yield part, path
        for field in part.get("fields", []):
            yield {**field, "type": "field"}, f"{path}.{field['name']}"
            yield from parts(field["type"], f"{path}.{field['name']}")
        yield from parts(part.get("items"), path)


def test_every_field_and_type_is_documented_and_every_enum_has_a_default():
    every = [
        found
        for schema in shipped_schemas().current.values()
        for found in parts(schema.whole, schema.label)
    ]
    assert len(every) > 200
    for part, path in every:
        if part["type"] in ("record", "enum", "field"):
            assert part["doc"].endswith("."), path
        if part["type"] == "enum":
            assert part["default"] in part["symbols"], path


def test_an_event_of_the_last_version_reads_into_the_next(folder):
    encoded = codec.encode_event(an_event(), shipped_schemas())
    next_version(folder, add_field)
    registry = SchemaRegistry.of(schema_sources(folder))
    assert registry.find(encoded).label == "emergency_attendance.v2"
    assert codec.decode_event(encoded, registry, test_numbers=True).event == an_event()
    assert problems(schema_check.check_folder(folder)) == []
    assert problems(schema_check.check_against("v1.0", folder)) == []


def test_an_event_of_tomorrow_waits_and_the_fault_names_what_is_known(folder):
    next_version(folder, add_field)
    registry = SchemaRegistry.of(schema_sources(folder))
    _, plain = shipped_schemas().read(codec.encode_event(an_event(), shipped_schemas()))
    tomorrow = registry.write("emergency_attendance", plain)
    with pytest.raises(ReportFault, match=r"known: .*emergency_attendance\.v2"):
        codec.decode_event(tomorrow, shipped_schemas(), test_numbers=True)


def test_a_symbol_that_is_not_known_reads_as_the_default_symbol(folder):
    def fewer(schema):
        department(schema)["symbols"].remove("walk_in")

    encoded = codec.encode_event(
        an_event(facts=_with_department(DepartmentType.WALK_IN)), shipped_schemas()
    )
    next_version(folder, fewer)
    registry = SchemaRegistry.of(schema_sources(folder))
    event = codec.decode_event(encoded, registry, test_numbers=True).event
    assert event.facts.department_type is DepartmentType.UNKNOWN
    assert event.handling.audience is Audience.ENTITLED


def _with_department(department_type):
    return EmergencyAttendanceFacts(site_code="RR801", department_type=department_type)


CANNOT = {
    "field facts.bed is new and has no default": lambda schema: facts(schema).append(
        {"name": "bed", "type": "string"}
    ),
    "field facts.injury is no longer there": lambda schema: facts(schema).remove(
        member(facts(schema), "injury")
    ),
    "field facts.disposition": lambda schema: member(facts(schema), "disposition").update(
        type=["null", "int"]
    ),
    "field facts.arrived_at: its logicalType was changed": lambda schema: member(
        facts(schema), "arrived_at"
    ).update(type=["null", {"type": "long", "logicalType": "timestamp-micros"}]),
    "field facts.department_type: the symbol walk_in is no longer there": lambda schema: department(
        schema
    )["symbols"].remove("walk_in"),
    "field shielded: its default was changed": lambda schema: member(
        schema["fields"], "shielded"
    ).update(default=True),
    "field revision": lambda schema: member(schema["fields"], "revision").update(type="int"),
}


@pytest.mark.parametrize("expected", CANNOT)
def test_a_version_that_would_lose_something_is_named_with_its_field(folder, expected):
    def change(schema):
        CANNOT[expected](schema)
        facts(schema).append({"name": "other", "type": ["null", "string"], "default": None})

    next_version(folder, change)
    (said, *_) = problems(schema_check.check_folder(folder))
    assert said.startswith("emergency_attendance.v3 cannot read emergency_attendance.v2: ")
    assert expected in said
    assert expected in problems(schema_check.check_against("v1.0", folder))[0]


def test_a_version_that_is_not_kept_is_named(folder):
    next_version(folder, add_field, keep=False)
    (said,) = problems(schema_check.check_folder(folder))
    assert "emergency_attendance.v2 is not kept under previous/" in said
    (said,) = problems(schema_check.check_against("v1.0", folder))
    assert "emergency_attendance.v2 of v1.0 is not kept" in said


@pytest.mark.parametrize("change", [add_field, add_symbol, *CANNOT.values()])
def test_a_change_in_place_is_named(folder, change):
    in_place(folder, change)
    (said,) = problems(schema_check.check_against("v1.0", folder))
    assert "emergency_attendance.v2 was changed since v1.0 without a new version" in said


def test_a_change_of_the_subject_in_place_is_named_for_every_event(folder):
    path = folder / "subject.v1.avsc"
    schema = json.loads(path.read_text())
    schema["fields"].append({"name": "title", "type": ["null", "string"], "default": None})
    path.write_text(json.dumps(schema))
    assert len(problems(schema_check.check_against("v1.0", folder))) == 1 + len(EventKind)


def test_a_change_of_words_in_place_is_harmless(folder):
    in_place(folder, lambda schema: schema.update(doc="Other words."))
    assert problems(schema_check.check_against("v1.0", folder)) == []


def test_a_schema_that_is_gone_is_named(folder):
    (folder / "events/person_details.v1.avsc").unlink()
    (said,) = problems(schema_check.check_against("v1.0", folder))
    assert said == "person_details.v1 of v1.0 is no longer there."


def test_two_versions_that_only_differ_in_a_default_are_refused(folder):
    next_version(folder, lambda schema: member(schema["fields"], "shielded").update(default=True))
    with pytest.raises(ConfigurationError, match="same fingerprint"):
        SchemaRegistry.of(schema_sources(folder))


def test_two_current_versions_of_one_schema_are_refused(folder):
    text = (folder / f"{ATTENDANCE}.v2.avsc").read_text()
    schema = json.loads(text)
    add_field(schema)
    (folder / f"{ATTENDANCE}.v3.avsc").write_text(json.dumps(schema))
    with pytest.raises(ConfigurationError, match="two current versions"):
        SchemaRegistry.of(schema_sources(folder))


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("wrong.avsc", "{}", r"thing\.v1\.avsc was expected"),
        ("wrong.v1.avsc", "{", "in JSON was expected"),
        ("wrong.v1.avsc", "[]", "in JSON was expected"),
        ("wrong.v1.avsc", '{"type": "nonsense", "name": "Wrong"}', "not valid Avro"),
    ],
)
def test_a_file_that_is_no_schema_is_named(folder, name, text, expected):
    (folder / name).write_text(text)
    with pytest.raises(ConfigurationError, match=expected):
        SchemaRegistry.of(schema_sources(folder))


def test_a_folder_without_schemas_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match="No schema"):
        schema_sources(tmp_path)


def test_the_command_says_in_words_that_all_is_well(folder):
    done = RUN.invoke(app, ["check", "--from", str(folder), "--against", "v1.0"])
    assert done.exit_code == 0
    assert "school_absence.v2 can read school_absence.v1" in done.stdout
    assert "person_details.v1 is the first version" in done.stdout
    assert "emergency_attendance.v2 can read emergency_attendance.v1" in done.stdout
    assert "emergency_attendance.v2 is as it was at v1.0." in done.stdout
    assert "emergency_attendance.v2 is known to this version of the hub." in done.stdout


def test_the_command_fails_and_says_why_and_a_worker_refuses_to_start(folder, monkeypatch):
    next_version(folder, CANNOT["field facts.injury is no longer there"])
    done = RUN.invoke(app, ["check", "--from", str(folder)])
    assert isinstance(done.exception, HubError)
    assert "field facts.injury is no longer there" in done.stdout
    assert "emergency_attendance.v3 is not known to this version of the hub" in done.stdout
    monkeypatch.setattr(
        schema_check, "check_folder", lambda check=schema_check.check_folder: check(folder)
    )
    with pytest.raises(RefusedToStart, match=r"facts\.injury"):
        schema_check.check_shipped_schemas()


def test_a_reference_that_git_does_not_know_is_named(folder):
    with pytest.raises(ConfigurationError, match="existing reference"):
        schema_check.check_against("v9.9", folder)


def test_a_schema_is_shown_whole(folder):
    shown = RUN.invoke(app, ["show", "emergency_attendance.v2"]).stdout
    assert json.loads(shown)["name"] == "EmergencyAttendance"
    assert '"safeguarding.Subject"' not in shown
    assert isinstance(RUN.invoke(app, ["show", "x.v1"]).exception, ConfigurationError)
    assert folder.is_dir()


def test_bytes_of_another_thing_are_no_event():
    value = shipped_schemas().write("report", {"header": b"", "sealed": b""})
    with pytest.raises(EventFault, match="it is a report"):
        codec.decode_event(value, shipped_schemas(), test_numbers=True)
