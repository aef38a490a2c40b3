"""Writes a council's register as a Standard Safeguarding Dataset extract: a folder of CSVs."""

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from hub.demo.holdings import Holdings, WhoIsWho
from hub.demo.people import Care, Home, Person, Plan, UnbornPlan
from hub.demo.places import BRADFORD, COUNCILS
from hub.demo.register_tables import TABLES
from hub.demo.registers import WORKERS
from hub.demo.story import Town

LONDON = ZoneInfo("Europe/London")


def write_extract(
    folder: Path, town: Town, holdings: Holdings, *, as_at: datetime, full: bool
) -> Path:
    """Write an extract into a folder of its own and answer the folder.

    Args:
        folder: made if it is not there.
        town: whose people the holdings are about.
        holdings: what the extract tells.
        as_at: when the register was read, aware.
        full: whether what is not listed is closed by that.
    """
    folder.mkdir(parents=True, exist_ok=True)
    council = holdings.council
    rows = _Rows(town, council, as_at.astimezone(LONDON).date())
    rows.add(holdings)
    for table, columns in TABLES.items():
        _write_table(folder / f"{table}.csv", columns, rows.by_table[table])
    if holdings.open_after is not None:
        stated = [
            (kind, key, council_person_id(council, person))
            for kind, key, person in holdings.open_after
        ]
        _write_table(folder / "open_plans.csv", ("kind", "id", "person_id"), stated)
    told = {"authority": council, "as_at": as_at.isoformat(), "full": full, "statement": True}
    (folder / "extract.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return folder


def council_person_id(council: str, key: str) -> str:
    """Answer a council's own id of a person or of a child to be born."""
    return f"{COUNCILS[council][0]}-{key}"


class _Rows:
    """Collects the rows of one extract, each person once."""

    def __init__(self, town: Town, council: str, day: date) -> None:
        self.by_table: dict[str, list[Sequence[str]]] = {table: [] for table in TABLES}
        self._people = town.by_key
        self._council = council
        self._day = day
        self._told: set[str] = set()
        self._involved: set[tuple[str, str]] = set()

    def add(self, holdings: Holdings) -> None:
        for number, (name, _) in enumerate(WORKERS[self._council], start=1):
            self.by_table["ssd_professionals"].append((f"W{number:03d}", name))
        for change in holdings.changes:
            self._change(change)
        for plan in holdings.plans:
            self._person(self._people[plan.person])
            self._plan(plan)
        for unborn in holdings.unborn_plans:
            self._unborn(unborn)
        for care in holdings.care:
            self._person(self._people[care.person])
            self._care(care)
        for gone in holdings.deletions:
            person = council_person_id(self._council, gone.person)
            self.by_table["deletions"].append(("ssd_cp_plans", gone.plan, person))

    def _change(self, change: WhoIsWho) -> None:
        person = self._people[change.person]
        own, former = (council_person_id(self._council, k) for k in (change.person, change.former))
        self._person(person, due_on=change.due_on)
        if change.due_on and person.mother:
            self._person(self._people[person.mother], is_mother=True)
            mother = council_person_id(self._council, person.mother)
            self.by_table["ssd_mother"].append((f"M{own}", mother, own, ""))
        self.by_table["identity_changes"].append((change.change, own, former))

    def _plan(self, plan: Plan) -> None:
        person = council_person_id(self._council, plan.person)
        self.by_table["ssd_cp_plans"].append(
            (
                plan.key,
                person,
                self._date(plan.started_on),
                self._date(plan.ended_on),
                "Y" if plan.held_elsewhere else "N",
                plan.category,
                plan.category,
            )
        )
        self._involvement(person, plan.worker, plan.team, plan.started_on, plan.ended_on)

    def _unborn(self, plan: UnbornPlan) -> None:
        mother = self._people[plan.mother]
        self._person(mother, is_mother=True)
        child = council_person_id(self._council, plan.unborn)
        mother_id = council_person_id(self._council, mother.key)
        self.by_table["ssd_person"].append(
            (child, "Unborn", plan.family_name, "", "", "", self._date(plan.due_on), "", "N", "N")
        )
        self.by_table["ssd_mother"].append((f"M{plan.key}", mother_id, child, ""))
        self.by_table["ssd_cp_plans"].append(
            (
                plan.key,
                child,
                self._date(plan.started_on),
                self._date(plan.ended_on),
                "N",
                plan.category,
                plan.category,
            )
        )
        self._involvement(child, plan.worker, plan.team, plan.started_on, plan.ended_on)

    def _care(self, care: Care) -> None:
        person = council_person_id(self._council, care.person)
        for number, episode in enumerate(care.episodes, start=1):
            self.by_table["ssd_cla_episodes"].append(
                (
                    f"{care.key}-{number}",
                    person,
                    self._date(episode.started_on),
                    episode.start_reason,
                    self._date(episode.ceased_on),
                    episode.ceased_reason or "",
                )
            )
        first, last = care.episodes[0], care.episodes[-1]
        self._involvement(person, care.worker, care.team, first.started_on, last.ceased_on)

    def _involvement(
        self, person: str, worker: str, team: str, since: date, until: date | None
    ) -> None:
        if (person, worker) in self._involved:
            return
        self._involved.add((person, worker))
        names = [name for name, _ in WORKERS[self._council]]
        table = self.by_table["ssd_involvements"]
        table.append(
            (
                f"I{person}-{len(table) + 1}",
                f"W{names.index(worker) + 1:03d}",
                "Allocated social worker",
                team,
                self._date(since),
                self._date(until),
                person,
            )
        )

    def _person(
        self, person: Person, *, is_mother: bool = False, due_on: date | None = None
    ) -> None:
        if person.key in self._told:
            return
        self._told.add(person.key)
        own = council_person_id(self._council, person.key)
        self.by_table["ssd_person"].append(
            (
                own,
                " ".join(person.given_names),
                person.former_family_name or person.family_name,
                person.sex,
                self._date(person.birth_date),
                "",
                self._date(due_on),
                "",
                "Y" if is_mother else "N",
                "Y" if person.shielded else "N",
            )
        )
        for kind, value in (("NHS Number", person.nhs_number), ("Unique Pupil Number", person.upn)):
            if value:
                since = self._date(person.birth_date)
                row = (f"K{own}-{kind[0]}", own, kind, value, since, "")
                self.by_table["ssd_linked_identifiers"].append(row)
        self._addresses(own, person)

    def _addresses(self, own: str, person: Person) -> None:
        moved = self._date(person.moved_on)
        born = self._date(person.birth_date)
        if person.former_home:
            self._address(own, person.former_home, born, moved)
        self._address(own, person.home, moved or born, "")

    def _address(self, own: str, home: Home, since: str, until: str) -> None:
        table = self.by_table["ssd_address"]
        number, _, street = home.line.partition(" ")
        lines = json.dumps({"HOUSE": number, "STREET": street, "TOWN": home.town})
        postcode = home.postcode.replace(" ", "")
        table.append((f"A{own}-{len(table) + 1}", lines, own, "Home", since, until, postcode))

    def _date(self, day: date | None) -> str:
        if day is None:
            return ""
        return f"{day:%d/%m/%Y}" if self._council == BRADFORD else f"{day.isoformat()}T00:00:00"


def _write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
