"""Places: which authority has the duty for a postcode or a hospital site, offline.

Answers come from the tables in :mod:`hub.adapters.reference` and the postcode directory of
:mod:`hub.adapters.postcodes`. What they do not place answers None and never a guess: an unknown
postcode, an ended council that was split among several, Northern Ireland (where the duty lies with
health and social care trusts and not with councils).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self

from hub.adapters.postcodes import PostcodeIndex, Progress
from hub.adapters.reference import rows_of
from hub.core.identifiers import GssCode, OdsCode, Postcode

_SCOTLAND = "S12"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """The days on which a code was in force, both included."""

    first: date
    last: date

    @classmethod
    def of(cls, row: dict[str, str]) -> Self:
        first, last = row.get("valid_from"), row.get("valid_to")
        return cls(
            first=date.fromisoformat(first) if first else date.min,
            last=date.fromisoformat(last) if last else date.max,
        )

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    name: str
    trust: OdsCode
    authority: GssCode


class Places:
    """Councils, hospital sites and postcodes, as known from tables that change a few times a year.

    Where no date is given, the answer is for the day that ``today`` answers.
    """

    def __init__(self, postcodes: PostcodeIndex, today: Callable[[], date]) -> None:
        """Read the tables; ``today`` tells the date in London."""
        self._postcodes = postcodes
        self._today = today
        authorities, districts = rows_of("authorities"), rows_of("district_to_authority")
        self._names = {GssCode(row["district"]): row["name"] for row in districts}
        self._names |= {GssCode(row["gss"]): row["name"] for row in authorities}
        self._in_force = {GssCode(row["gss"]): _Span.of(row) for row in authorities}
        self._county_of = {
            GssCode(row["district"]): (_Span.of(row), GssCode(row["authority"]))
            for row in districts
        }
        self._successors = _successors()
        self._sites = {
            OdsCode(row["site"]): _Site(
                name=row["name"],
                trust=OdsCode(row["trust"]),
                authority=GssCode(row["authority"]),
            )
            for row in rows_of("sites")
        }

    @classmethod
    def open(
        cls,
        cache_directory: Path,
        *,
        today: Callable[[], date],
        progress: Progress | None = None,
    ) -> Self:
        """Answer places ready to be asked; the first time on a machine takes about three seconds.

        Args:
            cache_directory: where the postcode index is kept between starts.
            today: tells the date in London; the composition root has the clock.
            progress: told how much of the index is built and how much there is to build.

        Raises:
            ServiceMissing: the postcode directory is not installed.
            ConfigurationError: the cache directory cannot be written.
        """
        return cls(PostcodeIndex.open(cache_directory, progress), today)

    def authority_of_postcode(self, postcode: Postcode) -> GssCode | None:
        """Answer the authority with the duty towards a child who lives at the postcode.

        In a two-tier county that is the county. Welsh and Scottish postcodes answer their council,
        which is none of the hub's authorities. None: the directory does not place the postcode.
        The directory goes by one point: some postcodes straddle a boundary.
        """
        district = self._postcodes.district_of(postcode)
        return None if district is None else self.current_authority(district, self._today())

    def authority_of_site(self, site: OdsCode) -> GssCode | None:
        """Answer the authority in whose area the hospital site lies, or None if it is not known."""
        known = self._sites.get(site)
        return None if known is None else self.current_authority(known.authority, self._today())

    def site_name(self, site: OdsCode) -> str | None:
        """Answer the name of the hospital site, or None if it is not known."""
        known = self._sites.get(site)
        return None if known is None else known.name

    def trust_of_site(self, site: OdsCode) -> OdsCode | None:
        """Answer the trust that runs the hospital site, or None if it is not known.

        The code of a site need not begin with its trust's: codes outlive mergers.
        """
        known = self._sites.get(site)
        return None if known is None else known.trust

    def authority_name(self, authority: GssCode) -> str | None:
        """Answer the name of a council, present or ended, or None if it is not known.

        Scottish and Northern Irish councils are not in the tables.
        """
        return self._names.get(authority)

    def current_authority(self, council: GssCode, on: date) -> GssCode | None:
        """Answer the authority that has a council's duties on a day: itself, county or successor.

        None where that cannot be told: the code is not known or did not exist yet, the council was
        split among several, or it is in Northern Ireland.
        """
        while council not in self._in_force or not self._in_force[council].holds(on):
            following = self._following(council, on)
            if following is None:
                return council if council.reveal().startswith(_SCOTLAND) else None
            council = following
        return council

    def _following(self, council: GssCode, on: date) -> GssCode | None:
        span, county = self._county_of.get(council, (None, None))
        if span is not None and span.holds(on):
            return county
        due = [new for starts, new in self._successors.get(council, ()) if starts <= on]
        return due[0] if len(due) == 1 else None


def _successors() -> dict[GssCode, list[tuple[date, GssCode]]]:
    followed: dict[GssCode, list[tuple[date, GssCode]]] = {}
    for row in rows_of("successors"):
        succession = (date.fromisoformat(row["valid_from"]), GssCode(row["successor"]))
        followed.setdefault(GssCode(row["gss"]), []).append(succession)
    return followed
