"""Taking messages apart: character sets, separators, line ends, and whatever bytes come."""

import logging

import hl7
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from connectors.health import mapping
from connectors.health.escapes import TEXT_CHARACTERS_MAX, clean
from connectors.health.mapping import map_message, map_or_refuse
from connectors.health.message import REPETITIONS_MAX, read_header, read_message
from hub.core import codec
from hub.core.intake_event import EventContext, ValidEvent, judge_event
from hub.core.report import Feed
from hub.core.seal import EventDigests
from tests.connectors.health.messages import CONTEXT, YORK, a_message, event_of, faults, read
from tests.core.a_report import REGISTRY


def named(name, charset):
    return a_message(pid={5: f"{name}^ZOË^^^^^L"}, msh={18: charset})


# --- character sets -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("ASCII", "utf-8"),
        ("", "utf-8"),
        ("UNICODE", "utf-8"),
        ("UNICODE UTF-8", "utf-8"),
        ("UTF-8", "utf-8"),
        ("8859/1", "latin-1"),
        ("8859/2", "iso8859_2"),
        ("8859/15", "iso8859_15"),
        ("8859/1~UNICODE UTF-8", "latin-1"),
        ("UNICODE UTF-16", "utf-16"),
        ("UNICODE UTF-16", "utf-16-le"),
        ("UNICODE UTF-16", "utf-16-be"),
        ("UNICODE", "utf-16"),
        ("UNICODE UTF-8", "utf-8-sig"),
    ],
)
def test_the_declared_character_set_is_read(charset, codec):
    reading = read(named("MÜLLER", charset).encode(codec))
    assert reading.events[0].subject.family_name == "MÜLLER"
    assert reading.events[0].subject.given_names == ("ZOË",)
    assert reading.faults == ()


@pytest.mark.parametrize("charset", ["ASCII", "", "UNICODE", "UNICODE UTF-8", "UTF-8"])
def test_bytes_of_another_set_are_read_as_latin_1_and_named(charset):
    reading = read(named("MÜLLER", charset).encode("latin-1"))
    assert reading.events[0].subject.family_name == "MÜLLER"
    assert faults(reading) == {"character_set_not_as_declared": "RCB"}


def test_a_wrong_byte_in_one_segment_does_not_spoil_another():
    message = a_message(pid={5: "ŁUKASZ^ZOË"}).encode() + b"NTE|1||caf\xe9\r"
    assert event_of(message).subject.family_name == "ŁUKASZ"


@pytest.mark.parametrize("charset", ["ISO IR87", "Robin"])
def test_an_unknown_character_set_is_read_as_utf_8_and_named(charset):
    reading = read(named("MÜLLER", charset).encode())
    assert reading.events[0].subject.family_name == "MÜLLER"
    assert faults(reading) == {"character_set_not_as_declared": "RCB"}


def test_a_message_said_to_be_utf_16_that_is_not_is_read():
    assert event_of(named("MÜLLER", "UNICODE UTF-16").encode()).subject.family_name == "MÜLLER"


# --- line ends and separators -------------------------------------------------------------------


@pytest.mark.parametrize("line_end", ["\r", "\n", "\r\n"])
def test_every_line_end_gives_the_same_event(line_end):
    assert event_of(a_message(line_end=line_end)) == event_of(a_message())


def test_a_line_break_inside_a_field_does_not_lose_the_fields_after_it():
    message = a_message(pid={11: "4 MADE UP\nLANE^^YORK^^YO31 8HE^GBR^H"})
    person = event_of(message).subject
    assert person.address_lines == ("4 MADE UP LANE", "YORK")
    assert person.nhs_number_status.value == "verified"


def test_other_separators_are_read():
    swapped = str.maketrans("|^~\\&", "#*!?%")
    assert event_of(a_message().translate(swapped)) == event_of(a_message())


@pytest.mark.parametrize(
    "head",
    ["", "MSH", "MSH|", "MSH|^~\\&", "MSHA^~", "MSH||", "MSH|^^~|x", "MSH ^~\\& ", "PID|"],
)
def test_a_header_that_cannot_be_read_is_refused_as_such(head):
    (refusal,) = read(head + "\rPID|1\r").refusals
    assert refusal.field == "MSH"


def test_a_header_with_fewer_encoding_characters_is_read():
    assert event_of(a_message().replace("MSH|^~\\&|", "MSH|^~|"))


def test_escape_sequences_are_replaced_and_unknown_ones_removed():
    message = read_message(
        "MSH|^~\\&|\rPID|a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f\\X41\\g\\.br\\h\\Zxx\\i\r"
    )
    assert message.row("PID").text(1) == "a|b^c&d~e\\fAg hi"


def test_a_text_is_cut_and_cleaned():
    assert clean("  a\x00b\x1b\n c\ud800 ") == "ab c"
    assert len(clean("x" * 5_000)) == TEXT_CHARACTERS_MAX


def test_repetitions_are_bounded():
    many = "~".join(f"H{n}^^^RCB^MR" for n in range(5_000))
    message = read_message(a_message(pid={3: many}))
    assert len(message.row("PID").values(3)) == REPETITIONS_MAX


# --- what the package does by itself, and why it is not used so ---------------------------------


def test_the_package_splits_at_cr_alone():
    assert len(hl7.parse(a_message(line_end="\n"))) == 1


