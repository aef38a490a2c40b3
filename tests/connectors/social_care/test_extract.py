"""What ``extract.json`` may say, and how each mistake in it is named."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from connectors.social_care.extract import KEYS, REQUIRED_KEYS, describe
from connectors.social_care.tables import TABLES
from hub.errors import ConfigurationError

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SCHEMA = Path("connectors/social_care/extract.schema.json")


def described(**told):
    said = {"authority": "E08000035", "as_at": "2026-11-20T02:00:00Z", "full": True, **told}
    said = {key: value for key, value in said.items() if value is not None}
    return describe(json.dumps(said), place="monday", started_at=NOW)


def refused(**told):
    with pytest.raises(ConfigurationError) as caught:
        described(**told)
    return str(caught.value)


def test_the_extract_is_named_after_authority_and_as_at_if_it_has_no_name():
    assert described().extract_id == "E08000035-20261120T020000000Z-full"
    assert described(full=False).extract_id == "E08000035-20261120T020000000Z-changes"
    assert described(extract_id="monday.1").extract_id == "monday.1"


def test_the_revision_is_as_at_in_milliseconds_whatever_its_offset():
    in_london = described(as_at="2026-07-01T00:30:00.123456+01:00")
    assert in_london.as_at == datetime(2026, 6, 30, 23, 30, 0, 123_000, tzinfo=UTC)
    assert in_london.revision == 1_782_862_200_123
    assert in_london.day == date(2026, 7, 1)


def test_an_as_at_without_an_offset_is_refused():
    assert "the offset is missing" in refused(as_at="2026-11-20T02:00:00")
    assert "the offset is missing" in refused(as_at="2026-11-20")


def test_an_as_at_in_the_future_is_refused_but_for_five_minutes():
    assert described(as_at="2026-11-22T12:05:00Z").as_at > NOW
    assert "in the future" in refused(as_at="2026-11-22T12:05:01Z")


@pytest.mark.parametrize("value", ["tomorrow", 5, True, "0001-01-01T00:00:00+14:00"])
def test_an_as_at_that_is_no_instant_is_refused(value):
    assert "as_at must be an ISO 8601 date and time" in refused(as_at=value)


def test_an_unknown_key_is_named():
    assert "unknown key fulll" in refused(fulll=True)


@pytest.mark.parametrize("key", REQUIRED_KEYS)
def test_a_missing_key_is_named(key):
    assert f"{key} is missing" in refused(**{key: None})


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"authority": "Leeds"}, "authority must be the GSS code"),
        ({"authority": 35}, "authority must be the GSS code"),
        ({"authority": "E07000223"}, "a district has no children's services"),
        ({"full": "yes"}, "full must be true or false"),
        ({"statement": 1}, "statement must be true or false"),
        ({"statement": False}, "a full extract always states"),
        ({"extract_id": "no spaces"}, "extract_id must be 1 to 100"),
        ({"rows": {"ssd_contacts": 1}}, "unknown table ssd_contacts"),
        ({"rows": {"ssd_person": -1}}, "rows must say"),
        ({"rows": {"ssd_person": True}}, "rows must say"),
        ({"rows": []}, "rows must say"),
    ],
)
def test_a_wrong_value_is_named(told, sentence):
    assert sentence in refused(**told)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "is not JSON"),
        ("[]", "must be one JSON object"),
        ('{"full": true, "full": false}', "given twice"),
    ],
)
def test_what_is_not_one_object_is_refused(text, sentence):
    with pytest.raises(ConfigurationError, match=sentence):
        describe(text, place="monday", started_at=NOW)


def test_the_schema_for_councils_has_the_same_keys_and_tables():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert set(schema["properties"]) == set(KEYS)
    assert schema["required"] == list(REQUIRED_KEYS)
    named = schema["properties"]["rows"]["propertyNames"]["enum"]
    assert set(named) == {table.name for table in TABLES}
