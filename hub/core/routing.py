"""Whose alert it is: one owner, several informed, and never nobody.

Order of the responsible authority (design 2.4; social-care.md 4.5): holder of an open plan, else of
an open period of care, else of an open period in need, else that of the home address, else that
where the child was found. An
immediate alert is owned where the child is, since the authority where a child is found answers for
it until another accepts in writing; the holder of the plan is informed at once.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from hub.core.alert import Finding, Severity, triggers_of
from hub.core.chronology import Attendance, Chronology, RegisterEntry
from hub.core.clock import london_date
from hub.core.event import EventKind
from hub.core.identifiers import GssCode, OdsCode
from hub.core.incident import Incident
from hub.core.plan_standing import DisplayWindows, PlanStanding, in_need_on, register_on
from hub.errors import InvalidIdentifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """Who owns an alert, who is told beside, and why in words without an address."""

    owner: GssCode | None
    """``None`` is the hub's own desk of last resort."""
    informed: tuple[GssCode, ...]
    reason: str


Router = Callable[[Finding], Routing]
"""Answers whose a finding is; made by :func:`router` for one child."""


def router(
    chronology: Chronology,
    *,
    authority_of_site: Callable[[OdsCode], GssCode | None],
    as_of: datetime,
    windows: DisplayWindows,
) -> Router:
    """Answer what routes this child's findings: found in is where its latest trigger was."""
    claims = _claims(chronology, london_date(as_of), windows)
    places: dict[bytes, _Placed] = {one.fact_key: one for one in chronology.attendances}
    places |= {one.fact_key: one for one in chronology.incidents if _tells_place(one)}

    def route_finding(finding: Finding) -> Routing:
        triggers = (one.fact_key for one in triggers_of(finding.grounds))
        among = [places[fact] for fact in triggers if fact in places]
        return _routed(finding.severity, claims, _latest(among, authority_of_site))

    return route_finding


def responsible_authority(
    chronology: Chronology,
    authority_of_site: Callable[[OdsCode], GssCode | None],
    *,
    on: date,
    windows: DisplayWindows,
) -> GssCode | None:
    """Answer the authority responsible for a child on a day; ``None`` if none is known.

    Where the child was last found is asked only if neither a register nor a home says it.
    """
    claims = _claims(chronology, on, windows)
    if claims.in_order:
        return claims.in_order[0]
    return latest_place(chronology, authority_of_site)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claims:
    """What every finding of a child has in common: who has a claim to it, and why."""

    in_order: tuple[GssCode, ...]
    """Who may be responsible: the first is."""
    concerned: tuple[GssCode, ...]
    """These, and everybody else whom a register names."""
    reason: str
    """Why the first is, if anybody is."""


def _routed(severity: Severity, claims: _Claims, found_in: GssCode | None) -> Routing:
    responsible = claims.in_order[0] if claims.in_order else found_in
    urgent = severity is Severity.IMMEDIATE and found_in is not None
    owner = found_in if urgent else responsible
    reason = _FOUND_URGENT if urgent else claims.reason
    return Routing(
        owner=owner,
        informed=tuple(one for one in claims.concerned if one is not owner and one != owner),
        reason=reason if owner else _NOBODY_KNOWN,
    )


_OWNED_BY = (
    "Owned by the authority that holds the plan.",
    "Owned by the authority that looks after the child.",
    "Owned by the authority that works with the child as in need.",
    "Owned by the authority of the home address.",
)
_FOUND_ONLY = "Owned by the authority where the child was found, since no other is known."
_FOUND_URGENT = "Owned by the authority where the child was found, since it is immediate."
_NOBODY_KNOWN = "Owned by the hub's own desk, since no authority is known."


def _claims(chronology: Chronology, on: date, windows: DisplayWindows) -> _Claims:
    """Answer who has a claim to the child: by its register, then by its home.

    A plan that an authority holds for a child who lives elsewhere is shown to both. The home of a
    child whose whereabouts must not be disclosed is never inferred from addresses of the past.
    """
    holders, carers, helpers, others = _named(chronology, on, windows)
    homes = () if chronology.shielded else chronology.home_authorities[:1]
    by_claim = (holders, carers, helpers, homes)
    in_order = tuple(one for some in by_claim for one in some)
    reasons = (said for some, said in zip(by_claim, _OWNED_BY, strict=True) if some)
    return _Claims(
        in_order=in_order,
        concerned=_distinct([*in_order, *others]),
        reason=next(reasons, _FOUND_ONLY),
    )


def _named(
    chronology: Chronology, on: date, windows: DisplayWindows
) -> tuple[tuple[GssCode, ...], ...]:
    """Answer holders of open plans, who looks after the child, who helps it, and all others."""
    if not chronology.register:
        return (), (), (), ()
    holders: list[GssCode] = []
    carers: list[GssCode] = []
    others: list[GssCode] = []
    for entry, standing in register_on(chronology.register, on, windows):
        if standing is PlanStanding.ENDED:
            others += _authorities(entry)
        elif entry.kind is EventKind.LOOKED_AFTER_PERIOD:
            carers += _authorities(entry)[:1]
            others += _authorities(entry)[1:]
        else:
            holders += _authorities(entry)[:1]
            others += _authorities(entry)[1:]
    helpers = [
        one for entry in in_need_on(chronology.register, on) for one in _authorities(entry)[:1]
    ]
    return _distinct(holders), _distinct(carers), _distinct(helpers), tuple(others)


def _authorities(entry: RegisterEntry) -> list[GssCode]:
    """Answer who holds an entry, then the council that reports it."""
    reporter = _council(entry.agency)
    return [one for one in (entry.authority, reporter) if one is not None]


def _distinct(authorities: list[GssCode]) -> tuple[GssCode, ...]:
    return tuple(dict.fromkeys(authorities))


def _council(agency: str) -> GssCode | None:
    try:
        return GssCode(agency)
    except InvalidIdentifier:
        return None


def latest_place(
    chronology: Chronology,
    authority_of_site: Callable[[OdsCode], GssCode | None],
) -> GssCode | None:
    """Answer the authority of the place at which the child was last found.

    That is the site of an attendance or the place of an incident, whichever is the latest whose
    authority is known. An incident at which the child is said not to have been tells no place.

    Args:
        chronology: what is known of the child.
        authority_of_site: the authority in whose area a hospital site lies.
    """
    placed: list[_Placed] = [*chronology.attendances]
    placed += (one for one in chronology.incidents if _tells_place(one))
    return _latest(placed, authority_of_site)


_Placed = Attendance | Incident
"""What tells where the child was found."""


def _tells_place(incident: Incident) -> bool:
    return incident.unborn or incident.present is not False


def _latest(
    placed: Iterable[_Placed], authority_of_site: Callable[[OdsCode], GssCode | None]
) -> GssCode | None:
    """Answer the authority of the latest of these of which it is known."""
    for one in sorted(placed, key=_happened, reverse=True):
        if isinstance(one, Incident):
            found = one.place_authority
        else:
            found = authority_of_site(one.site_code) if one.site_code else None
        if found is not None:
            return found
    return None


def _happened(one: _Placed) -> tuple[datetime, bytes]:
    return (one.arrived_at if isinstance(one, Attendance) else one.began_at), one.fact_key