def test_the_package_fails_on_separators_that_repeat():
    with pytest.raises(AssertionError):
        hl7.parse("MSH|^^~\\&|x\rPID|a^b\r")


def test_the_package_logs_a_field_that_it_cannot_unescape(caplog):
    parsed = hl7.parse("MSH|^~\\&|\rPID|x")
    with caplog.at_level(logging.ERROR):
        parsed.unescape("ARKWRIGHT \\ZZ\\")
    assert "ARKWRIGHT" in caplog.text


def test_the_connector_logs_nothing_of_a_field_that_it_cannot_unescape(caplog):
    with caplog.at_level(logging.DEBUG):
        read(a_message(pid={5: "ARKWRIGHT \\ZZ\\^ROBIN \\C2842\\"}))
    assert caplog.text == ""


# --- whatever comes -----------------------------------------------------------------------------

WHATEVER = settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
FRAGMENTS = st.sampled_from(
    [
        *("MSH|^~\\&|", "MSH", "PID|", "PV1|", "EVN|", "ZU8|", "DG1|", "NK1|"),
        *("|", "^", "~", "&", "\\", "\r", "\n", "\x0b", "\x1c\r", '""', "\\X", "\\.sp"),
        *("ADT^A04", "P", "RCB", "20261120091200", "E", "ED^^^RCB55", "9990000018^^^NHS"),
        *("é", "\ud800", "\x00", "99999999999999999999", "00000000", "-", "+", "²"),
    ]
)


HUB = EventContext(
    feed=Feed.HEALTH,
    agency="RCB",
    received_at=CONTEXT.started_at,
    schemas=REGISTRY,
    digests=EventDigests(bytes(32)),
    test_numbers=True,
)


def came_to_something(reading):
    """A message came to an event that the hub stores as it is, or was refused or left out."""
    came = len(reading.events) + len(reading.refusals) + len(reading.dropped)
    assert came >= 1
    assert reading.reference
    for event in reading.events:
        judged = judge_event(0, codec.encode_event(event, REGISTRY), HUB)
        assert isinstance(judged, ValidEvent), judged
        assert judged.event == event


@WHATEVER
@given(st.binary(max_size=600))
@example(b"")
@example(b"MSH|^~\\&|\xff\xfe")
@example(b"\xff\xfe")
@example(b"MSH|^~\\&|||||||ADT^A04|\x1c||")
def test_arbitrary_bytes_become_a_refusal_and_nothing_else(content):
    came_to_something(map_message(content, YORK, CONTEXT))


@WHATEVER
@given(st.lists(st.one_of(FRAGMENTS, st.text(max_size=8)), max_size=60).map("".join))
def test_texts_that_look_like_hl7_never_fail(text):
    came_to_something(map_message(text, YORK, CONTEXT))


@WHATEVER
@given(st.data())
def test_any_field_may_hold_anything(data):
    segment = data.draw(st.sampled_from(["msh", "evn", "pid", "pv1"]))
    numbers = st.integers(3 if segment == "msh" else 1, 51)
    texts = st.lists(st.one_of(FRAGMENTS, st.text(max_size=12)), max_size=6).map("".join)
    fields = data.draw(st.dictionaries(numbers, texts, max_size=5))
    trigger = data.draw(st.sampled_from(["A01", "A03", "A08", "A11", "A13", "A28", "A02"]))
    came_to_something(map_message(a_message(trigger, **{segment: fields}), YORK, CONTEXT))


@WHATEVER
@given(st.integers(0, 400), st.binary(min_size=1, max_size=3))
def test_a_good_message_with_some_bytes_changed_never_fails(position, noise):
    content = bytearray(a_message().encode())
    content[position : position + len(noise)] = noise
    came_to_something(map_message(bytes(content), YORK, CONTEXT))


@given(st.binary(max_size=300))
def test_reading_a_header_never_fails(content):
    header = read_header(content)
    assert header is None or header.separator


# --- refusals -----------------------------------------------------------------------------------


def test_a_refusal_names_where_it_stood_and_nothing_that_could_be_personal():
    message = a_message(pv1={19: ""}).encode()
    (refusal,) = map_message(message, YORK, CONTEXT, reference="adt.hl7 message 3").refusals
    assert refusal.reference == "adt.hl7 message 3 control id MSG0001"
    assert refusal.field == "PV1-19"
    assert refusal.at == CONTEXT.started_at
    text = repr(refusal)
    assert not [word for word in ("ARKWRIGHT", "9990000018", "20190504", "YO31") if word in text]


def test_a_control_id_that_is_no_control_id_is_not_repeated():
    (refusal,) = read(a_message(msh={10: "ARKWRIGHT, ROBIN"}, pv1={19: ""})).refusals
    assert refusal.reference == "a message without a control id"


def test_a_bug_of_ours_costs_one_message_and_shows_as_a_fault(monkeypatch):
    def broken(*_args):
        raise KeyError("ARKWRIGHT")

    monkeypatch.setattr(mapping, "event_of", broken)
    with pytest.raises(KeyError):
        map_message(a_message(), YORK, CONTEXT)
    reading = map_or_refuse(a_message(), YORK, CONTEXT, reference="adt.hl7 message 1")
    assert faults(reading) == {"connector_bug": "KeyError"}
    assert "ARKWRIGHT" not in repr(reading)
