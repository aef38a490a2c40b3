"""One alert: its page and JSON, what was told of its child, and "I have seen it"."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from starlette.requests import Request
from starlette.responses import RedirectResponse

from hub.api.chronology_json import chronology_json
from hub.api.chronology_views import ChronologyWanted, Period
from hub.api.guard import (
    OurForm,
    SurfaceHere,
    client_user,
    page_user,
    refuse_unknown_parameters,
)
from hub.api.inbox_json import alert_json
from hub.api.json_values import Json
from hub.api.pages import Surface, render
from hub.api.problems import not_found, not_yours_to_acknowledge
from hub.api.related_views import related_json
from hub.api.routes.inbox import SEVERITY_WORDS, Page
from hub.api.users import Permission, User
from hub.api.views import AlertView, Standing
from hub.core.alert_life import OUTCOME_WORDS, WORDS_LENGTH_MAX

router = APIRouter()

Client = Annotated[User, Depends(client_user(Permission.INBOX))]
PageUser = Annotated[User, Depends(page_user(Permission.INBOX))]


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
