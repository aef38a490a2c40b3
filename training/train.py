"""``python -m training.train``: estimates the weights of matching from made-up people.

For each record, in the order of writing, it counts at which level each field agrees with what was
known before of the same child, of its twin, of its other brothers and sisters, and of strangers
drawn at random. So a chance is that of the comparison that is made online: one record against all
that is known of a child. Seed 1 alone is counted; a level that was never seen counts half.
"""

import argparse
import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from random import Random

from hub.adapters.identity_reference import (
    FREQUENCIES,
    GIVEN_NAMES,
    LEVELS,
    UNTOLD,
    WEIGHTS,
    read_names,
)
from hub.core.identity_evidence import RecordEvidence
from hub.core.identity_levels import levels_of
from hub.core.identity_names import Synonyms
from hub.core.identity_profile import Profile, profile_of
from hub.core.identity_weights import Kinship
from training.evidence import evidence_of_all, known_of_all
from training.population.rates import error_rates
from training.population.records import Population, Record, population

SEED = 1
STRANGERS = 8
"""So many strangers a record is compared with."""

NAMES_KEPT = 1500
"""Of each kind so many of the commonest names have a share of their own."""

BANDS = {"link": 0.95, "link_unnamed": 0.999, "review": 0.02}
CHILDREN_LEAST = 200_000
"""What is chosen, not estimated: docs/decisions/0033-one-child-by-weights.md says how."""

CHANCE_MAX = 0.999999
_AS_SIBLINGS = frozenset({"given", "nhs_number", "upn"})

