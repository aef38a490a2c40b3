"""Writes visits as HL7 v2.4 ADT messages, as two real kinds of hospital system write them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from hub.demo.hl7_letters import encoded
from hub.demo.people import Person, Quirk, Visit
from hub.demo.places import Style, Trust
from hub.demo.staff_words import segments as staff_segments

LONDON = ZoneInfo("Europe/London")
ESCAPES = {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\"}
PLACEHOLDER = "9999999999"
CHANGES = frozenset({"A40", "A47"})
"""Triggers that say of no visit whose it is, but of a person who it was."""
NATIONAL_SHIELD = "ZU8||||2"
STRUCTURES = {
    "A02": "ADT_A02",
    "A03": "ADT_A03",
    "A11": "ADT_A09",
    "A40": "ADT_A39",
    "A45": "ADT_A45",
    "A47": "ADT_A30",
}
SENT_AFTER = timedelta(seconds=4)
"""How long after it is recorded a message leaves the hospital's system."""


class Ending(StrEnum):
    """What ends a segment in a file; over MLLP it is always CR."""

    CR = "\r"
    LF = "\n"
    CRLF = "\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message ready to be sent. ``trigger`` is its ADT trigger, such as ``A01``."""

    at: datetime
    """When it leaves the hospital's system, UTC."""
    trust: str
    site: str
    trigger: str
    control_id: str
    content: bytes
    """Segments end in CR."""


def messages(visit: Visit) -> Iterator[Message]:
    """Give every message of a visit in the order in which they are sent."""
    recorded = _recorded(visit)
    if Quirk.UPDATE_FIRST in visit.quirks and len(recorded) > 1:
        first, second, *rest = recorded
        recorded = [second, first, *rest]
    sent_at = datetime.min.replace(tzinfo=UTC)
    for number, (trigger, at) in enumerate(recorded, start=1):
        sent_at = max(sent_at + timedelta(seconds=1), at + SENT_AFTER)
        message = _message(visit, trigger, at, sent_at, number)
        yield message
        if number == 1 and Quirk.TWICE in visit.quirks:
            yield message


def past_messages(visit: Visit) -> Iterator[Message]:
    """Give what a hospital makes anew of a visit long over: its discharge, which says it all."""
    written = list(messages(visit))
    yield from written if visit.cancelled_at is not None else written[-1:]


def demographics(person: Person, trust: Trust, at: datetime, control_id: str) -> Message:
    """Answer an A31, which tells what changed of a person and no visit."""
    header = _header(trust, "A31", "ADT_A05", at, control_id)
    segments = (header, _event("A31", at, at, trust), _patient(person, trust, at, frozenset()))
    return Message(
        at=at,
        trust=trust.code,
        site=trust.code,
        trigger="A31",
        control_id=control_id,
        content=encoded(segments, trust),
    )


def as_file(written: Iterator[Message] | tuple[Message, ...], ending: Ending) -> bytes:
    """Answer messages one after the other with the line ends of one system."""
    end = ending.value.encode("ascii")
    return b"".join(message.content.replace(b"\r", end) for message in written)


def medical_record_number(person: Person, trust: Trust) -> str:
    """Answer the trust's own number of a person."""
    return f"{trust.code[-1]}{int(person.key[1:]) + 700_000}"


def _recorded(visit: Visit) -> list[tuple[str, datetime]]:
    """Answer the triggers of a visit and when each is recorded, in the order of the world."""
    arrival = "A01" if visit.site.trust.style is Style.EPIC else "A04"
    told = visit.arrived_at + timedelta(minutes=1)
    recorded = [(arrival, told)]
    if visit.cancelled_at is not None:
        return [*recorded, ("A11", visit.cancelled_at)]
    stay = visit.departed_at - visit.arrived_at
    recorded.append(("A08", told + stay / 5))
    if Quirk.MOVED_WITHIN in visit.quirks:
        recorded.append(("A02", told + stay / 2))
    recorded += [(one.trigger, one.at) for one in visit.became if one.at < visit.departed_at]
    recorded.append(("A03", visit.departed_at))
    recorded += [(one.trigger, one.at) for one in visit.became if one.at >= visit.departed_at]
    if Quirk.DISCHARGE_TAKEN_BACK in visit.quirks:
        taken_back = visit.departed_at + timedelta(minutes=6)
        recorded += [("A13", taken_back), ("A03", taken_back + timedelta(minutes=12))]
    for one in visit.words:
        at = one.at(visit.arrived_at)
        recorded.insert(sum(other <= at for _, other in recorded), ("A08", at))
    return recorded


def _message(visit: Visit, trigger: str, at: datetime, sent_at: datetime, number: int) -> Message:
    trust = visit.site.trust
    control_id = f"{trust.code}{visit.number[1:]}{number:02d}"
    occurred = visit.arrived_at if trigger in {"A01", "A04", "A08", "A11"} else at
    said = [one for one in visit.words if one.at(visit.arrived_at) == at]
    segments = (
        _header(
            trust,
            trigger,
            STRUCTURES.get(trigger, "ADT_A01"),
            sent_at,
            control_id,
        ),
        _event(trigger, at, occurred, trust),
        *_about(visit, trigger, at),
        *staff_segments(said, trust.code, _time(at)),
        *((NATIONAL_SHIELD,) if visit.person.shielded and trust.style is Style.ITK else ()),
    )
    return Message(
        at=sent_at,
        trust=trust.code,
        site=visit.site.ods,
        trigger=trigger,
        control_id=control_id,
        content=encoded(segments, trust),
    )


