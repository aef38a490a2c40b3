# ruff: noqa: INP001  # a folder of scripts is not a package
"""Make the tables of councils, sites, forces and bank holidays in hub/adapters/reference again.

Run as ``python scripts/make_reference.py FOLDER``. The folder holds the files that the tables
are derived from, under these names (sources and licences: hub/adapters/reference/README.md)::

    dfe_las.csv                 English authorities with dates and the DfE's three-digit codes
    ltla_utla_april2021.csv     districts and the county or Welsh authority that each belongs to
    ed_sites_england.csv        acute hospital sites with an emergency department
    police_forces_43_derived.csv  Home Office codes, names and ONS area codes of the 43 forces

``--check`` writes nothing and fails if a committed table is not what the files give. Successions
that the files do not hold are listed below with the order of Parliament that made them.
"""

import argparse
import csv
import io
import re
import sys
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

REFERENCE = Path(__file__).resolve().parents[1] / "hub" / "adapters" / "reference"

Table = tuple[list[str], list[list[str]]]
Row = dict[str, str]

GSS = re.compile(r"[A-Z][0-9]{8}")

SUCCESSIONS = [
    # Abolished, its successors, from when, and the order. More than one successor is a split:
    # the old code alone does not say which, so the hub answers none.
    ("E10000001", ["E06000055", "E06000056"], "2009-04-01", "SI 2008/907"),
    ("E10000004", ["E06000049", "E06000050"], "2009-04-01", "SI 2008/634"),
    ("E10000005", ["E06000052", "E06000053"], "2009-04-01", "SI 2008/491; the code named both"),
    ("E10000010", ["E06000047"], "2009-04-01", "SI 2008/493"),
    ("E10000022", ["E06000048"], "2009-04-01", "SI 2008/494"),
    ("E10000026", ["E06000051"], "2009-04-01", "SI 2008/492"),
    ("E10000033", ["E06000054"], "2009-04-01", "SI 2008/490"),
    ("E10000009", ["E06000058", "E06000059"], "2019-04-01", "SI 2018/648"),
    ("E06000028", ["E06000058"], "2019-04-01", "SI 2018/648"),
    ("E06000029", ["E06000058"], "2019-04-01", "SI 2018/648"),
    ("E10000021", ["E06000061", "E06000062"], "2021-04-01", "SI 2020/156"),
    ("E10000006", ["E06000063", "E06000064"], "2023-04-01", "SI 2022/331"),
    ("E07000026", ["E06000063"], "2023-04-01", "SI 2022/331"),
    ("E07000028", ["E06000063"], "2023-04-01", "SI 2022/331"),
    ("E07000029", ["E06000063"], "2023-04-01", "SI 2022/331"),
    ("E07000027", ["E06000064"], "2023-04-01", "SI 2022/331"),
    ("E07000030", ["E06000064"], "2023-04-01", "SI 2022/331"),
    ("E07000031", ["E06000064"], "2023-04-01", "SI 2022/331"),
]

SMALL_WORDS = {"AND", "AT", "FOR", "OF", "THE", "UPON"}
KEPT_AS_THEY_ARE = {"NHS"}


def read(path: Path) -> list[Row]:
    """Read a CSV file that may open with a byte order mark."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def iso(text: str) -> str:
    """Turn 31/03/2023 into 2023-03-31; the register's own first day stands for "always"."""
    if text in {"", "01/01/2009"}:
        return ""
    return datetime.strptime(text, "%d/%m/%Y").date().isoformat()  # noqa: DTZ007  # a date, no time


def authorities(english: list[Row], districts: list[Row]) -> Table:
    """List every authority with children's services, by GSS code, with the days it existed."""
    rows = [
        [
            row["new_la_code"],
            row["la_name"],
            row["old_la_code"] if row["old_la_code"].isdigit() else "",
            iso(row["date_of_operation"]),
            iso(row["date_of_termination"]),
        ]
        for row in english
        if GSS.fullmatch(row["new_la_code"])
    ]
    rows += [
        [row["UTLA21CD"], row["UTLA21NM"], "", "", ""]
        for row in districts
        if row["UTLA21CD"].startswith("W06")
    ]
    return ["gss", "name", "dfe_code", "valid_from", "valid_to"], sorted(rows)


def counties(districts: list[Row], known: Table) -> Table:
    """List every district of a two-tier county and the county that has its children's services."""
    ended = {row[0]: row[4] for row in known[1]}
    rows = [
        [row["LTLA21CD"], row["LTLA21NM"], row["UTLA21CD"], ended[row["UTLA21CD"]]]
        for row in districts
        if row["LTLA21CD"].startswith("E07")
    ]
    return ["district", "name", "authority", "valid_to"], sorted(rows)


def successors(known: Table, two_tier: Table) -> Table:
    """List who took over from whom: recoded councils from the files, the others from the orders."""
    rows = [[old, new, day, why] for old, several, day, why in SUCCESSIONS for new in several]
    listed = {row[0] for row in rows}
    for gss, _, dfe_code, _, valid_to in known[1]:
        if valid_to and gss not in listed:
            starts = (date.fromisoformat(valid_to) + timedelta(days=1)).isoformat()
            (new,) = (r[0] for r in known[1] if r[2] == dfe_code and r[3] == starts)
            rows.append([gss, new, starts, "same DfE code"])
    whole = {row[0]: row for row in rows if row[0].startswith("E10")}
    for district, _, county, valid_to in two_tier[1]:
        if valid_to and district not in listed:
            rows.append([district, *whole[county][1:3], f"district of {county}"])
    return ["gss", "successor", "valid_from", "source"], sorted(rows)