Counts = Mapping[str, Mapping[str, Counter[str]]]
"""Kinship -> field -> level -> how often."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Estimate and write the shipped files."""
    parser = argparse.ArgumentParser(prog="python -m training.train", description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    wanted = parser.parse_args(arguments)
    made = population(wanted.people, SEED, error_rates())
    evidence = evidence_of_all(made)
    write_frequencies(FREQUENCIES, known_of_all(made, evidence))
    names = read_names(GIVEN_NAMES, FREQUENCIES)
    counting = Counting(made, evidence, names, Random(f"strangers {SEED}"))
    counting.count()
    WEIGHTS.write_text(counting.as_toml(wanted.people), encoding="utf-8")
    sys.stdout.write(f"{WEIGHTS.name} and {FREQUENCIES.name} of {len(made.records):,} records\n")


class Counting:
    """Counts levels of agreement over a population, as its records come."""

    def __init__(
        self,
        made: Population,
        evidence: Sequence[RecordEvidence],
        synonyms: Synonyms,
        random: Random,
    ) -> None:
        """Count over this population, with strangers drawn by ``random``."""
        self.made = made
        self._evidence = evidence
        self.known: dict[str, Profile] = {}
        self.counts: dict[str, dict[str, Counter[str]]] = {
            kin.value: {field: Counter() for field in LEVELS} for kin in Kinship
        }
        self._records: dict[str, list[RecordEvidence]] = defaultdict(list)
        self._synonyms = synonyms
        self._random = random
        self._families = made.siblings()
        self._known_already: Counter[Kinship] = Counter()

    def count(self) -> None:
        """Compare every record with whom it may be taken for."""
        children: list[str] = []
        for record, evidence in zip(self.made.records, self._evidence, strict=True):
            key, profile = record.child.key, profile_of([evidence])
            self._note_who_is_known(record)
            for kin, other in self._others(record, children):
                if other in self.known:
                    self._add(kin, profile, self.known[other])
            if key not in self.known:
                children.append(key)
            self._records[key].append(evidence)
            self.known[key] = profile_of(self._records[key])

    def _note_who_is_known(self, record: Record) -> None:
        """Count whether the record's child is known, and else its brothers and sisters who are.

        A twin who is known is compared with a record of its own accord; whom the record may be
        taken for wrongly is the twin of one who is not known yet.
        """
        child = record.child
        if child.key in self.known:
            self._known_already[Kinship.SAME] += 1
            return
        for other in self._families[child.family]:
            if other.key in self.known:
                kin = Kinship.TWIN if other.key == child.twin else Kinship.SIBLING
                self._known_already[kin] += 1

    def _others(self, record: Record, children: Sequence[str]) -> Iterator[tuple[Kinship, str]]:
        child = record.child
        family = {one.key for one in self._families[child.family]}
        yield Kinship.SAME, child.key
        for key in sorted(family - {child.key}):
            yield (Kinship.TWIN if key == child.twin else Kinship.SIBLING), key
        for key in self._random.sample(children, min(STRANGERS, len(children))):
            if key not in family:
                yield Kinship.STRANGER, key

    def _add(self, kin: Kinship, one: Profile, other: Profile) -> None:
        levels = levels_of(one, other, self._synonyms)
        for field, seen in self.counts[kin.value].items():
            seen[getattr(levels, field).name] += 1

    def chance(self, kin: Kinship, field: str, level: str) -> float:
        """Answer how often a level is seen, of all that tell anything.

        There are too few twins to count every level of names and numbers, and families name twins
        as they name brothers and sisters: for those fields both are counted together.
        """
        seen = Counter(self.counts[kin.value][field])
        if kin is Kinship.TWIN and field in _AS_SIBLINGS:
            named = Counter(self.counts[Kinship.SIBLING.value][field])
            named.pop("ONE_OF_SEVERAL", None)
            alone = seen.pop("ONE_OF_SEVERAL", 0)
            share = sum(seen.values()) or 1
            seen += named
            if alone:
                seen["ONE_OF_SEVERAL"] = round(alone / share * sum(seen.values()))
        seen.pop(UNTOLD, None)
        levels = len(LEVELS[field]) - 1
        return (seen[level] + 0.5) / (sum(seen.values()) + 0.5 * levels)

    def as_toml(self, people: int) -> str:
        """Answer the file of weights."""
        before, records = self._known_already, len(self.made.records)
        prior = {
            "known_before": round(before[Kinship.SAME] / records, 4),
            "twins": round(before[Kinship.TWIN] / records, 4),
            "siblings": round(before[Kinship.SIBLING] / records, 4),
            "children_least": CHILDREN_LEAST,
        }
        compared = {
            kin.name.lower(): sum(self.counts[kin.value]["sex"].values()) for kin in Kinship
        }
        origin = {"seed": SEED, "people": people, "records": len(self.made.records)}
        origin |= {f"compared_{name}": count for name, count in compared.items()}
        tools = {name: version(name) for name in ("rapidfuzz", "jellyfish")}
        parts = [_HEADER, 'version = "identity_weights.v1"', ""]
        for title, values in (
            ("made", origin | tools),
            ("bands", BANDS),
            ("prior", prior),
        ):
            parts += [f"[{title}]", *(f"{k} = {_plain(v)}" for k, v in values.items()), ""]
        for field, levels in LEVELS.items():
            parts.append(f"[levels.{field}]")
            for level in levels:
                if level.name != UNTOLD:
                    chances = (self.chance(kin, field, level.name) for kin in Kinship)
                    shown = ", ".join(f"{min(one, CHANCE_MAX):.6g}" for one in chances)
                    parts.append(f"{level.name.lower()} = [{shown}]")
            parts.append("")
        return "\n".join(parts)


_HEADER = """\
# How often each level of agreement is seen between a record and what is known of a child:
#   [the same child, its twin, another brother or sister, a stranger]
# Written by `python -m training.train` from made-up people; nothing in it is of anybody. Chances
# are of those comparisons in which both sides tell the field. The bands are chosen:
# docs/decisions/0033-one-child-by-weights.md.
"""


def _plain(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def write_frequencies(path: Path, known: Iterable[Profile]) -> None:
    """Write of how many children a name is, as a share, for the commonest names."""
    profiles = list(known)
    given, family = Counter[str](), Counter[str]()
    for one in profiles:
        given.update({word for name in one.given for word in name if len(word) > 1})
        family.update({part for form in one.family for part in form.parts})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("kind", "name", "share"))
        for kind, counted in (("given", given), ("family", family)):
            ordered = sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:NAMES_KEPT]
            writer.writerows((kind, name, f"{n / len(profiles):.3g}") for name, n in ordered)


if __name__ == "__main__":
    main()
