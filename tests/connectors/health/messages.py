"""Builders of HL7 v2 messages of made-up people, valid by default: one thing said per test."""

from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

from connectors.contract import ConnectorContext, Reading
from connectors.health.mapping import map_message
from connectors.health.sites import Department, HospitalMapping
from hub.core.event import DepartmentType, Event

NHS_NUMBER = "9990000018"
OTHER_NHS_NUMBER = "9990000026"

CONTEXT = ConnectorContext(started_at=datetime(2026, 11, 22, 12, tzinfo=UTC), test_numbers=True)

YORK = HospitalMapping(
    trust="RCB",
    senders=frozenset({"RCB", "YORK TEACHING"}),
    sites=MappingProxyType({"RCB55": "RCB55", "YDH": "RCB55", "RCBSG": "RCBSG"}),
    departments=(
        Department(
            site="RCB55",
            type=DepartmentType.MAJOR,
            points_of_care=frozenset({"ED"}),
            ids=frozenset({"101001"}),
        ),
        Department(
            site="RCB55",
            type=DepartmentType.WALK_IN,
            points_of_care=frozenset({"WALKIN"}),
            patient_classes=frozenset({"O"}),
        ),
        Department(
            site="RCBSG", type=DepartmentType.MINOR_OR_URGENT, points_of_care=frozenset({"UTC"})
        ),
    ),
)

UNMAPPED = HospitalMapping()


def segment(name: str, fields: dict[int, str]) -> str:
    """A segment with the given fields; those between are empty."""
    last = max(fields, default=0)
    return "|".join([name, *(fields.get(n, "") for n in range(1, last + 1))])


def a_message(  # noqa: PLR0913  # a builder: one keyword for each thing a test can say
    trigger: str = "A04",
    *,
    msh: dict[int, str] | None = None,
    evn: dict[int, str] | None = None,
    pid: dict[int, str] | None = None,
    pv1: dict[int, str] | None = None,
    more: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
    line_end: str = "\r",
) -> str:
    """A child of seven arrives at the emergency department of York at 09:12 on 20 November 2026."""
    header = {
        2: "PAS", 3: "RCB", 4: "HUB", 5: "HUB", 6: "20261120091530",
        8: f"ADT^{trigger}^ADT_A01", 9: "MSG0001", 10: "P", 11: "2.4", 17: "UNICODE UTF-8",
    }  # fmt: skip
    # MSH-n stands at n - 1, because MSH-1 is the separator itself
    header |= {number - 1: text for number, text in (msh or {}).items()}
    event = {2: "20261120091500", 6: "20261120091200"} | (evn or {})
    person = {
        1: "1", 3: f"H123456^^^RCB^MR~{NHS_NUMBER}^^^NHS", 5: "ARKWRIGHT^ROBIN^^^^^L",
        7: "20190504", 8: "1", 11: "4 MADE UP LANE^^YORK^^YO31 8HE^GBR^H", 32: "NSTS01",
    } | (pid or {})  # fmt: skip
    visit = {2: "E", 3: "ED^^^RCB55", 19: "V1001^^^VISITID"} | (pv1 or {})
    segments = {
        "MSH": segment("MSH", {1: "^~\\&"} | header),
        "EVN": segment("EVN", event),
        "PID": segment("PID", person),
        "PV1": segment("PV1", visit),
    }
    kept = [text for name, text in segments.items() if name not in without]
    return line_end.join([*kept, *more]) + line_end


def read(
    message: str | bytes,
    mapping: HospitalMapping = YORK,
    **context: object,
) -> Reading:
    """What came of a message."""
    return map_message(message, mapping, replace(CONTEXT, **context))


def event_of(message: str | bytes, mapping: HospitalMapping = YORK, **context: object) -> Event:
    """The one event of a message that has one."""
    reading = read(message, mapping, **context)
    assert not reading.refusals, reading.refusals
    assert len(reading.events) == 1, reading
    return reading.events[0]


def dropped(reading: Reading) -> dict[str, int]:
    """What was left out, by reason."""
    return {one.reason: one.count for one in reading.dropped}


def faults(reading: Reading) -> dict[str, str]:
    """What the feed should mend."""
    return {one.code: one.subject for one in reading.faults}
