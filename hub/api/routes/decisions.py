"""What the front door does about an alert: its decision, its closing, and who disagrees."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse

from hub.api.contact_views import ActedView
from hub.api.guard import OurForm, SurfaceHere, client_user, page_user
from hub.api.inbox_json import alert_json
from hub.api.json_body import json_body
from hub.api.json_values import Json
from hub.api.pages import Surface, render
from hub.api.problems import FieldProblem, Problem, not_found, unusable
from hub.api.users import Permission, User
from hub.core.alert_life import OUTCOME_WORDS, WORDS_LENGTH_MAX, Act, Outcome
from hub.core.disclosure_feedback import TOLD_LENGTH_MAX
from hub.service.front_door import Wish

router = APIRouter()

Client = Annotated[User, Depends(client_user(Permission.INBOX))]
PageUser = Annotated[User, Depends(page_user(Permission.INBOX))]
Words = Annotated[str, Field(max_length=WORDS_LENGTH_MAX)]


class StandBody(BaseModel):
    """The ``stand`` of the alert that was looked at."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    stand: Annotated[int, Field(ge=1)]


class DisputeBody(StandBody):
    """Why somebody disagrees."""

    words: Words


class DecidedBody(BaseModel):
    """What is done about an alert, and why."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    outcome: Annotated[Outcome, Field(strict=False)]
    words: Words
    told: Annotated[str, Field(max_length=TOLD_LENGTH_MAX)] = ""
    """What those are told whose reports it rests on; beside the outcome, which they always are."""


class DecisionBody(DecidedBody, StandBody):
    """The same, of the stand that was looked at."""


@router.post("/v1/alerts/{alert_id}/decision")
def decide(
    alert_id: UUID,
    user: Client,
    body: Annotated[DecisionBody, Depends(json_body(DecisionBody))],
    surface: SurfaceHere,
) -> Json:
    """Record what is done about an alert and answer it; 409 if it is not as it was looked at."""
    wish = Wish(
        act=Act.DECIDE,
        stand=body.stand,
        outcome=body.outcome,
        words=said(body.words),
        told=body.told.strip(),
    )
    return _answered(alert_id, user, wish, surface)


@router.post("/v1/alerts/{alert_id}/dispute")
def dispute(
    alert_id: UUID,
    user: Client,
    body: Annotated[DisputeBody, Depends(json_body(DisputeBody))],
    surface: SurfaceHere,
) -> Json:
    """Record that the client's user disagrees: the alert is undecided again."""
    wish = Wish(act=Act.DISPUTE, stand=body.stand, words=said(body.words))
    return _answered(alert_id, user, wish, surface)


@router.post("/v1/alerts/{alert_id}/closing")
def close(
    alert_id: UUID,
    user: Client,
    body: Annotated[StandBody, Depends(json_body(StandBody))],
    surface: SurfaceHere,
) -> Json:
    """Record that what was decided has been done."""
    return _answered(alert_id, user, Wish(act=Act.CLOSE, stand=body.stand), surface)


Stand = Annotated[int, Form(ge=1)]
WordsTyped = Annotated[str, Form(max_length=WORDS_LENGTH_MAX)]
ToldTyped = Annotated[str, Form(max_length=TOLD_LENGTH_MAX)]


@router.post("/alerts/{alert_id}/decision", dependencies=[OurForm])
def decide_on_page(  # noqa: PLR0913, PLR0917  # the boxes of the form
    request: Request,
    alert_id: UUID,
    user: PageUser,
    surface: SurfaceHere,
    stand: Stand,
    outcome: Annotated[Outcome | None, Form()] = None,
    words: WordsTyped = "",
    told: ToldTyped = "",
) -> Response:
    """Record what is done about an alert; what cannot be taken keeps what was typed."""
    if outcome is None or not words.strip():
        wrong = CHOOSE if outcome is None else SAY_WHY
        wish = Wish(act=Act.DECIDE, stand=stand, outcome=outcome, words=words, told=told)
        return _page(request, alert_id, user, surface, wrong=wrong, typed=wish)
    wish = Wish(
        act=Act.DECIDE, stand=stand, outcome=outcome, words=words.strip(), told=told.strip()
    )
    return _done_on_page(request, alert_id, user, surface, wish)


@router.post("/alerts/{alert_id}/dispute", dependencies=[OurForm])
def dispute_on_page(  # noqa: PLR0913, PLR0917  # the boxes of the form
    request: Request,
    alert_id: UUID,
    user: PageUser,
    surface: SurfaceHere,
    stand: Stand,
    words: WordsTyped = "",
) -> Response:
    """Record that the user disagrees."""
    if not words.strip():
        return _page(request, alert_id, user, surface, wrong=SAY_WHY)
    wish = Wish(act=Act.DISPUTE, stand=stand, words=words.strip())
    return _done_on_page(request, alert_id, user, surface, wish)


@router.post("/alerts/{alert_id}/closing", dependencies=[OurForm])
def close_on_page(
    request: Request, alert_id: UUID, user: PageUser, surface: SurfaceHere, stand: Stand
) -> Response:
    """Record that what was decided has been done."""
    wish = Wish(act=Act.CLOSE, stand=stand)
    return _done_on_page(request, alert_id, user, surface, wish)


CHOOSE = "Choose what is done about it."
SAY_WHY = "Say in a few words why. It is kept with your name."


def said(words: str) -> str:
    """Answer a reason in a person's own words.

    Raises:
        Problem: none was given.
    """
    if not words.strip():
        raise unusable([FieldProblem(field_name="words", code="needed", expected=SAY_WHY)])
    return words.strip()


def _answered(alert_id: UUID, user: User, wish: Wish, surface: Surface) -> Json:
    acted = acted_on(alert_id, user, wish, surface)
    if acted.refused:
        raise Problem(HTTPStatus.CONFLICT, problem_code(acted), acted.refused)
    return alert_json(acted.alert)


def acted_on(alert_id: UUID, user: User, wish: Wish, surface: Surface) -> ActedView:
    """Answer an alert after the act; one that is not the user's is not there."""
    acted = surface.services.contacts.act(user, alert_id, wish)
    if acted is None:
        raise not_found()
    return acted


def problem_code(acted: ActedView) -> str:
    """Answer the code of the problem where nothing was done."""
    return "alert_changed" if acted.changed else "not_possible_now"


def _done_on_page(
    request: Request, alert_id: UUID, user: User, surface: Surface, wish: Wish
) -> Response:
    acted = acted_on(alert_id, user, wish, surface)
    if not acted.refused:
        return RedirectResponse(f"/alerts/{alert_id}", 303)
    return _page(
        request,
        alert_id,
        user,
        surface,
        status=HTTPStatus.CONFLICT,
        notice=acted.refused,
        typed=wish,
    )


def _page(  # noqa: PLR0913  # what a page says beside the alert
    request: Request,
    alert_id: UUID,
    user: User,
    surface: Surface,
    *,
    status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY,
    wrong: str = "",
    notice: str = "",
    typed: Wish | None = None,
) -> Response:
    view = surface.services.alert(user, alert_id)
    if view is None:
        raise not_found()
    return render(
        request,
        "decision.html",
        status=status,
        alert=view,
        wrong=wrong,
        notice=notice,
        outcome=typed.outcome if typed else None,
        words=typed.words if typed else "",
        told=typed.told if typed else "",
        outcome_words=OUTCOME_WORDS,
        words_length_max=WORDS_LENGTH_MAX,
    )
