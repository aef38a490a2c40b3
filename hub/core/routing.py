"""Whose alert it is: one owner, several informed, and never nobody.

Order of the responsible authority (design 2.4; social-care.md 4.5): holder of an open plan, else of
an open period of care, else of an open period in need, else that of the home address, else that
where the child was found. An
immediate alert is owned where the child is, since the authority where a child is found answers for
it until another accepts in writing; the holder of the plan is informed at once.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime

from hub.core.alert import Finding, GroundRole, Severity
from hub.core.chronology import Chronology, RegisterEntry
from hub.core.clock import london_date
from hub.core.event import EventKind
from hub.core.identifiers import GssCode, OdsCode
from hub.core.plan_standing import DisplayWindows, PlanStanding, in_need_on, register_on
from hub.errors import InvalidIdentifier

HUB_DESK = "the hub's own desk, since no authority is known"


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

    def route_finding(finding: Finding) -> Routing:
        found_in = _found_in(finding, chronology, authority_of_site)
        return route(finding.severity, chronology, found_in, on=london_date(as_of), windows=windows)

    return route_finding


def route(
    severity: Severity,
    chronology: Chronology,
    found_in: GssCode | None,
    *,
    on: date,
    windows: DisplayWindows,
) -> Routing:
    """Answer whose an alert of this severity about this child is, on a day in London.

    A plan that an authority holds for a child who lives elsewhere is shown to both. The home of a
    child whose whereabouts must not be disclosed is never inferred from addresses of the past.
    """
    holders, carers, others = _claims(chronology, on, windows)
    helpers = _distinct(
        [one for entry in in_need_on(chronology.register, on) for one in _authorities(entry)[:1]]
    )
    homes = () if chronology.shielded else chronology.home_authorities[:1]
    in_order = (*holders, *carers, *helpers, *homes)
    responsible = in_order[0] if in_order else found_in
    urgent = severity is Severity.IMMEDIATE and found_in is not None
    owner = found_in if urgent else responsible
    concerned = dict.fromkeys((*in_order, *others))
    return Routing(
        owner=owner,
        informed=tuple(authority for authority in concerned if authority != owner),
        reason=_reason(
            found_in if urgent else None, in_order=(holders, carers, helpers, homes), owner=owner
        ),
    )


def responsible_authority(
    chronology: Chronology, found_in: GssCode | None, *, on: date, windows: DisplayWindows
) -> GssCode | None:
    """Answer the authority responsible for a child on a day; ``None`` if none is known."""
    return route(Severity.TODAY, chronology, found_in, on=on, windows=windows).owner


def _reason(
    urgent: GssCode | None, *, in_order: tuple[tuple[GssCode, ...], ...], owner: GssCode | None
) -> str:
    if owner is None:
        return f"Owned by {HUB_DESK}."
    if urgent is not None:
        return "Owned by the authority where the child was found, since it is immediate."
    words = zip(in_order, _OWNED_BY, strict=True)
    return next((said for claims, said in words if claims), _FOUND_ONLY)


_OWNED_BY = (
    "Owned by the authority that holds the plan.",
    "Owned by the authority that looks after the child.",
    "Owned by the authority that works with the child as in need.",
    "Owned by the authority of the home address.",
)
_FOUND_ONLY = "Owned by the authority where the child was found, since no other is known."


def _claims(
    chronology: Chronology, on: date, windows: DisplayWindows
) -> tuple[tuple[GssCode, ...], tuple[GssCode, ...], tuple[GssCode, ...]]:
    """Answer holders of open plans, those who look after the child, and those of what ended."""
    holders, carers, others = [], [], []
    for entry, standing in register_on(chronology.register, on, windows):
        if standing is PlanStanding.ENDED:
            others += _authorities(entry)
        elif entry.kind is EventKind.LOOKED_AFTER_PERIOD:
            carers += _authorities(entry)[:1]
            others += _authorities(entry)[1:]
        else:
            holders += _authorities(entry)[:1]
            others += _authorities(entry)[1:]
    return _distinct(holders), _distinct(carers), _distinct(others)


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


def _found_in(
    finding: Finding,
    chronology: Chronology,
    authority_of_site: Callable[[OdsCode], GssCode | None],
) -> GssCode | None:
    """Answer the authority of the latest trigger whose place is known."""
    triggers = {one.fact_key for one in finding.grounds if one.role is GroundRole.TRIGGER}
    return latest_place(chronology, authority_of_site, among=triggers)


def latest_place(
    chronology: Chronology,
    authority_of_site: Callable[[OdsCode], GssCode | None],
    *,
    among: Collection[bytes] | None = None,
) -> GssCode | None:
    """Answer the authority of the place at which the child was last found.

    That is the site of an attendance or the place of an incident, whichever is the latest whose
    authority is known. An incident at which the child is said not to have been tells no place.

    Args:
        chronology: what is known of the child.
        authority_of_site: the authority in whose area a hospital site lies.
        among: the facts that count; all of them if it is left out.
    """
    found = [
        (one.arrived_at, one.fact_key, authority_of_site(one.site_code) if one.site_code else None)
        for one in chronology.attendances
        if among is None or one.fact_key in among
    ]
    found += [
        (one.began_at, one.fact_key, one.place_authority)
        for one in chronology.incidents
        if (among is None or one.fact_key in among) and (one.unborn or one.present is not False)
    ]
    placed = [(at, fact, authority.reveal()) for at, fact, authority in found if authority]
    return GssCode(max(placed)[-1]) if placed else None
