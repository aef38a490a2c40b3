"""The connector takes a message apart as the ``hl7`` package does, whole or damaged."""

import string
import unicodedata

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from connectors.health.escapes import TEXT_CHARACTERS_MAX, Escapes, clean
from connectors.health.message import REPETITIONS_MAX, read_header, read_message, take_apart
from tests.connectors.every_connector import ROOT
from tests.connectors.health.hl7_package import READ, Unreadable, read_by_the_package
from tests.connectors.health.messages import a_message

HELD = settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
FIELDS_BEYOND = 3
EXAMPLES = sorted((ROOT / "health" / "examples").glob("*/input/*.hl7"))

PARTS = st.sampled_from(
    [
        *("^", "~", "&", "\\", "|", " ", "  ", '""', "\\F\\", "\\X41\\", "\\.br\\", "\\Zq\\"),
        *("ARKWRIGHT", "ROBIN LEE", "9990000018", "MÜLLER", "\u00a0", "\x85", "\x00", "\x0b", "é"),
        *("\r", "\n", "\r\n", "\rPID|", "\rPV1|a^b", "\rNTE|1", "\rMSH|^~\\&|x", "\rZU8", "\x1c"),
    ]
)
TEXTS = st.lists(st.one_of(PARTS, st.text(max_size=6)), max_size=8).map("".join)


def read_by_us(content):
    """The same as ``read_by_the_package`` answers, but for MSH, which is read as a header."""
    message = read_message(content)
    if message is None:
        raise Unreadable
    found = {}
    for name in READ - {"MSH"}:
        found[name] = [
            [row.values(number) for number in range(1, len(row.fields))]
            for row in message.rows(name)
        ]
        for row in message.rows(name):
            for beyond in range(len(row.fields), len(row.fields) + FIELDS_BEYOND):
                assert row.values(beyond) == ()
    return message.headers, {
        name: [[[value.components for value in values] for values in fields] for fields in rows]
        for name, rows in found.items()
    }


def the_packages_answer(content):
    told = read_by_the_package(content)
    headers = sum(name == "MSH" for name, _ in told)
    rows = {name: [] for name in READ - {"MSH"}}
    for name, fields in told:
        if name != "MSH":
            rows[name].append(fields)
    return headers, {name: some[:REPETITIONS_MAX] for name, some in rows.items()}


def answer(reads, content):
    try:
        return reads(content)
    except Unreadable:
        return None


def separators_coincide(content):
    """MSH leaves out a separator whose standing one is another already."""
    header = read_header(content)
    if header is None:
        return False
    marks = [header.separator, *header.encoding[:2], *header.encoding[3:4]]
    given = len(header.encoding)
    marks += ["~"] if given < len("^~") else []
    marks += ["&"] if given < len("^~\\&") else []
    return len(set(marks)) < len(marks)


def as_read(header):
    if header is None:
        return None
    firsts = [header.first(number) for number in range(3, len(header.fields) + 1)]
    return header.separator, header.encoding, header.codec, firsts


def same(content):
    if separators_coincide(content):
        assert read_message(content) is None
    else:
        assert answer(read_by_us, content) == answer(the_packages_answer, content)
    header, message = take_apart(content)
    assert as_read(header) == as_read(read_header(content))
    assert message == read_message(content)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.parent.name)
def test_every_example_is_read_as_the_package_reads_it(path):
    content = path.read_bytes()
    same(content)
    for message in content.split(b"MSH|")[1:]:
        same(b"MSH|" + message)


@HELD
@given(st.data())
def test_a_message_with_anything_in_its_fields_is_read_as_the_package_reads_it(data):
    segments = {
        name: data.draw(st.dictionaries(st.integers(first, 51), TEXTS, max_size=5))
        for name, first in (("msh", 3), ("evn", 1), ("pid", 1), ("pv1", 1))
    }
    more = data.draw(st.lists(st.one_of(TEXTS, TEXTS.map("NK1|1|".__add__)), max_size=3))
    end = data.draw(st.sampled_from(["\r", "\n", "\r\n"]))
    same(a_message(**segments, more=tuple(more), line_end=end))


@HELD
@given(st.text(alphabet=string.printable, min_size=1, max_size=7), TEXTS)
@example("|^~\\&", "a&b^c~d")
@example("#*!?%", "a%b*c!d")
@example("|~", "")
@example("&^~\\", "")
@example("|^~\x00\\", "a\\b^c~d&e")
def test_whatever_separates_a_message_it_is_read_as_the_package_reads_it(marks, text):
    separator = marks[0]
    same(separator.join([f"MSH{marks}", "PAS", "RCB\rPID", "1", "", text]))


@HELD
@given(st.integers(0, 400), st.binary(min_size=1, max_size=3), st.booleans())
def test_a_damaged_message_is_read_as_the_package_reads_it(position, noise, drop):
    content = bytearray(a_message(more=("NK1|1|ARKWRIGHT^ANN|MTH", "DG1|1||S52^^I10")).encode())
    content[position : position + (0 if drop else len(noise))] = noise
    same(bytes(content))


@HELD
@given(st.binary(max_size=300))
@example(b"\x00\r\nMSH|^~\\&|PAS\rPID|1")
@example(b"\tMSH|^~\\&|PAS\rPID|1")
@example(b"M\x01SH|^~\\&|PAS\rMSH|^~\\&|PAS\rPID|1")
@example(b"M\x01SH|^~\\&|PAS\rPID|1\rMSH|^~\\&|PAS")
@example(b"MSH|^~\\&|PAS\rPID|1||" + b"~".join([b"H1^^^RAE"] * 60) + b"\rNK1|1|ANN" * 60)
def test_whatever_bytes_come_they_are_read_as_the_package_reads_them(content):
    same(content)


@HELD
@given(TEXTS)
def test_a_text_that_is_left_as_it_is_would_have_come_to_the_same(text):
    escapes = Escapes("|", "^~\\&")
    if escapes.are_plain(text):
        assert escapes.replace(text) == text
    assume(text)
    spaced = " ".join(text.split())
    spaced = "".join(c for c in spaced if not unicodedata.category(c).startswith("C"))
    assert clean(text) == spaced[:TEXT_CHARACTERS_MAX].strip()
