"""Keys of names, birth date and place together: what finds a child though some of it is wrong.

Each leaves out what another needs: the family name, the given name, the day and month, the home. A
child whose name a hundred others bear is found by the rest. They are for linking by weights alone;
questions do not look under them.
"""

from collections.abc import Iterable
from typing import Final

from hub.core.identity_evidence import RecordEvidence
from hub.core.identity_profile import Profile, profile_of
from hub.core.names import SURNAME_SOUND_VERSION, surname_sound

NAME_KINDS: Final = frozenset(
    {
        *("names_birth", "given_birth", "names_year", "names_home"),
        *("given_postcode", "family_postcode"),
    }
)
"""The kinds of these keys."""

_GIVEN_MAX: Final = 3
"""So many given names make keys, the first ones; each more would be three keys more."""


def name_keys(record: RecordEvidence) -> tuple[tuple[str, str], ...]:
    """Answer the keys of a record's names; where it has no given name, those of the family alone.

    ``names_birth`` (both names in either order and birth date) is for records that wait: hardly
    anybody else has it. ``given_birth`` needs no family name, ``given_postcode`` neither that nor a
    birth date. ``names_year`` needs but the year and takes the names in either order, and so finds
    exchanged names, a day and month exchanged or mistyped, a first of January and a year told
    alone. ``family_postcode`` finds a family at its home, though a child's name or birth date be
    wrong or not told; ``names_home``, with the numbers of flat and house, one whose birth date is
    not told and whose postcode is wrong or not told.
    """
    known = profile_of([record])
    given = _sounds(word for name in known.given for word in name[:_GIVEN_MAX] if len(word) > 1)
    family = sorted({sound for form in known.family for sound in form.sounds})
    pairs = sorted({tuple(sorted((one, other))) for one in given for other in family})
    keys = [("names_birth", f"{day}|{a}|{b}") for day in _days(known) for a, b in pairs]
    keys += [("given_birth", f"{day}|{sound}") for day in _days(known) for sound in given]
    keys += [("names_year", f"{year}|{a}|{b}") for year in _years(known) for a, b in pairs]
    places = _places(known)
    keys += [("given_postcode", f"{place}|{sound}") for place in places for sound in given]
    keys += [("family_postcode", f"{place}|{sound}") for place in places for sound in family]
    keys += [("names_home", f"{home}|{a}|{b}") for home in _homes(known) for a, b in pairs]
    return tuple((kind, f"{SURNAME_SOUND_VERSION}|{value}") for kind, value in keys)


def _sounds(words: Iterable[str]) -> list[str]:
    found = dict.fromkeys(surname_sound(word) for word in words)
    return [sound for sound in found if sound is not None][:_GIVEN_MAX]


def _days(known: Profile) -> list[str]:
    return [day.isoformat() for day in known.born]


def _years(known: Profile) -> list[int]:
    years = [day.year for day in known.born]
    return years + [first.year for first, last in known.born_between if first.year == last.year]


def _places(known: Profile) -> list[str]:
    return [place.postcode for place in known.places if place.postcode]


def _homes(known: Profile) -> list[str]:
    """The numbers of each home; a house that has a name alone is found otherwise."""
    numbers = (place.home.numbers for place in known.places if place.home)
    return list(dict.fromkeys("-".join(sorted(some)) for some in numbers if some))
