"""The inbox of a duty desk: the list, what changed in it, one alert, and "I have seen it"."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse

from hub.api.changes import ChangeStream
from hub.api.chronology_json import chronology_json
from hub.api.chronology_views import ChronologyWanted, Period
from hub.api.contact_views import ContactRow, ContactsView
from hub.api.guard import (
    SESSION_COOKIE,
    OurForm,
    SurfaceHere,
    bearer_token,
    client_user,
    page_user,
    refuse_unknown_parameters,
    seated,
)
from hub.api.inbox_json import alert_json, inbox_changes_json, inbox_json
from hub.api.json_values import Json
from hub.api.pages import Surface, render
from hub.api.problems import FieldProblem, not_found, not_yours_to_acknowledge, unusable
from hub.api.related_views import related_json
from hub.api.times import clock_time
from hub.api.users import Permission, User
from hub.api.views import PAGE_SIZE, AlertView, InboxFilters, Standing
from hub.core.alert import Severity
from hub.core.alert_life import OUTCOME_WORDS, WORDS_LENGTH_MAX
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


def page_filters(
    shows: InboxShows = InboxShows.WAITING, held: Held = Held.ANYONE, page: Page = 1
) -> InboxFilters:
    """Answer what the address of the page asks for."""
    return InboxFilters(shows=shows, held=held, page=page, size=PAGE_SIZE)


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
) -> Response:
    """Answer the alerts of the client's authority; with ``since``, only what changed since then."""
    refuse_unknown_parameters(request)
    if since is None:
        filters = InboxFilters(shows=shows, held=held, severity=severity, page=page)
        return JSONResponse(inbox_json(surface.services.inbox(user, filters)))
    if set(request.query_params) != {"since"}:
        raise unusable([_SINCE_ALONE])
    return JSONResponse(inbox_changes_json(surface.services.inbox_changes(user, since)))


@router.get("/v1/inbox/changes")
async def stream_to_client(request: Request, user: Client, surface: SurfaceHere) -> Response:
    """Answer a stream that says "changed" when the client's inbox does, and nothing else."""
    token = bearer_token(request)
    return ChangeStream(
        surface.streams,
        surface.services,
        user,
        may_go_on=lambda: surface.sign_in.user_of_token(token) == user,
    )


@router.get("/v1/alerts/{alert_id}")
def answer_alert(alert_id: UUID, user: Client, surface: SurfaceHere) -> Json:
    """Answer one alert; one of another authority answers 404 like one that does not exist."""
    view = surface.services.alert(user, alert_id)
    if view is None:
        raise not_found()
    questions = _questions(user, view, surface)
    return {**alert_json(view), "questions": [str(one) for one in questions]}


@router.get("/v1/alerts/{alert_id}/chronology")
def answer_chronology(  # noqa: PLR0913, PLR0917  # the parameters of the address
    request: Request,
    alert_id: UUID,
    user: Client,
    surface: SurfaceHere,
    period: Period = Period.YEAR,
    page: Page = 1,
) -> Json:
    """Answer what was told of the alert's child, the latest first; 404 as for the alert."""
    refuse_unknown_parameters(request)
    wanted = ChronologyWanted(period=period, page=page)
    view = surface.services.chronology(user, alert_id, wanted)
    if view is None:
        raise not_found()
    return chronology_json(view)


@router.get("/v1/alerts/{alert_id}/related")
def answer_related(alert_id: UUID, user: Client, surface: SurfaceHere) -> Json:
    """Answer the children related to the alert's child; 404 for whoever may not know of any."""
    view = surface.services.related(user, alert_id)
    if view is None:
        raise not_found()
    return related_json(view)


@router.post("/v1/alerts/{alert_id}/acknowledgement")
def acknowledge(alert_id: UUID, user: Client, surface: SurfaceHere) -> Json:
    """Record that the alert has been seen, and answer it; a second time changes nothing."""
    return alert_json(_acknowledged(alert_id, user, surface))


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
        return session is not None and seated(surface, session) == user

    return ChangeStream(surface.streams, surface.services, user, may_go_on)


@router.get("/alerts/{alert_id}")
def show_alert(  # noqa: PLR0913, PLR0917  # the parameters of the address
    request: Request,
    alert_id: UUID,
    user: PageUser,
    surface: SurfaceHere,
    period: Period = Period.YEAR,
    page: Page = 1,
) -> Response:
    """Answer one alert as a page, with what was told of its child in date order."""
    view = surface.services.alert(user, alert_id)
    if view is None:
        raise not_found()
    wanted = ChronologyWanted(period=period, page=page)
    return render(
        request,
        "alert.html",
        alert=view,
        severity_words=SEVERITY_WORDS,
        chronology=surface.services.chronology(user, alert_id, wanted),
        related=surface.services.related(user, alert_id),
        questions=_questions(user, view, surface),
        outcome_words=OUTCOME_WORDS,
        words_length_max=WORDS_LENGTH_MAX,
    )


@router.get("/alerts/{alert_id}/question")
def open_question(alert_id: UUID, user: PageUser, surface: SurfaceHere) -> Response:
    """Go to the question that keeps an alert's child unconfirmed, or to the alert without one.

    A row of the inbox links here: which question it is would cost a look for each of its rows.
    """
    questions = surface.services.reviews.about(user, alert_id)
    return RedirectResponse(
        f"/reviews/{questions[0]}" if len(questions) == 1 else f"/alerts/{alert_id}", 303
    )


@router.post("/alerts/{alert_id}/acknowledgement", dependencies=[OurForm])
def acknowledge_on_page(alert_id: UUID, user: PageUser, surface: SurfaceHere) -> Response:
    """Record that the alert has been seen, and go back to the inbox."""
    _acknowledged(alert_id, user, surface)
    return RedirectResponse("/inbox", 303)


def _acknowledged(alert_id: UUID, user: User, surface: Surface) -> AlertView:
    view = surface.services.acknowledge(user, alert_id)
    if view is None:
        raise not_found()
    if view.row.acknowledged_at is None and view.row.standing is Standing.INFORMED:
        raise not_yours_to_acknowledge()
    return view


def _questions(user: User, view: AlertView, surface: Surface) -> tuple[UUID, ...]:
    """Answer which questions of who is who keep the alert's child unconfirmed."""
    row = view.row
    return () if row.confirmed_match else surface.services.reviews.about(user, row.alert_id)


def _contacts(user: User, surface: Surface, filters: InboxFilters) -> ContactsView:
    """Answer the list of the page: by contact, and what has ended too alert by alert."""
    if filters.shows is not InboxShows.ALL:
        return surface.services.contacts.listed(user, filters)
    view = surface.services.inbox(user, filters)
    work = surface.services.contacts.listed(user, replace(filters, shows=InboxShows.WAITING))
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
        cursor=view.cursor,
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
        desks=surface.services.desks(user),
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