def _about(visit: Visit, trigger: str, at: datetime) -> tuple[str, ...]:
    """Give the segments that say of whom a message is: of a change, who it is and who it was.

    Once the hospital has found who the patient is, the visit's messages name that one.
    """
    trust = visit.site.trust
    now = [one.person for one in visit.became if at >= one.at]
    if not now:
        return _patient(visit.person, trust, at, visit.quirks), _visit(visit, trigger)
    patient = _patient(now[-1], trust, at, frozenset())
    former = _segment("MRG", {1: _own_number(visit.person, trust)})
    if trigger == "A45":
        return patient, former, _visit(visit, trigger)
    return (patient, former) if trigger in CHANGES else (patient, _visit(visit, trigger))


def _own_number(person: Person, trust: Trust) -> str:
    kind = "MR" if trust.style is Style.EPIC else "PI"
    return f"{medical_record_number(person, trust)}^^^{trust.code}^{kind}"


def _header(trust: Trust, trigger: str, structure: str, at: datetime, control_id: str) -> str:
    epic = trust.style is Style.EPIC
    fields = {
        3: "EPIC" if epic else "PAS",
        4: trust.code,
        5: "HUB",
        6: trust.code,
        7: _time(at),
        9: f"ADT^{trigger}^{structure}",
        10: control_id,
        11: "P",
        12: "2.4",
        15: "AL" if epic else "",
        16: "NE" if epic else "",
        17: "GBR",
        18: "8859/1" if epic else "UNICODE UTF-8",
    }
    return "MSH|^~\\&|" + "|".join(fields.get(place, "") for place in range(3, 19))


def _event(trigger: str, recorded: datetime, occurred: datetime, trust: Trust) -> str:
    named = trigger if trust.style is Style.EPIC else ""
    return _segment("EVN", {1: named, 2: _time(recorded), 6: _time(occurred)})


def _patient(person: Person, trust: Trust, at: datetime, quirks: frozenset[Quirk]) -> str:
    epic = trust.style is Style.EPIC
    number = _nhs_number(person, quirks)
    own = _own_number(person, trust)
    national = f"{number}^^^NHS{'^NH' if epic else ''}" if number else ""
    surname = person.family_name
    if Quirk.FORMER_NAME in quirks and person.former_family_name:
        surname = person.former_family_name
    names = [_escape(surname), *(_escape(name) for name in person.given_names)]
    home = person.home_on(at.astimezone(LONDON).date())
    sexes = {"F": "F", "M": "M"} if epic else {"F": "2", "M": "1"}
    untraced = {Quirk.WRONG_CHECK_DIGIT, Quirk.PLACEHOLDER_NUMBER} & quirks
    return _segment(
        "PID",
        {
            1: "1",
            3: "~".join(one for one in (own, national) if one),
            5: "^".join([*names[:2], " ".join(names[2:]), "", "", "", "L"]),
            7: _birth_date(person.birth_date, quirks),
            8: sexes[person.sex],
            11: f"{_escape(home.line)}^^{home.town}^^{home.postcode}^GBR^H",
            21: f"{person.mother_number}^^^NHS" if person.mother_number else "",
            32: "" if not number else ("NSTS02" if untraced else "NSTS01"),
        },
    )


def _visit(visit: Visit, trigger: str) -> str:
    gone = trigger == "A03"
    bay = "BAY2" if trigger == "A02" else ""
    return _segment(
        "PV1",
        {
            1: "1",
            2: visit.site.patient_class,
            3: f"{visit.site.location}^{bay}^^{visit.site.facility}",
            16: "S" if visit.person.shielded else "",
            19: _visit_number(visit),
            36: visit.disposition if gone else "",
            44: _time(visit.arrived_at),
            45: _time(visit.departed_at) if gone else "",
        },
    )


def _visit_number(visit: Visit) -> str:
    if Quirk.NO_VISIT_NUMBER in visit.quirks:
        return ""
    return f"{visit.number}^^^{visit.site.trust.code}"


def _nhs_number(person: Person, quirks: frozenset[Quirk]) -> str:
    digits = person.nhs_number or ""
    if not digits or Quirk.NO_NUMBER in quirks:
        return ""
    if Quirk.PLACEHOLDER_NUMBER in quirks:
        return PLACEHOLDER
    if Quirk.WRONG_CHECK_DIGIT in quirks:
        return digits[:-1] + str((int(digits[-1]) + 1) % 10)
    parts = (digits[:3], digits[3:6], digits[6:])
    if Quirk.NUMBER_WITH_SPACES in quirks:
        return " ".join(parts)
    return "-".join(parts) if Quirk.NUMBER_WITH_HYPHENS in quirks else digits


def _birth_date(born: date, quirks: frozenset[Quirk]) -> str:
    if Quirk.NO_BIRTH_DATE in quirks:
        return ""
    if Quirk.IMPOSSIBLE_BIRTH_DATE in quirks:
        return f"{born:%Y}13{born:%d}1515"
    if Quirk.DAY_AND_MONTH_SWAPPED in quirks:
        return f"{born:%Y%d%m}"
    return f"{born:%Y%m%d}0000" if Quirk.BIRTH_DATE_WITH_TIME in quirks else f"{born:%Y%m%d}"


def _segment(name: str, fields: Mapping[int, str]) -> str:
    return "|".join([name, *(fields.get(place, "") for place in range(1, max(fields) + 1))])


def _time(at: datetime) -> str:
    return f"{at.astimezone(LONDON):%Y%m%d%H%M%S}"


def _escape(text: str) -> str:
    return "".join(ESCAPES.get(letter, letter) for letter in text)
