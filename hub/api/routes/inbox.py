"""The inbox of a duty desk: the list, one alert, and "I have seen it"."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from starlette.requests import Request
from starlette.responses import RedirectResponse

from hub.api.bodies import Json, alert_json, inbox_json
from hub.api.guard import OurForm, SurfaceHere, client_user, page_user
from hub.api.pages import render
from hub.api.problems import not_found
from hub.api.times import clock_time
from hub.api.users import Permission, User
from hub.api.views import InboxFilters, InboxShows, InboxView
from hub.core.alert import Severity

router = APIRouter()

SEVERITY_WORDS = {
    Severity.IMMEDIATE: "Immediate",
    Severity.TODAY: "Today",
    Severity.INFORMATION: "For information",
}
"""By urgency: the order of the page. There are three tiers and no colour means "safe"."""

Client = Annotated[User, Depends(client_user(Permission.INBOX))]
PageUser = Annotated[User, Depends(page_user(Permission.INBOX))]


@router.get("/v1/inbox")
def answer_inbox(
    user: Client,
    surface: SurfaceHere,
    shows: InboxShows = InboxShows.WAITING,
    severity: Severity | None = None,
) -> Json:
    """Answer the alerts of the client's authority."""
    return inbox_json(surface.services.inbox(user, InboxFilters(shows=shows, severity=severity)))


@router.get("/v1/alerts/{alert_id}")
def answer_alert(alert_id: UUID, user: Client, surface: SurfaceHere) -> Json:
    """Answer one alert; one of another authority answers 404 like one that does not exist."""
    view = surface.services.alert(user, alert_id)
    if view is None:
        raise not_found()
    return alert_json(view)


@router.post("/v1/alerts/{alert_id}/acknowledgement")
def acknowledge(alert_id: UUID, user: Client, surface: SurfaceHere) -> Json:
    """Record that the alert has been seen, and answer it; a second time changes nothing."""
    view = surface.services.acknowledge(user, alert_id)
    if view is None:
        raise not_found()
    return alert_json(view)


@router.get("/inbox")
def show_inbox(
    request: Request,
    user: PageUser,
    surface: SurfaceHere,
    shows: InboxShows = InboxShows.WAITING,
) -> Response:
    """Answer the inbox as a page; it keeps itself up to date."""
    # The version is read first: a change between the two is then shown twice and never missed.
    version = surface.services.inbox_version(user)
    view = surface.services.inbox(user, InboxFilters(shows=shows))
    return _render_inbox(request, "inbox.html", view, shows, version)


@router.get("/inbox/list")
def show_list(
    request: Request,
    user: PageUser,
    surface: SurfaceHere,
    shows: InboxShows = InboxShows.WAITING,
) -> Response:
    """Answer the list alone, for the page that refreshes itself."""
    version = surface.services.inbox_version(user)
    view = surface.services.inbox(user, InboxFilters(shows=shows))
    return _render_inbox(request, "inbox_list.html", view, shows, version)


@router.get("/inbox/version")
def answer_version(user: PageUser, surface: SurfaceHere) -> Json:
    """Answer whether anything changed, and when that was asked."""
    version = surface.services.inbox_version(user)
    return {"version": version, "asked_at": clock_time(surface.clock())}


@router.get("/alerts/{alert_id}")
def show_alert(request: Request, alert_id: UUID, user: PageUser, surface: SurfaceHere) -> Response:
    """Answer one alert as a page."""
    view = surface.services.alert(user, alert_id)
    if view is None:
        raise not_found()
    return render(request, "alert.html", alert=view, severity_words=SEVERITY_WORDS)


@router.post("/alerts/{alert_id}/acknowledgement", dependencies=[OurForm])
def acknowledge_on_page(alert_id: UUID, user: PageUser, surface: SurfaceHere) -> Response:
    """Record that the alert has been seen, and go back to the inbox."""
    if surface.services.acknowledge(user, alert_id) is None:
        raise not_found()
    return RedirectResponse("/inbox", 303)


def _render_inbox(
    request: Request, template: str, view: InboxView, shows: InboxShows, version: str
) -> Response:
    tiers = [
        (severity, words, [row for row in view.rows if row.severity is severity])
        for severity, words in SEVERITY_WORDS.items()
    ]
    return render(
        request,
        template,
        view=view,
        tiers=[tier for tier in tiers if tier[2]],
        severity_words=SEVERITY_WORDS,
        shows=shows,
        filters=list(InboxShows),
        version=version,
    )
