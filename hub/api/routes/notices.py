"""Notices of domestic abuse: the list, one notice, and its answer, as pages and as JSON."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse

from hub.api.guard import OurForm, SurfaceHere, client_user, page_user
from hub.api.json_body import json_body
from hub.api.json_values import Json
from hub.api.notice_views import NoticeView, notice_json, notices_json
from hub.api.pages import Surface, render
from hub.api.problems import FieldProblem, not_found, not_yours_to_answer, unusable
from hub.api.users import Permission, User
from hub.core.identifiers import Urn
from hub.errors import InvalidIdentifier
from hub.service.notice_answers import NoticeAnswer

router = APIRouter()

SCHOOL_MISSING = "Choose the school from the list."

Client = Annotated[User, Depends(client_user(Permission.NOTICES))]
PageUser = Annotated[User, Depends(page_user(Permission.NOTICES))]
Page = Annotated[int, Query(ge=1, le=100_000)]


class AnswerBody(BaseModel):
    """An answer to a notice; ``school`` only with the answer ``school``."""

    model_config = ConfigDict(extra="forbid")

    answer: NoticeAnswer
    school: Annotated[str, Field(max_length=20)] | None = None


Answer = Annotated[AnswerBody, Depends(json_body(AnswerBody))]


@router.get("/v1/notices")
def answer_notices(user: Client, surface: SurfaceHere, page: Page = 1) -> Json:
    """Answer a page of the notices that the client may read, those that wait first."""
    return notices_json(surface.services.notices(user, page), surface.clock())


@router.get("/v1/notices/{notice_id}")
def answer_notice(notice_id: UUID, user: Client, surface: SurfaceHere) -> Json:
    """Answer one notice; one of others answers 404 like one that does not exist."""
    return notice_json(_notice(notice_id, user, surface))


@router.post("/v1/notices/{notice_id}/answer")
def take_answer(notice_id: UUID, user: Client, body: Answer, surface: SurfaceHere) -> Json:
    """Record an answer; 404 for a notice of others, 409 for an answer that is not open now."""
    school = _school(body.answer, body.school)
    if body.answer is NoticeAnswer.SCHOOL and school is None:
        raise unusable(
            [FieldProblem(field_name="school", code="needed", expected="The school's URN.")]
        )
    _notice(notice_id, user, surface)
    if not surface.services.answer_notice(user, notice_id, body.answer, school):
        raise not_yours_to_answer()
    return {"recorded": True}


@router.get("/notices")
def show_notices(
    request: Request, user: PageUser, surface: SurfaceHere, page: Page = 1
) -> Response:
    """Answer the notices of the user as a page."""
    view = surface.services.notices(user, page)
    return render(
        request,
        "notices.html",
        view=view,
        waiting=[one for one in view.notices if one.waits],
        dealt_with=[one for one in view.notices if not one.waits],
        desks=surface.services.desks(user),
    )


@router.get("/notices/{notice_id}")
def show_notice(
    notice_id: UUID, request: Request, user: PageUser, surface: SurfaceHere
) -> Response:
    """Answer one notice as a page."""
    return _page(request, _notice(notice_id, user, surface))


@router.post("/notices/{notice_id}/answer", dependencies=[OurForm])
def answer_on_page(  # noqa: PLR0913, PLR0917  # the boxes of the form
    notice_id: UUID,
    request: Request,
    user: PageUser,
    surface: SurfaceHere,
    answer: Annotated[NoticeAnswer, Form()],
    school: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Record the answer in the user's name; after "yes, on our roll" the notice itself is shown."""
    view = _notice(notice_id, user, surface)
    named = _school(answer, school)
    if answer is NoticeAnswer.SCHOOL and named is None:
        return _page(request, view, problem=SCHOOL_MISSING)
    if not surface.services.answer_notice(user, notice_id, answer, named):
        raise not_yours_to_answer()
    stays = answer is NoticeAnswer.ON_ROLL
    return RedirectResponse(f"/notices/{notice_id}" if stays else "/notices", 303)


def _notice(notice_id: UUID, user: User, surface: Surface) -> NoticeView:
    view = surface.services.notice(user, notice_id)
    if view is None:
        raise not_found()
    return view


def _school(answer: NoticeAnswer, text: str | None) -> Urn | None:
    if answer is not NoticeAnswer.SCHOOL or not text:
        return None
    try:
        return Urn.parse(text)
    except InvalidIdentifier:
        return None


def _page(request: Request, view: NoticeView, problem: str = "") -> Response:
    return render(
        request,
        "notice.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        notice=view,
        problem=problem,
    )