def sites(hospitals: list[Row], two_tier: Table, succession: Table) -> Table:
    """List the hospital sites, each with the authority of today that its council belongs to."""
    county = {row[0]: row[2] for row in two_tier[1] if not row[3]}
    new = {row[0]: row[1] for row in succession[1]}
    rows = []
    for row in hospitals:
        council = row["local_authority_gss"]
        council = new.get(council, council)
        rows.append(
            [
                row["ods_site_code"],
                in_title_case(row["site_name"]),
                row["parent_trust_ods"],
                in_title_case(row["parent_trust_name"]),
                county.get(council, council),
                "unknown",
            ]
        )
    header = ["site", "name", "trust", "trust_name", "authority", "department_type"]
    return header, sorted(rows)


def forces(listed: list[Row]) -> Table:
    """List the 43 territorial forces: the hub's code, the name, the ONS police force area."""
    rows = [
        [f"POL{row['home_office_force_code']}", row["force_name"], row["ons_pfa_code"]]
        for row in listed
    ]
    return ["force", "name", "area"], sorted(rows)


def in_title_case(name: str) -> str:
    """Turn the source's capitals into a name as it is written, such as St Mary's Hospital."""
    words = re.split(r"([\s(]+)", name)
    return "".join(
        word
        if word in KEPT_AS_THEY_ARE
        else word.lower()
        if word in SMALL_WORDS and place
        else word.capitalize()
        for place, word in enumerate(words)
    )


def bank_holidays(first: int, last: int) -> Table:
    """List the bank holidays of England and Wales: by rule, and as proclaimed for those years."""
    days = {day: name for year in range(first, last + 1) for day, name in by_rule(year)}
    moved = {date(2020, 5, 4): date(2020, 5, 8), date(2022, 5, 30): date(2022, 6, 2)}
    for usual, instead in moved.items():
        days[instead] = days.pop(usual)
    days[date(2022, 6, 3)] = "Platinum Jubilee bank holiday"
    days[date(2022, 9, 19)] = "State Funeral of Queen Elizabeth II"
    days[date(2023, 5, 8)] = "Coronation of King Charles III"
    return ["day", "name"], [[day.isoformat(), name] for day, name in sorted(days.items())]


def by_rule(year: int) -> Iterable[tuple[date, str]]:
    """Yield a year's usual bank holidays (Banking and Financial Dealings Act 1971, and usage)."""
    easter = easter_sunday(year)
    yield substitute(date(year, 1, 1)), "New Year's Day"
    yield easter - timedelta(days=2), "Good Friday"
    yield easter + timedelta(days=1), "Easter Monday"
    yield monday_from(date(year, 5, 1)), "Early May bank holiday"
    yield monday_from(date(year, 5, 25)), "Spring bank holiday"
    yield monday_from(date(year, 8, 25)), "Summer bank holiday"
    christmas, boxing = substitute(date(year, 12, 25)), substitute(date(year, 12, 26))
    if christmas == boxing:
        # Both would fall on one Monday: the one whose own day it is not goes to the Tuesday.
        tuesday = boxing + timedelta(days=1)
        christmas, boxing = (tuesday, boxing) if boxing.day == 26 else (christmas, tuesday)  # noqa: PLR2004  # the 26th of December
    yield christmas, "Christmas Day"
    yield boxing, "Boxing Day"


def substitute(day: date) -> date:
    """Answer the day, or the Monday after it if it falls on a weekend."""
    return day + timedelta(days=(7 - day.weekday()) % 7) if day.weekday() >= 5 else day  # noqa: PLR2004  # Saturday


def monday_from(day: date) -> date:
    """Answer the first Monday on or after the day."""
    return day + timedelta(days=-day.weekday() % 7)


def easter_sunday(year: int) -> date:
    """Answer Easter Sunday by the Gregorian computus (anonymous algorithm, Meeus/Jones/Butcher)."""
    golden, century, of_century = year % 19, year // 100, year % 100
    skipped, corrected = divmod(century, 4)
    lunar = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - skipped - lunar + 15) % 30
    leaps, rest = divmod(of_century, 4)
    weekday = (32 + 2 * corrected + 2 * leaps - epact - rest) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def text_of(table: Table) -> str:
    """Write a table as CSV text."""
    header, rows = table
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def tables_from(folder: Path) -> dict[str, str]:
    """Answer the text of every table, by file name."""
    districts = read(folder / "ltla_utla_april2021.csv")
    known = authorities(read(folder / "dfe_las.csv"), districts)
    two_tier = counties(districts, known)
    succession = successors(known, two_tier)
    hospitals = read(folder / "ed_sites_england.csv")
    made = {
        "authorities.csv": known,
        "district_to_authority.csv": two_tier,
        "successors.csv": succession,
        "sites.csv": sites(hospitals, two_tier, succession),
        "forces.csv": forces(read(folder / "police_forces_43_derived.csv")),
        "bank_holidays.csv": bank_holidays(2020, 2030),
    }
    return {name: text_of(table) for name, table in made.items()}


def main() -> int:
    """Write the tables, or compare them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="where the three source files are")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    chosen = parser.parse_args()
    differing = []
    for name, text in tables_from(chosen.folder).items():
        path = REFERENCE / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            differing.append(name)
            if not chosen.check:
                path.write_text(text, encoding="utf-8")
    said = ", ".join(differing) or "none"
    verb = "differ from their sources" if chosen.check else "were written anew"
    sys.stdout.write(f"Tables that {verb}: {said}.\n")
    return 1 if chosen.check and differing else 0


if __name__ == "__main__":
    sys.exit(main())
