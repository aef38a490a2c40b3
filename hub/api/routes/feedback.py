"""What became of what an agency reported: the list, one report, and its disagreement."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse

from hub.api.feedback_views import DisagreedView, FeedbackView, feedback_json, feedbacks_json
from hub.api.guard import (
    OurForm,
    SurfaceHere,
    client_user,
    page_user,
    refuse_unknown_parameters,
)
from hub.api.json_body import json_body
from hub.api.json_values import Json
from hub.api.pages import Surface, render
from hub.api.problems import Problem, not_found
from hub.api.routes.decisions import SAY_WHY, WordsTyped, said
from hub.api.users import Permission, User
from hub.core.alert_life import WORDS_LENGTH_MAX

router = APIRouter()

Client = Annotated[User, Depends(client_user(Permission.FEEDBACK))]
PageUser = Annotated[User, Depends(page_user(Permission.FEEDBACK))]
Page = Annotated[int, Query(ge=1, le=100_000)]


class DisagreementBody(BaseModel):
    """With which decision an agency disagrees, and why."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    decision: UUID
    words: Annotated[str, Field(max_length=WORDS_LENGTH_MAX)]


@router.get("/v1/feedback")
def answer_feedbacks(
    request: Request,
    user: Client,
    surface: SurfaceHere,
    page: Page = 1,
    since: Annotated[AwareDatetime | None, Query()] = None,
) -> Json:
    """Answer a page of what became of the agency's reports; with ``since``, of what changed."""
    refuse_unknown_parameters(request)
    return feedbacks_json(surface.services.feedback.listed(user, page, since))


@router.get("/v1/feedback/{feedback_id}")
def answer_feedback(feedback_id: UUID, user: Client, surface: SurfaceHere) -> Json:
    """Answer one report; another agency's answers 404 like one that does not exist."""
    return feedback_json(_report(feedback_id, user, surface))


@router.post("/v1/feedback/{feedback_id}/dispute")
def disagree(
    feedback_id: UUID,
    user: Client,
    body: Annotated[DisagreementBody, Depends(json_body(DisagreementBody))],
    surface: SurfaceHere,
) -> Json:
    """Record that the agency disagrees; the same again changes nothing, and 409 says why not."""
    done = _disagreed(feedback_id, user, body.decision, said(body.words), surface)
    if done.refused:
        raise Problem(HTTPStatus.CONFLICT, "not_possible_now", done.refused)
    return feedback_json(done.report)


@router.get("/feedback")
def show_feedbacks(
    request: Request, user: PageUser, surface: SurfaceHere, page: Page = 1
) -> Response:
    """Answer what became of the agency's reports as a page."""
    changed_after: datetime | None = None
    view = surface.services.feedback.listed(user, page, changed_after)
    return render(request, "feedback.html", view=view)


@router.get("/feedback/{feedback_id}")
def show_feedback(
    feedback_id: UUID, request: Request, user: PageUser, surface: SurfaceHere
) -> Response:
    """Answer what became of one report as a page."""
    return _page(request, _report(feedback_id, user, surface))


@router.post("/feedback/{feedback_id}/dispute", dependencies=[OurForm])
def disagree_on_page(  # noqa: PLR0913, PLR0917  # the boxes of the form
    feedback_id: UUID,
    request: Request,
    user: PageUser,
    surface: SurfaceHere,
    decision: Annotated[UUID, Form()],
    words: WordsTyped = "",
) -> Response:
    """Record that the agency disagrees, in the user's name; what cannot be taken keeps it."""
    if not words.strip():
        return _page(request, _report(feedback_id, user, surface), wrong=SAY_WHY)
    done = _disagreed(feedback_id, user, decision, words.strip(), surface)
    if not done.refused:
        return RedirectResponse(f"/feedback/{feedback_id}", 303)
    return _page(request, done.report, notice=done.refused, words=words)


def _report(feedback_id: UUID, user: User, surface: Surface) -> FeedbackView:
    view = surface.services.feedback.one(user, feedback_id)
    if view is None:
        raise not_found()
    return view


def _disagreed(
    feedback_id: UUID, user: User, decision: UUID, words: str, surface: Surface
) -> DisagreedView:
    done = surface.services.feedback.disagree(user, feedback_id, decision, words)
    if done is None:
        raise not_found()
    return done


def _page(
    request: Request, report: FeedbackView, *, wrong: str = "", notice: str = "", words: str = ""
) -> Response:
    refused = HTTPStatus.CONFLICT if notice else HTTPStatus.OK
    return render(
        request,
        "feedback_report.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else refused,
        report=report,
        wrong=wrong,
        notice=notice,
        words=words,
        words_length_max=WORDS_LENGTH_MAX,
    )
