"""What an agency tells in words leaves the connector only sealed to the disclosure key."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from connectors.contract import Reading
from connectors.narratives import NARRATIVE_NOT_SEALED, with_sealed_details
from connectors.packing import Packer
from connectors.run import _seals_details
from hub.adapters.keys import load_disclosure_key, make_keys
from hub.core import codec, seal
from hub.errors import ConfigurationError
from hub.settings import Settings
from tests.connectors.fakes import REGISTRY, SINCE
from tests.core.a_report import an_event

WORDS = b"made-up words"
KEY = X25519PrivateKey.from_private_bytes(bytes(range(1, 33)))


def a_reading(detail=WORDS):
    return Reading(reference="r1", events=(an_event(detail=detail), an_event(revision=2)))


def seal_detail(plain, source_key):
    return seal.seal_detail(
        plain,
        public_key=KEY.public_key(),
        key_id="disclosure-1",
        agency="POL13",
        source_key=source_key,
    )


def opened(sealed, **changes):
    told = {"agency": "POL13", "source_key": "RR801|V1"} | changes
    return seal.open_detail(sealed, keys={"disclosure-1": KEY}, **told)


def test_a_narrative_is_sealed_and_opens_only_as_its_own_event():
    event, other = with_sealed_details(a_reading(), seal_detail).events
    assert WORDS not in event.detail
    assert other.detail is None
    assert opened(event.detail) == WORDS
    for changes in ({"agency": "POL14"}, {"source_key": "RR801|V2"}):
        with pytest.raises(ConfigurationError, match="not sealed for its event"):
            opened(event.detail, **changes)


@pytest.mark.parametrize("cut", [0, 3, 10, -1])
def test_a_narrative_that_is_cut_short_does_not_open(cut):
    (event, _) = with_sealed_details(a_reading(), seal_detail).events
    with pytest.raises(ConfigurationError):
        opened(event.detail[:cut])


def test_without_the_key_a_narrative_is_left_out_and_counted_never_sent():
    reading = with_sealed_details(a_reading(), None)
    assert [event.detail for event in reading.events] == [None, None]
    assert [(one.reason, one.count) for one in reading.dropped] == [(NARRATIVE_NOT_SEALED, 1)]


def test_a_reading_without_narratives_stays_as_it_is():
    reading = a_reading(detail=None)
    assert with_sealed_details(reading, None) is reading


@pytest.mark.parametrize("sealing", [seal_detail, None])
def test_no_report_holds_a_narrative_in_clear(sealing):
    packer = Packer(REGISTRY, SINCE, sealing)
    drafts = [*packer.add(a_reading()), *packer.flush()]
    (first, _) = drafts[0].body.events
    assert WORDS not in first
    told = codec.decode_event(first, REGISTRY, test_numbers=True).event
    assert (told.detail is not None) is (sealing is not None)
    assert replace(told, detail=None) == an_event()


def test_the_connector_seals_to_the_hubs_newest_disclosure_key(tmp_path):
    settings = Settings(home=tmp_path)
    assert load_disclosure_key(settings.keys) is None
    assert _seals_details(settings, "POL13") is None
    make_keys(settings.keys)
    sealed = _seals_details(settings, "POL13")(WORDS, "key")
    private = (settings.keys / "hub/disclosure/disclosure-1.key").read_text().strip()
    key = X25519PrivateKey.from_private_bytes(bytes.fromhex(private))
    keys = {"disclosure-1": key}
    assert seal.open_detail(sealed, keys=keys, agency="POL13", source_key="key") == WORDS
