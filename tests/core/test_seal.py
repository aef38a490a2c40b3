"""What is sealed, signed or digested can be neither changed nor moved, and is the same for all."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from hub.adapters.schemas import schema_sources, shipped_schemas
from hub.core import codec, seal
from hub.core.codec_json import canonical_bytes, event_from_jsonable
from hub.core.codec_padding import pad, unpad
from hub.core.codec_schema import SchemaRegistry
from hub.errors import ConfigurationError, ReportFault

VECTORS = Path(__file__).parent / "vectors"
HUB = X25519PrivateKey.from_private_bytes(bytes(range(32)))
SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
DIGESTS = seal.EventDigests(bytes(range(32)))
PLACE = seal.Place(table="record", column="demographics", row=b"r" * 16)
KEY, KEY_ID, NONCE = b"k" * 32, b"i" * 16, b"n" * 12
short_bytes = st.binary(max_size=60)


def changed(content, at, by):
    """The bytes with one of them changed."""
    spot = at % len(content)
    return content[:spot] + bytes([content[spot] ^ by]) + content[spot + 1 :]


places_and_changes = given(st.integers(0, 10_000), st.integers(1, 255))


@given(short_bytes, short_bytes)
def test_a_body_opens_with_its_own_header(body, header):
    sealed = seal.seal_body(body, public_key=HUB.public_key(), header=header)
    assert seal.open_body(sealed, private_key=HUB, header=header) == body


@places_and_changes
def test_any_changed_byte_of_body_or_header_is_refused(at, by):
    header = b"header of this report"
    sealed = seal.seal_body(b"body", public_key=HUB.public_key(), header=header)
    with pytest.raises(ReportFault):
        seal.open_body(changed(sealed, at, by), private_key=HUB, header=header)
    with pytest.raises(ReportFault):
        seal.open_body(sealed, private_key=HUB, header=changed(header, at, by))


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(48), bytes(47)])
def test_bytes_that_were_never_sealed_are_refused(sealed):
    with pytest.raises(ReportFault):
        seal.open_body(sealed, private_key=HUB, header=b"")


@places_and_changes
def test_any_changed_byte_of_signature_value_or_topic_is_refused(at, by):
    value, topic = b"the value of the message", "safeguarding.reports.health.v1"
    signature = seal.sign(topic, value, SIGNER)
    key = SIGNER.public_key()
    assert seal.verify(topic, value, signature, key)
    assert not seal.verify(topic, value, changed(signature, at, by), key)
    assert not seal.verify(topic, changed(value, at, by), signature, key)
    assert not seal.verify("safeguarding.reports.social_care.v1", value, signature, key)
    assert not seal.verify(topic, value, signature[:-1], key)


@given(st.lists(short_bytes), st.lists(short_bytes))
def test_two_lists_of_parts_are_never_framed_alike(one, other):
    assert (seal.framed(one) == seal.framed(other)) == (one == other)


def test_a_digest_depends_on_every_part_and_on_its_purpose():
    digests = {
        DIGESTS.event_id("RR8", "visit", 1),
        DIGESTS.event_id("RR8", "visit", 2),
        DIGESTS.event_id("RR8", "visi", 1),
        DIGESTS.event_id("RR8v", "isit", 1),
        DIGESTS.fact_key("RR8", "visit"),
        DIGESTS.record_ref("RR8", "visit"),
        seal.EventDigests(b"other").fact_key("RR8", "visit"),
        seal.IdentityDigests(bytes(range(32))).identity_digest("RR8", "visit"),
    }
    assert len(digests) == 8
    assert {len(digest) for digest in digests} == {16}


@given(st.binary(max_size=100))
def test_a_sealed_column_opens_in_its_place(plain):
    envelope = seal.seal_field(plain, key=KEY, key_id=KEY_ID, nonce=NONCE, place=PLACE)
    assert seal.open_field(envelope, keys={KEY_ID: KEY}, place=PLACE) == plain


@pytest.mark.parametrize(
    "elsewhere",
    [
        seal.Place(table="alert", column="demographics", row=b"r" * 16),
        seal.Place(table="record", column="address", row=b"r" * 16),
        seal.Place(table="record", column="demographics", row=b"s" * 16),
        seal.Place(table="recor", column="ddemographics", row=b"r" * 16),
    ],
)
def test_a_sealed_column_opens_nowhere_else(elsewhere):
    envelope = seal.seal_field(b"x", key=KEY, key_id=KEY_ID, nonce=NONCE, place=PLACE)
    with pytest.raises(ConfigurationError):
        seal.open_field(envelope, keys={KEY_ID: KEY}, place=elsewhere)


@places_and_changes
def test_any_changed_byte_of_a_sealed_column_is_refused(at, by):
    envelope = seal.seal_field(b"x", key=KEY, key_id=KEY_ID, nonce=NONCE, place=PLACE)
    keys = {KEY_ID: KEY, changed(KEY_ID, at - 1, by): KEY}
    with pytest.raises(ConfigurationError):
        seal.open_field(changed(envelope, at, by), keys=keys, place=PLACE)


def test_a_column_s_nonce_and_key_id_have_their_lengths():
    with pytest.raises(ConfigurationError):
        seal.seal_field(b"x", key=KEY, key_id=KEY_ID, nonce=b"short", place=PLACE)


def vectors(name):
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def test_the_published_report_opens_and_its_signature_verifies():
    given_ = vectors("report.v1.json")
    hub = X25519PrivateKey.from_private_bytes(bytes.fromhex(given_["hub_private_key"]))
    signer = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(given_["publisher_private_key"]))
    value = bytes.fromhex(given_["value"])
    signature = bytes.fromhex(given_["signature"])
    assert seal.verify(given_["topic"], value, signature, signer.public_key())
    assert seal.sign(given_["topic"], value, signer) == signature
    registry = shipped_schemas()
    envelope = codec.decode_value(value, registry)
    assert envelope.header.hex() == given_["header"]
    header = codec.decode_header(envelope.header, registry)
    assert header.report_id.hex() == given_["report_id"]
    identity = (header.publisher, header.connector, header.epoch, header.sequence)
    assert seal.report_id(*identity) == header.report_id
    padded = seal.open_body(envelope.sealed, private_key=hub, header=envelope.header)
    assert padded.hex() == given_["padded_body"]
    assert pad(unpad(padded)) == padded
    (event,) = codec.decode_body(unpad(padded), registry, test_numbers=True).events
    assert event == event_from_jsonable(given_["event"], test_numbers=True)
    assert codec.encode_event(event, _of_its_time()).hex() == given_["event_encoded"]


def _of_its_time():
    """The schemas as they were when the report was made: its events are of version 1."""
    return SchemaRegistry.of(
        replace(one, current=True) if one.name == "emergency_attendance" else one
        for one in schema_sources()
        if (one.name, one.version) != ("emergency_attendance", 2)
    )


def test_what_was_told_by_version_1_is_the_same_told_by_version_2():
    """Told again by a later connector, it has the same digest: no conflict."""
    given_ = vectors("report.v1.json")
    first = bytes.fromhex(given_["event_encoded"])
    event = codec.decode_event(first, shipped_schemas(), test_numbers=True).event
    again = codec.encode_event(event, shipped_schemas())
    assert again != first
    assert codec.decode_event(again, shipped_schemas(), test_numbers=True).event == event
    assert json.loads(canonical_bytes(event)) == given_["event"]


def test_the_published_digests_are_what_the_hub_computes():
    given_ = vectors("digests.v1.json")
    digests = seal.EventDigests(bytes.fromhex(given_["key"]))
    for vector in given_["event_id"]:
        expected = bytes.fromhex(vector["digest"])
        assert digests.event_id(*vector["parts"]) == expected
    for vector in given_["fact_key"]:
        assert digests.fact_key(*vector["parts"]).hex() == vector["digest"]
    for vector in given_["record_ref"]:
        assert digests.record_ref(*vector["parts"]).hex() == vector["digest"]
    for vector in given_["report_id"]:
        assert seal.report_id(*vector["parts"]).hex() == vector["digest"]
