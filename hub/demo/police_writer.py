"""Writes the force's exports: CSV in its own columns, a row for each child of an occurrence."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from hub.demo.happenings import Callout, ChildThere
from hub.demo.incidents import Version
from hub.demo.people import Person
from hub.demo.places import BRADFORD, CALDERDALE, KIRKLEES, LEEDS
from hub.demo.schools import school_of

LONDON = ZoneInfo("Europe/London")
AREAS: Mapping[str, str] = {BRADFORD: "BDT", LEEDS: "LDS", KIRKLEES: "KRK", CALDERDALE: "CDL"}
"""The force's districts; Lancashire has another force."""
STATUSES = {"new": "NEW", "amended": "UPD", "withdrawn": "WDN"}
GRADES = {"standard": "STD", "medium": "MED", "high": "HIGH"}
COLUMNS = (
    *("OccNo", "OccStatus", "LastModified", "Start", "RecordedAs", "PremisesType", "District"),
    *("IncPostcode", "IncAddress", "Restricted", "RiskTool", "RiskLevel", "Parties"),
    *("HandlingCode", "OEL"),
    *("VictimNominal", "VictimSurname", "VictimForenames", "VictimDOB", "VictimNHS"),
    *("VictimPostcode", "VictimPregnant", "VictimEDD"),
    *("SuspectNominal", "SuspectSurname", "SuspectForenames", "SuspectDOB"),
    *("ChildNominal", "ChildSurname", "ChildForenames", "ChildDOB", "ChildSex", "ChildNHS"),
    *("ChildUPN", "PresentAtScene", "LivesAtAddress", "WhereInHouse", "Seen", "SpokenTo"),
    *("VoiceOfChild", "Injured", "ChildRestricted", "SchoolURN"),
    *("VictimIsTheirs", "SuspectIsTheirs", "VictimLivesWith", "SuspectLivesWith"),
)
"""The force's own names; ``deploy/demo/POL13.toml`` says what each means."""


def write_export(path: Path, versions: Iterable[Version]) -> Path:
    """Write versions of occurrences, in the order given, and answer the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for version in versions:
            writer.writerows(_rows(version))
    return path


def nominal(person: Person) -> str:
    """Answer the force's own reference of a person."""
    return f"{'S' if person.key.startswith('s') else 'N'}{int(person.key[1:]):07d}"


def _rows(version: Version) -> Iterator[dict[str, str]]:
    shared = _incident(version) | _adults(version.occurrence.callout)
    on = version.occurrence.began_at.astimezone(LONDON).date()
    for child in version.occurrence.callout.children:
        yield shared | _child(child, on)


def _incident(version: Version) -> dict[str, str]:
    callout = version.occurrence.callout
    return {
        "OccNo": version.occurrence.number,
        "OccStatus": STATUSES[version.status],
        "LastModified": _moment(version.updated_at),
        "Start": _moment(version.occurrence.began_at),
        "RecordedAs": "non_crime" if version.grade == "standard" else "crime",
        "PremisesType": "DWELLING",
        "District": AREAS[callout.home.authority],
        "IncPostcode": callout.home.postcode,
        "IncAddress": f"{callout.home.line}, {callout.home.town}",
        "Restricted": _flag(told=callout.restricted),
        "RiskTool": "dash",
        "RiskLevel": GRADES[version.grade],
        "Parties": "PARTNER",
        "HandlingCode": "P",
        "OEL": callout.circumstances,
    }


def _adults(callout: Callout) -> dict[str, str]:
    victim, suspect = callout.victim, callout.suspect
    return {
        "VictimNominal": nominal(victim),
        "VictimSurname": victim.family_name,
        "VictimForenames": " ".join(victim.given_names),
        "VictimDOB": _day(victim.birth_date),
        "VictimNHS": victim.nhs_number or "",
        "VictimPostcode": callout.home.postcode,
        "VictimPregnant": _flag(told=callout.due_on is not None),
        "VictimEDD": _day(callout.due_on),
        "SuspectNominal": nominal(suspect),
        "SuspectSurname": suspect.family_name,
        "SuspectForenames": " ".join(suspect.given_names),
        "SuspectDOB": _day(suspect.birth_date),
    }


def _child(there: ChildThere, on: date) -> dict[str, str]:
    child, school = there.person, school_of(there.person, on)
    return {
        "ChildNominal": nominal(child),
        "ChildSurname": child.family_name,
        "ChildForenames": " ".join(child.given_names),
        "ChildDOB": _day(child.birth_date),
        "ChildSex": child.sex,
        "ChildNHS": (child.nhs_number or "") if there.numbers else "",
        "ChildUPN": (child.upn or "") if there.numbers else "",
        "PresentAtScene": _flag(told=there.present),
        "LivesAtAddress": _flag(told=there.resident),
        "WhereInHouse": there.where_in_house if there.present else "",
        "Seen": _flag(told=there.seen),
        "SpokenTo": _flag(told=there.spoken_to),
        "VoiceOfChild": there.voice,
        "Injured": _flag(told=there.injured),
        "ChildRestricted": _flag(told=child.shielded),
        "SchoolURN": school.urn if school else "",
        "VictimIsTheirs": "MUM",
        "SuspectIsTheirs": "MUM'S PARTNER",
        "VictimLivesWith": _flag(told=there.resident),
        "SuspectLivesWith": _flag(told=there.resident),
    }


def _flag(*, told: bool) -> str:
    return "Y" if told else "N"


def _day(day: date | None) -> str:
    return "" if day is None else f"{day:%d/%m/%Y}"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(LONDON):%d/%m/%Y %H:%M:%S}"
