"""What four agencies write of the canaries: good records, and records with faults of many kinds."""

import json
from datetime import timedelta

from tests.e2e.canaries import (
    ADULTS,
    HIDDEN,
    INFANT,
    MINA,
    MOTHER,
    STRAY,
    TOBY,
    hl7_time,
)

FORCE_FILE = 'version = 1\nforce = "13"\n[areas]\n"BDT" = "E08000032"\n'
"""A force whose files have the published names."""

SCHOOL = "900101"
SUSPECT_FAMILY, SUSPECT_GIVEN = ADULTS["suspect"].split()


def a_visit(person, visit, at, *, trigger="A04", place="ED^^^RAE01", **parts):
    """One message of a hospital, in the demo's mapping."""
    local = parts.get("local", f"{person.family[:2]}{visit}".upper())
    name = parts.get("name", f"{person.family}^{person.given}")
    shield = "|" * 13 + "S" + "|" * 3 if parts.get("shielded") else "|" * 16
    person_line = (
        f"PID|1||{local}^^^RAE^MR~{person.nhs}^^^NHS^NH||{name}||{person.born:%Y%m%d}|F|||"
        f"{person.street}^^BRADFORD^^{person.postcode}^GBR^H"
    )
    lines = (
        f"MSH|^~\\&|PAS|RAE|HUB|HUB|{hl7_time(at)}||ADT^{trigger}|{visit}|P|2.4",
        f"EVN||{hl7_time(at)}||||{hl7_time(at)}",
        person_line,
        f"PV1||E|{place}{shield}V{visit}^^^VISITID{'|' * 25}{hl7_time(at)}",
    )
    return "\r".join(lines) + "\r"


def visits(folder, now):
    """A file of a hospital: visits, and messages that are refused, left out or in conflict."""
    at = now - timedelta(hours=5)
    shifted = a_visit(STRAY, 905, at).replace("PID|1|", "PID|1||")
    misplaced = f"ED^^^{STRAY.family}"
    messages = [
        *(a_visit(MINA, 101 + day, at - timedelta(days=day * 9)) for day in range(5)),
        a_visit(INFANT, 201, at),
        a_visit(HIDDEN, 301, at, shielded=True),
        a_visit(MINA, 101, at, name=f"{MINA.family}^{STRAY.given}"),  # same id, other content
        a_visit(STRAY, 901, at).replace("EVN||", f"EVN||{STRAY.family}"),
        a_visit(STRAY, 902, at).replace(f"||{STRAY.born:%Y%m%d}|", f"||{STRAY.family}|"),
        a_visit(STRAY, 903, at).replace("PV1||E|", f"PV1||{STRAY.given}|"),
        a_visit(STRAY, 904, at).replace("|P|2.4", f"|{STRAY.family}|2.4"),
        shifted,
        a_visit(STRAY, 909, at, place=misplaced),
        a_visit(STRAY, 910, at, trigger=STRAY.family),
        a_visit(STRAY, 906, at)[: -len(hl7_time(at)) - 40],
        f"{STRAY.family} {STRAY.given} {STRAY.nhs} {STRAY.day}\r",
        a_visit(STRAY, 907, at, local=STRAY.family),
        a_visit(STRAY, 908, at).replace(STRAY.nhs, STRAY.nhs[:-1] + "X"),
    ]
    path = folder / "visits.hl7"
    path.write_bytes("\r".join(messages).encode())
    return path


PERSON = "pers_person_id,pers_forename,pers_surname,pers_dob,pers_expected_dob,pers_restricted"
PLANS = (
    "cppl_cp_plan_id,cppl_person_id,cppl_cp_plan_start_date,cppl_cp_plan_end_date,"
    "cppl_cp_plan_latest_category"
)
EPISODES = (
    "clae_cla_episode_id,clae_person_id,clae_cla_episode_start_date,"
    "clae_cla_episode_ceased,clae_cla_episode_ceased_reason,clae_cla_episode_start_reason"
)
ADDRESSES = (
    "addr_person_id,addr_address_type,addr_address_start_date,addr_address_end_date,"
    "addr_address_postcode,addr_address_json"
)
INVOLVEMENTS = (
    "invo_person_id,invo_professional_role_id,invo_involvement_start_date,"
    "invo_involvement_end_date,invo_professional_id"
)
WITH_NUMBERS = (("c1", MINA), ("c2", TOBY), ("c3", INFANT), ("m1", MOTHER))
WITH_HOMES = (("c1", MINA), ("c2", TOBY), ("c4", HIDDEN), ("m1", MOTHER))


