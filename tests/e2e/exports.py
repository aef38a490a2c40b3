"""What a force, a school and a council have on disk, and what the real connectors read from it.

A force's and a school's are read here too, into reports of any partition.
"""

import csv
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import connectors.police
import connectors.schools
from connectors.contract import ConnectorContext
from connectors.schools.tables import MARKS, REGISTERS
from connectors.social_care.tables import EPISODES, IDENTIFIERS, PERSON, PLANS
from hub.core.identifiers import Upn
from tests.service.laboratory import BRADFORD, NOW
from tests.service.schools import FRIDAY, SCHOOL, read_at

FORCE = "POL13"
THURSDAY = date(2026, 11, 19)
LONG_AGO = date(2026, 10, 5)
"""So many school days before ``NOW`` that nothing of it waits any more."""

WEDNESDAY_NIGHT = "2026-11-18T22:40:00Z"


def upn(number):
    """A pupil number with the check letter that it must have (CIN rule 1510)."""
    digits = f"80120000{5000 + number}"
    total = sum(place * int(digit) for place, digit in enumerate(digits, start=2))
    return Upn(f"{'ABCDEFGHJKLMNPQRTUVWXYZ'[total % 23]}{digits}")


# ---------------------------------------------------------------------------------- a force


def listed(child, *, number=True, **said):
    """A child of an incident as the force lists it: there and living there, unless said."""
    told = {
        "person_id": child.local_id,
        "family_name": child.family_name,
        "given_names": " ".join(child.given_names),
        "birth_date": child.birth_date.isoformat(),
        "present": True,
        "resident": True,
    }
    if number:
        told |= {"nhs_number": child.nhs_number.reveal(), "upn": child.upn.reveal()}
    return told | said


def an_incident(name, *children, hour=2, **said):
    """One version of an incident of Wednesday night, written at an hour of Thursday."""
    return {
        "occurrence_number": f"13260{name}",
        "updated_at": f"2026-11-19T{hour:02}:15:00Z",
        "began_at": WEDNESDAY_NIGHT,
        "location_authority": BRADFORD,
        "location_postcode": "BD1 1HX",
        "officer_grade": "medium",
        "adults": [a_victim(name), {"person_id": f"S{name}", "role": "suspect"}],
        "children": list(children),
    } | said


def a_victim(name, **said):
    """The victim of one incident, who is of no other."""
    return {"person_id": f"V{name}", "role": "victim", "family_name": "Ashworth"} | said


def write_incidents(folder, incidents):
    """A force's export and its mapping file; answers both."""
    exports, mapping = folder / "exports", folder / "force.toml"
    exports.mkdir(parents=True, exist_ok=True)
    (exports / "incidents.json").write_text(json.dumps(incidents), encoding="utf-8")
    mapping.write_text('version = 1\nforce = "13"\n', encoding="utf-8")
    return exports, mapping


def read_incidents(incidents):
    """What the real connector reads of these incidents, one reading for each version."""
    with TemporaryDirectory() as folder:
        path, mapping = write_incidents(Path(folder), incidents)
        return list(connectors.police.connector.read(path, _context(mapping_path=mapping)))


# -------------------------------------------------------------------------------- a council


def write_extract(folder, authority, children):
    """A full extract with an open plan for each child, in the dataset's own tables."""
    folder.mkdir(parents=True, exist_ok=True)
    plans = [
        {"cppl_cp_plan_id": f"P{place}", "cppl_person_id": one.local_id}
        | {"cppl_cp_plan_start_date": "2026-09-01"}
        for place, one in enumerate(children)
    ]
    numbers = [
        {"link_person_id": one.local_id, "link_identifier_type": kind}
        | {"link_identifier_value": number.reveal()}
        for one in children
        for kind, number in (("NHS Number", one.nhs_number), ("Unique Pupil Number", one.upn))
    ]
    _write(folder, PERSON, [_person(one) for one in children])
    _write(folder, PLANS, plans)
    _write(folder, EPISODES, [])
    _write(folder, IDENTIFIERS, numbers)
    told = {"authority": authority, "as_at": "2026-11-20T02:00:00Z", "full": True}
    (folder / "extract.json").write_text(json.dumps(told), encoding="utf-8")
    return folder


def _person(child):
    return {
        "pers_person_id": child.local_id,
        "pers_forename": child.given_names[0],
        "pers_surname": child.family_name,
        "pers_dob": child.birth_date.isoformat(),
    }


def _write(folder, table, rows):
    with (folder / table.file_name).open("w", newline="", encoding="utf-8") as opened:
        writer = csv.DictWriter(opened, table.columns, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


# --------------------------------------------------------------------------------- a school


@dataclass(frozen=True, slots=True, kw_only=True)
class Pupil:
    """One row of a register."""

    child: object
    code: str = "N"
    previous: str = ""


def absent(*children):
    return [Pupil(child=child) for child in children]


def a_register(pupils, *, day=FRIDAY, session="AM", hour=9, complete=True):
    """One register as it was read at a quarter to the next hour; whom it leaves out was there."""
    return {
        "urn": SCHOOL.reveal(),
        "date": day.isoformat(),
        "session": session,
        "read_at": read_at(day, hour).isoformat(),
        "complete": "Y" if complete else "N",
        "marks": len(pupils),
        "pupils": pupils,
    }


def write_delivery(folder, registers):
    """A delivery of these registers; answers its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    marks = [_mark(register, pupil) for register in registers for pupil in register["pupils"]]
    _write(folder, MARKS, marks)
    _write(folder, REGISTERS, registers)
    return folder


def _mark(register, pupil):
    child = pupil.child
    return {
        **{name: register[name] for name in ("urn", "date", "session")},
        "pupil_id": child.local_id,
        "code": pupil.code,
        "previous_code": pupil.previous,
        "upn": child.upn.reveal(),
        "surname": child.family_name,
        "forename": child.given_names[0],
        "date_of_birth": child.birth_date.isoformat(),
        "postcode": "BD1 1HX",
    }


def read_registers(*registers):
    """What the real connector reads of each of these registers, in the order given."""
    found = []
    for register in registers:
        with TemporaryDirectory() as folder:
            path = write_delivery(Path(folder) / "delivery", [register])
            found += connectors.schools.connector.read(path, _context())
    return found


def _context(**changes):
    return ConnectorContext(started_at=NOW, test_numbers=True, **changes)
