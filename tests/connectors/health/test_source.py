"""Reading files and folders of messages."""

import tracemalloc
from dataclasses import replace

import pytest

from connectors.contract import ConnectorContext, Reading
from connectors.health import connector
from connectors.health.framing import END, MESSAGE_BYTES_MAX, START
from hub.core.report import Feed
from hub.errors import ConfigurationError
from tests.connectors.health.messages import CONTEXT, a_message, dropped

MESSAGES = [a_message(msh={10: f"M{n}"}, pv1={19: f"V{n}"}) for n in range(5)]


def readings(path, context: ConnectorContext = CONTEXT) -> list[Reading]:
    return list(connector.read(path, context))


def keys(path):
    return [event.source_key for reading in readings(path) for event in reading.events]


ALL = [f"RCB||V{n}" for n in range(5)]


def test_the_connector_is_of_the_health_feed():
    assert connector.feed is Feed.HEALTH


@pytest.mark.parametrize("line_end", ["\r", "\n", "\r\n"])
@pytest.mark.parametrize("between", ["", "\r\n\r\n"])
def test_a_file_of_many_messages_is_read_in_order(tmp_path, line_end, between):
    text = between.join(message.replace("\r", line_end) for message in MESSAGES)
    (tmp_path / "adt.hl7").write_bytes(text.encode())
    assert keys(tmp_path / "adt.hl7") == ALL


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_in_another_character_set_is_read(tmp_path, codec):
    text = "".join(message.replace("ROBIN", "ZOË") for message in MESSAGES)
    (tmp_path / "adt.hl7").write_bytes(text.encode(codec))
    found = readings(tmp_path / "adt.hl7")
    assert [r.events[0].source_key for r in found] == ALL
    assert {r.events[0].subject.given_names for r in found} == {("ZOË",)}
    assert not any(r.faults and r.faults[0].code.startswith("character") for r in found)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le"])
def test_a_file_of_mllp_frames_is_read(tmp_path, codec):
    text = "".join(f"\x0b{message}\x1c\r\n" for message in MESSAGES)
    (tmp_path / "adt.mllp").write_bytes(text.encode(codec))
    assert keys(tmp_path / "adt.mllp") == ALL


def test_a_folder_is_read_by_name_without_hidden_files_and_subfolders(tmp_path):
    for n in (3, 1, 0, 4, 2):
        (tmp_path / f"{n}.hl7").write_text(MESSAGES[n])
    (tmp_path / ".hidden").write_text(MESSAGES[0])
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "x.hl7").write_text(MESSAGES[0])
    assert keys(tmp_path) == ALL


def test_a_reading_names_file_message_and_control_id(tmp_path):
    (tmp_path / "adt.hl7").write_text("".join(MESSAGES[:2]))
    assert [r.reference for r in readings(tmp_path)] == [
        "adt.hl7 message 1 control id M0",
        "adt.hl7 message 2 control id M1",
    ]


def test_what_cannot_be_read_is_refused_and_the_rest_is_read(tmp_path):
    cut_short = START + MESSAGES[1].encode()[:200]
    content = START + MESSAGES[0].encode() + END + START + b"junk" + END + cut_short
    (tmp_path / "a.mllp").write_bytes(content)
    (tmp_path / "b.hl7").write_text("name,birth\nRobin,2019\n" + MESSAGES[2])
    found = readings(tmp_path)
    assert [len(r.events) for r in found] == [1, 0, 0, 0, 1]
    assert [r.refusals[0].reference for r in found if r.refusals] == [
        "a.mllp message 2",
        "a.mllp message 3",
        "b.hl7 message 1",
    ]
    assert "Robin" not in repr(found[3])


def test_a_message_that_is_too_large_is_refused_and_the_next_is_read(tmp_path):
    large = MESSAGES[0] + "NTE|" + "x" * MESSAGE_BYTES_MAX + "\r"
    (tmp_path / "adt.hl7").write_text(large + MESSAGES[1])
    found = readings(tmp_path)
    assert found[0].refusals[0].expected == f"a message of at most {MESSAGE_BYTES_MAX} bytes"
    assert found[1].events[0].source_key == ALL[1]


def test_memory_does_not_grow_with_the_file(tmp_path):
    path = tmp_path / "adt.hl7"
    with path.open("w") as file:
        for _ in range(3):
            file.write("".join(MESSAGES) + "NTE|" + "x" * 5_000_000 + "\r")
    for _ in connector.read(path, CONTEXT):
        pass  # what is imported and cached on first use is not counted
    tracemalloc.start()
    try:
        assert sum(len(r.events) for r in connector.read(path, CONTEXT)) == 12
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 5 * MESSAGE_BYTES_MAX


def test_an_empty_file_and_an_empty_folder_hold_nothing(tmp_path):
    (tmp_path / "empty.hl7").write_bytes(b"")
    assert readings(tmp_path) == []


def test_a_path_that_does_not_exist_is_an_error_that_says_what_was_expected(tmp_path):
    with pytest.raises(ConfigurationError, match=r"gone\.hl7: a file or a folder"):
        readings(tmp_path / "gone.hl7")


def test_the_mapping_file_of_the_context_is_used(tmp_path):
    (tmp_path / "adt.hl7").write_text(a_message(pv1={2: "O"}))
    mapping = tmp_path / ".mapping.toml"
    mapping.write_text(
        'version = 1\ntrust = "RCB"\n[[site]]\ncode = "RCB55"\n'
        '[[department]]\nsite = "RCB55"\ntype = "walk_in"\npoints_of_care = ["ED"]\n'
    )
    assert dropped(readings(tmp_path)[0]) == {"not_emergency": 1}
    (reading,) = readings(tmp_path, replace(CONTEXT, mapping_path=mapping))
    assert reading.events[0].facts.department_type == "walk_in"


def test_a_mapping_file_that_cannot_be_used_is_an_error_before_anything_is_read(tmp_path):
    (tmp_path / "adt.hl7").write_text(MESSAGES[0])
    with pytest.raises(ConfigurationError, match=r"gone\.toml cannot be read"):
        readings(tmp_path, replace(CONTEXT, mapping_path=tmp_path / "gone.toml"))
