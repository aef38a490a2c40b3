"""Tells from what is held of a child, before it is read, that a record is surely not of it. Pure.

Most candidates share one key with a record and nothing else; reading and weighing them all took
four fifths of a resolution. Here only the bits for the child against a stranger are added, each
field at the best that it may be. Who reaches no band even so is left in none by weighing too, and
``resolve_by_weights`` answers the same without it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import inf, log2
from typing import Final

from hub.core.event import Sex, SubjectRole
from hub.core.identity_evidence import RecordEvidence
from hub.core.identity_levels import (
    BirthLevel,
    NumberLevel,
    PlaceLevel,
    SexLevel,
    birth_level,
    dates_level,
    levels_at,
)
from hub.core.identity_matching import Matching
from hub.core.identity_names import family_names_level, given_names_level
from hub.core.identity_profile import Profile, days_between, postcode_told, profile_of
from hub.core.identity_weights import NameFrequencies
from hub.core.name_forms import FamilyForm, family_forms, given_forms
from hub.core.person import NUMBER_NOW

Said = Mapping[str, object]
"""What one record says now: a field's name -> its value, as the record's ledger has it."""

_ROUNDING_BITS: Final = 0.01
"""Far more than sums of a dozen weights differ by when they are added in another order."""

_NUMBERS: Final = ("nhs_number", NUMBER_NOW, "upn")


class Screen:
    """One record in question, held beside one child after the other, and gone with it."""

    def __init__(self, record: RecordEvidence, matching: Matching) -> None:
        weights = self._weights = matching.weights
        one = self._one = profile_of([record])
        bits = self._bits = weights.against_strangers
        self._is_child = record.role is SubjectRole.CHILD
        self._numbers = {number.reveal() for number in (record.nhs_number, record.upn) if number}
        self._enough = _enough(matching)
        self._given_most = max(bits["given"].values()) - _rarest(
            (word for name in one.given for word in name), weights.given
        )
        self._family_most = max(bits["family"].values()) - _rarest(
            (word for form in one.family for word in (form.whole, *form.parts)), weights.family
        )
        self._nowhere = bits["place"][PlaceLevel.MISSING]
        self._given_words = {word for name in one.given for word in (*name, "".join(name))}
        self._births: dict[object, float] = {}
        self._given: dict[str, float] = {}
        self._family: dict[str, float] = {}

    def rules_out(self, child: Sequence[Said]) -> bool:
        """Answer whether weighing would surely leave the child of these records in no band.

        The record itself is not among them: that it is its own is not for weights.
        """
        if not self._is_child or not child:
            return False
        short = self._enough - self._beside_names(child)
        if short > self._given_most + self._family_most:
            return True
        if short == -inf:
            return False
        family = max(self._of_family(name) for said in child for name in _family_names(said))
        if short > self._given_most + family:
            return True
        given = max(self._of_given(name) for said in child for name in _given_names(said))
        return short > given + family

    def _beside_names(self, child: Sequence[Said]) -> float:
        """Answer the bits, at most, of all but the names; endless where a rule may speak."""
        birth = sex = place = -inf
        for said in child:
            if said.get("role") != SubjectRole.CHILD or not self._numbers.isdisjoint(
                (said.get("nhs_number"), said.get(NUMBER_NOW), said.get("upn"))
            ):
                return inf
            birth = max(birth, self._of_birth(said))
            sex = max(sex, self._of_sex(said.get("sex")))
            place = max(place, self._of_place(said))
        return birth + sex + place

    def _of_birth(self, said: Said) -> float:
        day = said.get("birth_date")
        if said.get("birth_date_partial") is not None or day is None or self._one.born_between:
            return self._partly(said)
        found = self._births.get(day)
        if found is None:
            other, bits = date.fromisoformat(str(day)), self._bits["birth"]
            levels = [dates_level(one, other) for one in self._one.born]
            found = max(bits[level] for level in levels or (BirthLevel.MISSING,))
            self._births[day] = found
        return found

    def _partly(self, said: Said) -> float:
        day, partial = said.get("birth_date"), said.get("birth_date_partial")
        between = days_between(str(partial)) if partial is not None else None
        other = Profile(
            born=(date.fromisoformat(str(day)),) if day is not None else (),
            born_between=(between,) if between else (),
        )
        return self._bits["birth"][birth_level(self._one, other)]

    def _of_sex(self, sex: object) -> float:
        told, bits = self._one.sexes, self._bits["sex"]
        if not told or sex not in _TOLD:
            return bits[SexLevel.MISSING]
        return bits[SexLevel.SAME if sex in told else SexLevel.DIFFERS]

    def _of_place(self, said: Said) -> float:
        written, homes = said.get("postcode"), self._one.places
        if not homes or (written is None and not said.get("address_lines")):
            return self._nowhere
        other, bits = postcode_told(str(written)) if written else None, self._bits["place"]
        return max([bits[level] for home in homes for level in levels_at(home.postcode, other)])

    def _of_given(self, written: str) -> float:
        found = self._given.get(written)
        if found is None:
            forms, weights, several = given_forms(written), self._weights, self._one.of_several
            level, agreed = given_names_level(
                self._one.given,
                forms.names,
                weights.synonyms,
                of_several=several or forms.of_several,
            )
            found = self._bits["given"][level] - weights.of_given(level, agreed)
            self._given[written] = found
        return found

    def _of_family(self, written: str) -> float:
        """Answer the bits of a family name, at most; endless if it may be a given one."""
        found = self._family.get(written)
        if found is None:
            forms = family_forms(written)
            level, agreed = family_names_level(self._one.family, forms)
            found = self._bits["family"][level] - self._weights.of_family(agreed)
            if any(self._is_given(form) for form in forms):
                found = inf
            self._family[written] = found
        return found

    def _is_given(self, family: FamilyForm) -> bool:
        """Answer whether names may be exchanged: a family name holds one of the given ones."""
        words = self._given_words
        return family.whole in words or not family.parts.isdisjoint(words)


_TOLD: Final = frozenset({Sex.MALE, Sex.FEMALE})
"""As text too: a ledger holds the sex as its value."""


def _enough(matching: Matching) -> float:
    """Answer how many bits for the child against a stranger the fields must have for any band.

    Numbers that differ, or are not known, speak at most as the latter: for nothing.
    """
    bands, bits = matching.weights.bands, matching.weights.against_strangers
    least = min(bands.review, bands.link, bands.link_unnamed)
    prior = matching.weights.prior(matching.children)
    numbers = sum(
        max(bits[field][level] for level in _NO_NUMBER_AGREES) for field in ("nhs_number", "upn")
    )
    return log2(least / (1 - least)) - (prior[0] - prior[3]) - numbers - _ROUNDING_BITS


_NO_NUMBER_AGREES: Final = (NumberLevel.MISSING, NumberLevel.DIFFERS)


def _rarest(words: Iterable[str], frequencies: NameFrequencies) -> float:
    """Answer the bits by which strangers share the rarest of these less often than usual."""
    return min((0.0, *(frequencies.of((word,), commonest=False) for word in words)))


def _given_names(said: Said) -> list[str]:
    """Answer every given name as ``profile_of`` reads it; an empty one where none is told."""
    names = [said.get("given_names"), *(given for _, given in _other_names(said))]
    return [" ".join(map(str, name)) if isinstance(name, list | tuple) else "" for name in names]


def _family_names(said: Said) -> list[str]:
    """Answer every family name; an empty one where none is told."""
    names = [said.get("family_name"), *(family for family, _ in _other_names(said))]
    return [str(name) if name else "" for name in names]


def _other_names(said: Said) -> Sequence[Sequence[object]]:
    told = said.get("other_names")
    return told if isinstance(told, list | tuple) else ()
