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
    read_synonyms,
)
from hub.core.identity_evidence import RecordEvidence, evidence_of
from hub.core.identity_given import CellReader
from hub.core.identity_levels import levels_of
from hub.core.identity_names import Synonyms
from hub.core.identity_profile import Profile, profile_of
from hub.core.identity_weights import Kinship
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
    counting = Counting(made, read_synonyms(GIVEN_NAMES), Random(f"strangers {SEED}"))
    counting.count()
    WEIGHTS.write_text(counting.as_toml(wanted.people), encoding="utf-8")
    write_frequencies(FREQUENCIES, counting.known.values())
    sys.stdout.write(f"{WEIGHTS.name} and {FREQUENCIES.name} of {len(made.records):,} records\n")


class Counting:
    """Counts levels of agreement over a population, as its records come."""

    def __init__(self, made: Population, synonyms: Synonyms, random: Random) -> None:
        """Count over this population, with strangers drawn by ``random``."""
        self.made = made
        self.known: dict[str, Profile] = {}
        self.counts: dict[str, dict[str, Counter[str]]] = {
            kin.value: {field: Counter() for field in LEVELS} for kin in Kinship
        }
        self._records: dict[str, list[RecordEvidence]] = defaultdict(list)
        self._synonyms = synonyms
        self._random = random
        self._reader = CellReader()
        self._families = made.siblings()
        self._before = 0

    def count(self) -> None:
        """Compare every record with whom it may be taken for."""
        children: list[str] = []
        for record in self.made.records:
            evidence = self._evidence(record)
            key, profile = record.child.key, profile_of([evidence])
            self._before += key in self.known
            for kin, other in self._others(record, children):
                if other in self.known:
                    self._add(kin, profile, self.known[other])
            if key not in self.known:
                children.append(key)
            self._records[key].append(evidence)
            self.known[key] = profile_of(self._records[key])

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

    def _evidence(self, record: Record) -> RecordEvidence:
        draft, contact = record.draft, record.contact
        row = {
            "record_id": record.record_id,
            "person_id": record.child.key,
            "agency": contact.agency,
            "given_name": draft.given,
            "family_name": draft.family,
            "date_of_birth": draft.born,
            "sex": draft.sex,
            "postcode": draft.postcode,
            "address": draft.address,
            "nhs_number": draft.nhs_number,
            "upn": draft.upn,
            "recorded_at": contact.at.isoformat(),
        }
        given = self._reader.record(row)
        ref = record.record_id.encode()
        return evidence_of(given.subject, record_ref=ref, agency=contact.agency)

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
        twins = sum(child.twin is not None for child in self.made.children)
        siblings = sum(len(self._families[c.family]) - 1 for c in self.made.children) - twins
        children = len(self.made.children)
        prior = {
            "known_before": round(self._before / len(self.made.records), 4),
            "twins": round(twins / children, 4),
            "siblings": round(siblings / children, 4),
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
