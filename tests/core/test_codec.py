"""What is encoded comes back the same, and what is not a report is named and never half read."""

import json
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from typing import get_args, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.adapters.schemas import shipped_schemas
from hub.core import codec
from hub.core.codec_json import (
    canonical_bytes,
    event_from_jsonable,
    event_to_json,
    to_jsonable,
)
from hub.core.codec_padding import BODY_BYTES_MAX, BODY_CONTENT_MAX, SIZE_CLASSES, pad, unpad
from hub.core.codec_schema import PREFIX_BYTES
from hub.core.event import FACTS_BY_KIND, EventKind, Subject
from hub.core.reasons import ParkReason, RejectReason
from hub.errors import EventFault, ReportFault
from tests import strategies

REGISTRY = shipped_schemas()
every_kind = pytest.mark.parametrize("kind", list(EventKind))


@every_kind
@settings(max_examples=25)
@given(data=st.data())
def test_an_event_of_every_kind_comes_back_as_it_was(kind, data):
    event = data.draw(strategies.events([kind]))
    encoded = codec.encode_event(event, REGISTRY)
    decoded = codec.decode_event(encoded, REGISTRY, test_numbers=True)
    assert decoded.event == event
    assert decoded.dropped_identifiers == ()


@settings(max_examples=25)
@given(strategies.events())
def test_an_event_comes_back_from_its_line_of_json(event):
    line = event_to_json(event)
    assert "\n" not in line
    assert event_from_jsonable(json.loads(line), test_numbers=True) == event


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=25)
@given(strategies.reports())
def test_a_report_comes_back_as_it_was(report):
    header, body = report
    assert codec.decode_header(codec.encode_header(header, REGISTRY), REGISTRY) == header
    encoded = codec.encode_body(body, REGISTRY)
    assert codec.decode_body(encoded, REGISTRY, test_numbers=True) == body


@settings(max_examples=25)
@given(st.binary(), st.binary())
def test_a_message_value_comes_back_as_it_was(header, sealed):
    value = codec.ReportValue(header=header, sealed=sealed)
    assert codec.decode_value(codec.encode_value(value, REGISTRY), REGISTRY) == value


@every_kind
def test_the_types_and_the_schemas_name_the_same_fields(kind):
    schema = REGISTRY.current[kind.value].whole
    _same_fields(FACTS_BY_KIND[kind], _field(schema, "facts"))
    subject = _field(schema, "subject")
    named = {field["name"] for field in subject["fields"]}
    assert {field.name for field in fields(Subject)} == named | {"birth_date_partial"}


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("report_header", codec.ReportHeader),
        ("report_body", codec.EncodedBody),
        ("report", codec.ReportValue),
    ],
)
def test_a_report_s_types_and_schemas_name_the_same_fields(name, of):
    _same_fields(of, REGISTRY.current[name].whole)


def _same_fields(of, schema):
    assert {field.name for field in fields(of)} == {field["name"] for field in schema["fields"]}
    for name, hint in get_type_hints(of).items():
        for inner in (hint, *get_args(hint)):
            if is_dataclass(inner):
                _same_fields(inner, _field(schema, name))


def _field(schema, name):
    (found,) = (field["type"] for field in schema["fields"] if field["name"] == name)
    if isinstance(found, list):
        (found,) = (branch for branch in found if branch != "null")
    return found["items"] if found["type"] == "array" else found


@settings(max_examples=25)
@given(strategies.events())
def test_an_invalid_identifier_is_dropped_and_named_and_the_event_stands(event):
    plain = _plain(event)
    plain["subject"]["nhs_number"] = "9990000019"
    plain["subject"]["postcode"] = "NOT ONE"
    plain["subject"]["birth_date"] = "31/12/2019"
    decoded = codec.decode_event(_encoded(event.kind, plain), REGISTRY, test_numbers=True)
    dropped = {dropped.field for dropped in decoded.dropped_identifiers}
    assert dropped == {"subject.nhs_number", "subject.postcode", "subject.birth_date"}
    without = replace(
        event.subject, nhs_number=None, postcode=None, birth_date=None, birth_date_partial=None
    )
    assert decoded.event == replace(event, subject=without)


@settings(max_examples=25)
@given(strategies.events().filter(lambda event: event.subject.nhs_number))
def test_a_number_that_is_never_issued_is_dropped_on_a_live_feed(event):
    encoded = codec.encode_event(event, REGISTRY)
    decoded = codec.decode_event(encoded, REGISTRY, test_numbers=False)
    assert decoded.event.subject.nhs_number is None
    assert "subject.nhs_number" in {dropped.field for dropped in decoded.dropped_identifiers}