def register_rows(now):
    """The tables of the council's extract, header first."""
    return {
        "ssd_person": (
            PERSON,
            f"c1,{MINA.given},{MINA.family},{MINA.day},,",
            f"c2,{TOBY.given},{TOBY.family},{TOBY.day},,",
            f"c3,{INFANT.given},{INFANT.family},{INFANT.day},{INFANT.day},",
            f"c4,{HIDDEN.given},{HIDDEN.family},{HIDDEN.day},,Y",
            f"c5,{STRAY.given},{STRAY.family},not {STRAY.day},,",
            f"m1,{MOTHER.given},{MOTHER.family},{MOTHER.day},,",
            f"c6,,{MOTHER.family},,{now.date() + timedelta(days=60)},",
        ),
        "ssd_cp_plans": (
            PLANS,
            "p1,c1,2026-05-01,,NEG",
            "p2,c2,2026-03-01,2026-10-01,EMO",
            "p3,c3,2026-08-01,,PHY",
            "p4,c4,2026-06-01,,NEG",
            f"p5,c5,{STRAY.family},,{STRAY.given}",
            f'p6,c5,"{STRAY.family},2026-06-01,,NEG',
            "p7,c6,2026-11-01,,NEG",
            f"{STRAY.family}|{STRAY.given},{STRAY.nhs},2026-06-01,,NEG",
        ),
        "ssd_cla_episodes": (EPISODES, "e1,c2,2026-10-02,,,S"),
        "ssd_linked_identifiers": (
            "link_person_id,link_identifier_type,link_identifier_value",
            *(f"{key},NHS Number,{one.nhs}" for key, one in WITH_NUMBERS),
            f"c5,NHS Number,{STRAY.nhs}0",
        ),
        "ssd_address": (
            ADDRESSES,
            *(
                f'{key},Home,2020-01-01,,{one.postcode},"{{""Street"": ""{one.street}""}}"'
                for key, one in WITH_HOMES
            ),
        ),
        "ssd_mother": ("moth_person_id,moth_childs_person_id", "m1,c6", "m1,c3"),
        "ssd_involvements": (INVOLVEMENTS, "c1,Allocated worker,2026-05-01,,w1"),
        "ssd_professionals": (
            "prof_professional_id,prof_professional_name",
            f"w1,{ADULTS['worker']}",
        ),
    }


def extract(folder, now):
    """A council's register: plans, an unborn child's, a child born on a plan, a worker, faults."""
    folder.mkdir()
    rows = register_rows(now)
    for name, lines in rows.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    described = {"authority": "E08000032", "as_at": now.isoformat(), "full": True}
    (folder / "extract.json").write_text(json.dumps(described), encoding="utf-8")
    return folder


def incidents(folder, now):
    """A force's exports: an incident with everything told in words, and ones with faults."""
    folder.mkdir()
    began = now - timedelta(days=1, hours=3)
    good = {
        "occurrence_number": "13260777001",
        "updated_at": (began + timedelta(hours=2)).isoformat(),
        "began_at": began.isoformat(),
        "officer_grade": "high",
        "premises": "home",
        "location_authority": "E08000032",
        "location_postcode": TOBY.postcode,
        "location_address": TOBY.street,
        "officer": ADULTS["officer"],
        "circumstances": f"{TOBY.given} {TOBY.family} of {TOBY.street} said so.",
        "adults": [
            {
                "person_id": "N1",
                "role": "victim",
                "family_name": MOTHER.family,
                "given_names": MOTHER.given,
                "birth_date": MOTHER.day,
                "nhs_number": MOTHER.nhs,
                "pregnant": True,
                "due_date": (now.date() + timedelta(days=60)).isoformat(),
            },
            {
                "person_id": "N2",
                "role": "suspect",
                "family_name": SUSPECT_FAMILY,
                "given_names": SUSPECT_GIVEN,
            },
        ],
        "children": [
            {
                "person_id": f"N{place + 3}",
                "family_name": one.family,
                "given_names": one.given,
                "birth_date": one.day,
                "nhs_number": one.nhs,
                "present": True,
                "resident": True,
                "voice": f"{one.given} was afraid.",
                "relationships": [{"adult": 1, "relation": "mother", "lives_with_child": True}],
            }
            for place, one in enumerate((TOBY, MINA))
        ],
    }
    spoilt = good | {
        "occurrence_number": f"{STRAY.family} {STRAY.nhs}",
        "updated_at": STRAY.family,
        "premises": STRAY.street,
        "children": [{"family_name": STRAY.family, "birth_date": STRAY.given}],
    }
    coded = good | {
        "occurrence_number": "13260777002",
        "premises": STRAY.street,
        "location_authority": STRAY.family,
        "handling_code": TOBY.family,
        "status": "new",
    }
    (folder / "1.json").write_text(json.dumps([good, spoilt, coded]), encoding="utf-8")
    (folder / "2.json").write_text(json.dumps(good)[:-90], encoding="utf-8")
    return folder


def registers(folder, now):
    """A school's delivery: absences of a known child and of one whom nobody knows, and faults."""
    folder.mkdir()
    day, read_at = now.date() - timedelta(days=1), now.isoformat()
    header = "urn,date,session,pupil_id,code,surname,forename,date_of_birth,postcode,previous_code"
    header += ",ill_days_in_a_row,ill_days_this_year"
    key = f"{SCHOOL},{day},AM"
    marks = [
        f"{key},s1,N,{TOBY.family},{TOBY.given},{TOBY.day},{TOBY.postcode},",
        f"{key},s2,O,{STRAY.family},{STRAY.given},{STRAY.day},{STRAY.postcode},",
        f"{key},s3,/,{MINA.family},{MINA.given},{MINA.day},{MINA.postcode},",
        f"{key},s4,{STRAY.family},{STRAY.family},{STRAY.given},{STRAY.day},{STRAY.postcode},",
        f"{key},s5,N,{STRAY.family},{STRAY.given},{STRAY.family},{STRAY.street},",
        f'{key},s6,"{STRAY.family},{STRAY.given},{STRAY.day},{STRAY.postcode},',
        f"{key},s8,I,{STRAY.family},{STRAY.given},{STRAY.day},{STRAY.postcode},,{STRAY.family},15",
        f"{STRAY.family},{day},AM,s7,N,{STRAY.family},{STRAY.given},{STRAY.day},,",
    ]
    (folder / "marks.csv").write_text("\n".join([header, *marks]) + "\n", encoding="utf-8")
    row = f"urn,date,session,read_at,complete,marks\n{key},{read_at},Y,6\n"
    (folder / "registers.csv").write_text(row, encoding="utf-8")
    return folder
