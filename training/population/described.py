"""What is in the files of a population: records and true pairs by group, mistakes by share."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from training.population.files import BETWEEN, groups_file, read_rows
from training.population.numbers import is_valid_nhs_number, is_valid_upn


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    person: str
    nhs_number: str | None
    upn: str | None
    told_as: str
    groups: frozenset[str]
    mistakes: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class _Pairs:
    """Counts of true pairs: all, with a valid number in common, and tellable."""

    every: int = 0
    numbered: int = 0
    tellable: int = 0

    def count(self, one: _Line, other: _Line) -> None:
        self.every += 1
        self.numbered += bool(
            (one.nhs_number and one.nhs_number == other.nhs_number)
            or (one.upn and one.upn == other.upn)
        )
        self.tellable += one.told_as == other.told_as


def described(path: Path) -> str:
    """Answer the counts of a population's two files as Markdown."""
    lines = _lines(path)
    of_person: dict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        of_person[line.person].append(line)
    pairs: dict[str, _Pairs] = defaultdict(_Pairs)
    for own in of_person.values():
        for one, other in combinations(own, 2):
            for group in {"all", *one.groups, *other.groups}:
                pairs[group].count(one, other)
    records = Counter(group for line in lines for group in line.groups)
    records["all"] = len(lines)
    parts = [
        f"{len(lines):,} records of {len(of_person):,} people.\n",
        _table_of_groups(records, pairs),
        _table_of_mistakes(Counter(mistake for line in lines for mistake in line.mistakes), lines),
    ]
    return "\n".join(parts)


def _lines(path: Path) -> list[_Line]:
    marks = {row["record_id"]: row for row in read_rows(groups_file(path))}
    return [_line(row, marks[row["record_id"]]) for row in read_rows(path)]


def _line(row: Mapping[str, str], marked: Mapping[str, str]) -> _Line:
    return _Line(
        person=row["person_id"],
        nhs_number=_valid(row["nhs_number"], is_valid_nhs_number),
        upn=_valid(row["upn"], is_valid_upn),
        told_as=marked["told_as"],
        groups=frozenset(filter(None, marked["groups"].split(BETWEEN))),
        mistakes=tuple(filter(None, marked["mistakes"].split(BETWEEN))),
    )


def _valid(text: str, is_valid: Callable[[str], bool]) -> str | None:
    closed = text.replace(" ", "")
    return closed if is_valid(closed) else None


def _table_of_groups(records: Mapping[str, int], pairs: Mapping[str, _Pairs]) -> str:
    rows = ["| group | records | true pairs | share a valid number | a person could tell |"]
    rows.append("|---|---:|---:|---:|---:|")
    for group in sorted(records, key=lambda name: (name != "all", ":" in name, name)):
        of = pairs.get(group, _Pairs())
        rows.append(
            f"| {group} | {records[group]:,} | {of.every:,} | {_share(of.numbered, of.every)}"
            f" | {_share(of.tellable, of.every)} |"
        )
    return "\n".join(rows) + "\n"


def _table_of_mistakes(counted: Mapping[str, int], lines: Iterable[_Line]) -> str:
    total = sum(1 for _ in lines)
    rows = ["| mistake or way of writing | records | share |", "|---|---:|---:|"]
    rows += [
        f"| {name} | {count:,} | {_share(count, total)} |"
        for name, count in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    ]
    return "\n".join(rows) + "\n"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"
