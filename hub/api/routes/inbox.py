"""The inbox of a duty desk, or of all that a front door serves: the list, and what changed."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime
from starlette.requests import Request
from starlette.responses import JSONResponse

from hub.api.changes import ChangeStream
from hub.api.contact_views import ContactRow, ContactsView
from hub.api.guard import (
    DESK_PARAMETER,
    SESSION_COOKIE,
    SurfaceHere,
    bearer_token,
    client_seat,
    client_user,
    page_user,
    refuse_unknown_parameters,
    refuse_unserved,
)
from hub.api.inbox_json import inbox_changes_json, inbox_json
from hub.api.json_values import Json
from hub.api.pages import Surface, render
from hub.api.problems import FieldProblem, unusable
from hub.api.times import clock_time
from hub.api.users import Permission, User
from hub.api.views import PAGE_SIZE, InboxFilters
from hub.core.alert import Severity
from hub.core.alert_life import OUTCOME_WORDS
from hub.ports import Held, InboxShows

router = APIRouter()

SEVERITY_WORDS = {
    Severity.IMMEDIATE: "Immediate",
    Severity.TODAY: "Today",
    Severity.INFORMATION: "For information",
}
"""By urgency: the order of the page. There are three tiers and no colour means "safe"."""

Client = Annotated[User, Depends(client_user(Permission.INBOX))]
PageUser = Annotated[User, Depends(page_user(Permission.INBOX))]
Page = Annotated[int, Query(ge=1, le=100_000)]
Cursor = Annotated[str, Query(max_length=8_000)]
Desk = Annotated[str | None, Query(alias=DESK_PARAMETER, min_length=1, max_length=12)]
"""Of the authorities that the front door serves, one alone; the guard refuses any other."""


def page_filters(  # noqa: PLR0913, PLR0917  # the parameters of the address
    user: PageUser,
    surface: SurfaceHere,
    shows: InboxShows = InboxShows.WAITING,
    held: Held = Held.ANYONE,
    page: Page = 1,
    desk: Desk = None,
) -> InboxFilters:
    """Answer what the address of the page asks for."""
    refuse_unserved(surface, user, desk)
    return InboxFilters(shows=shows, held=held, page=page, size=PAGE_SIZE, desk=desk)


PageFilters = Annotated[InboxFilters, Depends(page_filters)]


@router.get("/v1/inbox")
def answer_inbox(  # noqa: PLR0913, PLR0917  # the parameters of the address
    request: Request,
    user: Client,
    surface: SurfaceHere,
    shows: InboxShows = InboxShows.WAITING,
    held: Held = Held.ANYONE,
    severity: Severity | None = None,
    page: Page = 1,
    since: Cursor | None = None,
    desk: Desk = None,  # noqa: ARG001  # the guard has put the client there
) -> Response:
    """Answer the alerts of the client's authority; with ``since``, only what changed since then.

    Whose front door serves several authorities is answered those of all, or of the one named.
    """
    refuse_unknown_parameters(request)
    if since is None:
        filters = InboxFilters(shows=shows, held=held, severity=severity, page=page)
        return JSONResponse(inbox_json(surface.services.inbox(user, filters)))
    if set(request.query_params) - {DESK_PARAMETER} != {"since"}:
        raise unusable([_SINCE_ALONE])
    return JSONResponse(inbox_changes_json(surface.services.inbox_changes(user, since)))


@router.get("/v1/inbox/changes")
async def stream_to_client(
    request: Request,
    user: Client,
    surface: SurfaceHere,
    desk: Desk = None,  # noqa: ARG001  # the guard has put the client there
) -> Response:
    """Answer a stream that says "changed" when the client's inbox does, and nothing else.

    It ends when the client may no longer read what it listens to, all of it or some.
    """
    token = bearer_token(request)

    def may_go_on() -> bool:
        known = surface.sign_in.user_of_token(token)
        return known is not None and client_seat(surface, known, request) == user

    return ChangeStream(surface.streams, surface.services, user, may_go_on)


@router.get("/inbox")
def show_inbox(
    request: Request,
    user: PageUser,
    surface: SurfaceHere,
    filters: PageFilters,
) -> Response:
    """Answer the inbox as a page; it keeps itself up to date."""
    return _render_inbox(request, "inbox.html", user, surface, filters)


@router.get("/inbox/list")
def show_list(
    request: Request,
    user: PageUser,
    surface: SurfaceHere,
    filters: PageFilters,
) -> Response:
    """Answer the list alone, for the page that refreshes itself."""
    return _render_inbox(request, "inbox_list.html", user, surface, filters)


@router.get("/inbox/changed")
def answer_changed(
    user: PageUser, surface: SurfaceHere, since: Cursor = "", due: AwareDatetime | None = None
) -> Json:
    """Answer whether anything changed since a list was read, and when that was asked.

    An alert that becomes overdue, which ``due`` says when it will, is a change of the list too.
    """
    overdue = due is not None and due <= surface.clock()
    changed = surface.services.inbox_changed(user, since) or overdue
    return {"changed": changed, "asked_at": clock_time(surface.clock())}


@router.get("/inbox/changes")
async def stream_to_page(request: Request, user: PageUser, surface: SurfaceHere) -> Response:
    """Answer a stream that says "changed" when the list did; it ends with the session."""
    cookie = request.cookies.get(SESSION_COOKIE)

    def may_go_on() -> bool:
        session = surface.sign_in.read(cookie, surface.clock())
        known = session.user if session else None
        return known is not None and surface.services.at_all_desks(known) == user

    return ChangeStream(surface.streams, surface.services, user, may_go_on)


def _contacts(user: User, surface: Surface, filters: InboxFilters) -> ContactsView:
    """Answer the list of the page: by contact, and what has ended too alert by alert."""
    if filters.shows is not InboxShows.ALL:
        return surface.services.contacts.listed(user, filters)
    # first what says from where to ask for changes: none between the two may be missed
    work = surface.services.contacts.listed(user, replace(filters, shows=InboxShows.WAITING))
    seat = surface.services.at_desk(user, filters.desk) if filters.desk else user
    view = surface.services.inbox(seat or user, filters)
    rows = tuple(
        ContactRow(contact_id=row.alert_id, severity=row.severity, due_at=row.due_at, rows=(row,))
        for row in view.rows
    )
    return replace(
        work,
        contacts=rows,
        not_shown=view.not_shown,
        page=view.page,
        pages=view.pages,
        held_counts=view.held_counts,
        tiers=view.tiers,
        next_due=view.next_due,
    )


def _render_inbox(
    request: Request, template: str, user: User, surface: Surface, filters: InboxFilters
) -> Response:
    view = _contacts(user, surface, filters)
    urgent = surface.services.reviews.urgent(user)
    tiers = [
        (severity, words, [one for one in view.contacts if one.severity is severity])
        for severity, words in SEVERITY_WORDS.items()
    ]
    return render(
        request,
        template,
        view=view,
        desk=filters.desk,
        tiers=[tier for tier in tiers if tier[2]],
        severity_words=SEVERITY_WORDS,
        shows=filters.shows,
        held=filters.held,
        filters=list(InboxShows),
        outcome_words=OUTCOME_WORDS,
        hands=(Held.ANYONE, Held.MINE, Held.UNCLAIMED),
        urgent=urgent,
        asks=urgent is not None,
    )


_SINCE_ALONE = FieldProblem(
    field_name="since",
    code="not_alone",
    expected="What changed is not filtered: give since without any other parameter.",
)