@settings(max_examples=25)
@given(strategies.events())
def test_a_time_without_a_zone_is_refused_by_name(event):
    naive = replace(event, occurred_at=datetime(2026, 1, 1))  # noqa: DTZ001  # the point of the test
    with pytest.raises(EventFault, match=r"occurred_at: a time with a zone was expected"):
        codec.encode_event(naive, REGISTRY)
    with pytest.raises(EventFault, match=r"occurred_at: a time with a zone was expected"):
        to_jsonable(naive)


@settings(max_examples=25)
@given(strategies.headers())
def test_a_header_with_a_naive_time_is_refused(header):
    naive = replace(header, created_at=datetime(2026, 1, 1))  # noqa: DTZ001  # the point
    with pytest.raises(ReportFault, match="created_at"):
        codec.encode_header(naive, REGISTRY)


@settings(max_examples=25)
@given(strategies.events(), st.data())
def test_bytes_that_are_not_an_event_are_an_event_fault_and_nothing_else(event, data):
    encoded = bytearray(codec.encode_event(event, REGISTRY))
    at = data.draw(st.integers(PREFIX_BYTES, len(encoded) - 1))
    encoded[at] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.integers(PREFIX_BYTES, len(encoded)))
    try:
        codec.decode_event(bytes(encoded[:cut]), REGISTRY, test_numbers=True)
    except EventFault as fault:
        assert fault.code == RejectReason.UNREADABLE  # noqa: PT017  # some changes still read


@settings(max_examples=25)
@given(strategies.events())
def test_trailing_bytes_are_refused(event):
    encoded = codec.encode_event(event, REGISTRY) + b"\0"
    with pytest.raises(EventFault, match="longer"):
        codec.decode_event(encoded, REGISTRY, test_numbers=True)


@settings(max_examples=25)
@given(strategies.events())
def test_an_unknown_schema_parks_the_report_and_names_what_is_known(event):
    encoded = b"\xc3\x01" + bytes(8) + codec.encode_event(event, REGISTRY)[10:]
    with pytest.raises(ReportFault, match=r"known: .*emergency_attendance\.v1") as caught:
        codec.decode_event(encoded, REGISTRY, test_numbers=True)
    assert caught.value.code == ParkReason.SCHEMA_NOT_KNOWN


def test_a_report_of_more_than_500_events_is_refused():
    with pytest.raises(ReportFault, match="501 events"):
        codec.encode_encoded_body(codec.EncodedBody(events=(b"",) * 501), REGISTRY)


@settings(max_examples=25)
@given(st.integers(0, BODY_CONTENT_MAX))
def test_padding_has_few_sizes_and_comes_off(length):
    content = b"\xff" * length
    padded = pad(content)
    assert len(padded) in {*SIZE_CLASSES, 2 * SIZE_CLASSES[-1], BODY_BYTES_MAX}
    assert unpad(padded) == content


def test_a_body_past_the_largest_class_is_refused():
    with pytest.raises(ReportFault) as caught:
        pad(bytes(BODY_CONTENT_MAX + 1))
    assert caught.value.code == ParkReason.TOO_LARGE


@pytest.mark.parametrize("padded", [b"", b"\0\0\0", b"\0\0\0\x05abc", b"\0\0\0\x01a\0\x01"])
def test_padding_that_is_not_as_made_is_refused(padded):
    with pytest.raises(ReportFault):
        unpad(padded)


@settings(max_examples=25)
@given(strategies.events())
def test_the_canonical_bytes_do_not_depend_on_how_the_detail_was_sealed(event):
    one, other = replace(event, detail=b"one"), replace(event, detail=b"other")
    assert canonical_bytes(one) == canonical_bytes(other)
    assert canonical_bytes(one) != canonical_bytes(replace(event, detail=None))
    assert canonical_bytes(one) != canonical_bytes(replace(one, shielded=not one.shielded))


@settings(max_examples=25)
@given(strategies.events())
def test_json_with_an_unknown_field_is_refused(event):
    plain = to_jsonable(event)
    plain["colour"] = "blue"
    with pytest.raises(EventFault, match="not known"):
        event_from_jsonable(plain, test_numbers=True)


@settings(max_examples=25)
@given(strategies.events())
def test_neither_repr_nor_fault_shows_a_person(event):
    marked = replace(event, subject=replace(event.subject, family_name="Zzyzxname"))
    assert "Zzyzxname" not in repr(marked)
    with pytest.raises(EventFault) as caught:
        codec.encode_event(replace(marked, revision=2**63), REGISTRY)
    assert "Zzyzxname" not in str(caught.value)


def _plain(event):
    """The event as Avro takes it, for planting what the types do not allow."""
    _, plain = REGISTRY.read(codec.encode_event(event, REGISTRY))
    return plain


def _encoded(kind, plain):
    return REGISTRY.write(kind.value, plain)
