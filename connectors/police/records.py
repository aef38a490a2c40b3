"""From a record under a force's own names to the published shape; pure, whatever file it came in.

Structured files (JSON, XML) hold lists of adults and children. A CSV file has a row for each child
of an incident, with columns for one victim and one suspect; rows of one version of one incident are
put together.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from connectors.outcome import Refused
from connectors.police.mapping_file import ROLES
from connectors.police.shape import (
    ADULT_FIELDS,
    ADULTS_MAX,
    CHILD_FIELDS,
    CHILDREN_MAX,
    INCIDENT_FIELDS,
    RELATIONSHIP_FIELDS,
    RELATIONSHIPS_MAX,
    ChildPart,
    IncidentRecord,
    Part,
    Plain,
)

Names = Mapping[str, str]

TEXT_CHARACTERS_MAX = 20_000
"""Of one field; a narrative that is longer is refused, not cut in the middle of a sentence."""


def structured_record(told: Plain, names: Names) -> IncidentRecord:
    """Answer the incident in an object of JSON or an element of XML.

    Raises:
        Refused: a field that should be a list or a text is something else, or there are too many.
    """
    children = _listed(told, "children", names, CHILDREN_MAX)
    return IncidentRecord(
        own=_object(told, INCIDENT_FIELDS, "", names),
        adults=tuple(
            _object(one, ADULT_FIELDS, "adult_", names)
            for one in _listed(told, "adults", names, ADULTS_MAX)
        ),
        children=tuple(_child(one, names) for one in children),
    )


def _child(told: Plain, names: Names) -> ChildPart:
    related = _listed(told, "relationships", names, RELATIONSHIPS_MAX, prefix="child_")
    return ChildPart(
        own=_object(told, CHILD_FIELDS, "child_", names),
        relationships=tuple(
            _object(one, RELATIONSHIP_FIELDS, "relationship_", names) for one in related
        ),
    )


def row_key(row: Mapping[str, str], names: Names) -> tuple[str, str]:
    """Answer what rows of one version of one incident share."""
    occurrence = names.get("occurrence_number", "occurrence_number")
    updated = names.get("updated_at", "updated_at")
    return row.get(occurrence, ""), row.get(updated, "")


def row_record(rows: Sequence[Mapping[str, str]], names: Names) -> IncidentRecord:
    """Answer the incident in the rows of one version of it, one for each child.

    The incident and its adults are those of the first row; a row without any column of a child
    names none.

    Raises:
        Refused: a field is longer than any should be, or there are too many children.
    """
    if len(rows) > CHILDREN_MAX:
        raise Refused("children", f"at most {CHILDREN_MAX} children of one incident")
    adults = {role: _part(rows[0], ADULT_FIELDS, f"{role}_", names) for role in ROLES}
    there = [role for role in ROLES if any(adults[role].texts.values())]
    children = [(row, _part(row, CHILD_FIELDS, "child_", names)) for row in rows]
    return IncidentRecord(
        own=_part(rows[0], INCIDENT_FIELDS, "", names),
        adults=tuple(_with_role(adults[role], role) for role in there),
        children=tuple(
            ChildPart(own=own, relationships=_row_relationships(row, there, names))
            for row, own in children
            if any(own.texts.values())
        ),
    )


def _with_role(adult: Part, role: str) -> Part:
    return Part({**adult.texts, "role": adult.text("role") or role})


def _row_relationships(
    row: Mapping[str, str], there: Sequence[str], names: Names
) -> tuple[Part, ...]:
    found = []
    for place, role in enumerate(there, start=1):
        told = _part(row, RELATIONSHIP_FIELDS[1:], f"child_{role}_", names)
        found.append(Part({**told.texts, "adult": str(place)}))
    return tuple(found)


def _object(told: Plain, fields: Iterable[str], prefix: str, names: Names) -> Part:
    """Answer the texts of an object's fields, which stand there without the prefix."""
    return _texts(told, {name: names.get(prefix + name, name) for name in fields}, prefix)


def _part(row: Mapping[str, str], fields: Iterable[str], prefix: str, names: Names) -> Part:
    """Answer the texts of some columns of a row."""
    own = {name: names.get(prefix + name, prefix + name) for name in fields}
    return _texts(row, own, prefix)


def _texts(told: Plain, own: Names, prefix: str) -> Part:
    texts = {}
    for name, path in own.items():
        text = _text(_at(told, path), prefix + name)
        if text:
            texts[name] = text
    return Part(texts)


def _at(told: Plain, path: str) -> Any:  # noqa: ANN401  # any value of a JSON document
    """Answer what stands under a name, or under a path of names joined by dots."""
    if path in told:
        return told[path]
    value: Any = told
    for step in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return value


def _text(value: Any, name: str) -> str:  # noqa: ANN401  # any value of a JSON document
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    value = _unwrapped(value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        value = "\n".join(value)
    if not isinstance(value, str | int | float):
        raise Refused(name, "a text, a number, or true or false")
    text = str(value).strip()
    if len(text) > TEXT_CHARACTERS_MAX:
        raise Refused(name, f"at most {TEXT_CHARACTERS_MAX} characters")
    return text


def _listed(
    told: Plain, name: str, names: Names, most: int, *, prefix: str = ""
) -> Sequence[Plain]:
    own = names.get(prefix + name)
    value = _at(told, own) if own else told.get(name)
    if value is None or value == "":
        return ()
    value = _unwrapped(value)
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise Refused(prefix + name, "a list, each entry with the fields of the published shape")
    if len(value) > most:
        raise Refused(prefix + name, f"at most {most} entries")
    return value


def _unwrapped(value: Any) -> Any:  # noqa: ANN401  # any value of a JSON document
    """Answer the entries of an XML list: an element that holds nothing but elements of one name."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return value
    (inner,) = value.values()
    return inner if isinstance(inner, list) else [inner]
