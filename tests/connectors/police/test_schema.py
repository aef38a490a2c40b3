"""The published JSON Schema says what the connector reads, no more and no less."""

import json
import re
from pathlib import Path

import pytest

from connectors.police.shape import (
    ADULT_FIELDS,
    ADULTS_MAX,
    CHILD_FIELDS,
    CHILDREN_MAX,
    INCIDENT_FIELDS,
    RELATIONSHIP_FIELDS,
)
from connectors.police.vocabulary import VOCABULARIES
from tests.connectors.police.conftest import MIRA, an_incident

FOLDER = Path("connectors/police").resolve()
SCHEMA = json.loads((FOLDER / "incident.schema.json").read_text(encoding="utf-8"))
PARTS = SCHEMA["$defs"]
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int}
UNDERSTOOD = {
    *("$schema", "$defs", "$ref", "title", "description", "type", "enum", "pattern", "format"),
    *("minLength", "maxLength", "minimum", "maximum", "maxItems", "items", "required"),
    *("properties", "additionalProperties", "anyOf"),
}
WELL_FORMED = [
    "an_incident_with_one_child_there_and_one_away",
    "a_pregnant_victim",
    "a_withdrawn_incident",
    "a_child_listed_in_error",
    "merged_occurrences",
    "a_restricted_child",
]


def flaws(value, schema, at="$"):
    """What of a value is not as the schema says: as much of JSON Schema as the file uses."""
    assert set(schema) <= UNDERSTOOD, f"{at}: the schema uses what this test does not check"
    if "$ref" in schema:
        yield from flaws(value, PARTS[schema["$ref"].rpartition("/")[2]], at)
    if "anyOf" in schema and all(list(flaws(value, one, at)) for one in schema["anyOf"]):
        yield f"{at}: none of the alternatives"
    if "type" in schema and type(value) is not TYPES[schema["type"]]:
        yield f"{at}: {schema['type']} was expected"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: not in the list"
    yield from _measured(value, schema, at)
    yield from _inside(value, schema, at)


def _measured(value, schema, at):
    if isinstance(value, str):
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10**9):
            yield f"{at}: length"
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{at}: pattern"
    low, high = schema.get("minimum", value), schema.get("maximum", value)
    if isinstance(value, int) and not low <= value <= high:
        yield f"{at}: out of range"


def _inside(value, schema, at):
    if isinstance(value, dict):
        yield from (f"{at}.{n}: is missing" for n in schema.get("required", ()) if n not in value)
        for name, one in value.items():
            if name in schema.get("properties", {}):
                yield from flaws(one, schema["properties"][name], f"{at}.{name}")
            elif schema.get("additionalProperties") is False:
                yield f"{at}.{name}: is not known"
    if isinstance(value, list):
        if len(value) > schema.get("maxItems", len(value)):
            yield f"{at}: too many"
        for place, one in enumerate(value):
            yield from flaws(one, schema.get("items", {}), f"{at}[{place}]")


@pytest.mark.parametrize(
    ("part", "fields"),
    [
        ("incident", {*INCIDENT_FIELDS, "adults", "children"}),
        ("adult", set(ADULT_FIELDS)),
        ("child", {*CHILD_FIELDS, "relationships"}),
        ("relationship", set(RELATIONSHIP_FIELDS)),
    ],
)
def test_it_has_every_field_that_is_read_and_no_other(part, fields):
    properties = PARTS[part]["properties"]
    assert set(properties) == fields
    assert all(one.get("description", "").endswith(".") for one in properties.values())


def test_it_lists_every_published_code():
    listed = {tuple(one["enum"]) for part in PARTS.values() for one in coded(part)}
    flag = VOCABULARIES["flag"]
    assert listed == {tuple(str(c) for c in codes) for codes in VOCABULARIES.values()} - {flag}


def coded(part):
    return [one for one in part["properties"].values() if "enum" in one]


def test_its_limits_are_those_that_are_held():
    incident = PARTS["incident"]["properties"]
    assert incident["adults"]["maxItems"] == ADULTS_MAX
    assert incident["children"]["maxItems"] == CHILDREN_MAX


@pytest.mark.parametrize("example", WELL_FORMED)
def test_the_well_formed_examples_are_as_it_says(example):
    paths = sorted((FOLDER / "examples" / example / "input").glob("*.json"))
    assert paths
    for path in paths:
        assert list(flaws(json.loads(path.read_text(encoding="utf-8")), SCHEMA)) == []


def test_what_it_allows_is_read_without_loss(exports):
    told = {"incidents": [an_incident()]}
    assert list(flaws(told, SCHEMA)) == []
    exports.file("a.json", json.dumps(told))
    (reading,) = exports.read()
    assert (reading.refusals, reading.dropped, reading.faults) == ((), (), ())


@pytest.mark.parametrize(
    "wrong",
    [
        an_incident(occurrence_number=None),
        an_incident(officer_grade="gold"),
        an_incident(shoe_size=7),
        an_incident(yes_answers=-1),
        an_incident(children=[{**MIRA, "present": "yes"}]),
        an_incident(force="West Yorkshire"),
        "an incident",
    ],
)
def test_what_it_forbids_is_seen(wrong):
    assert list(flaws(wrong, SCHEMA))
