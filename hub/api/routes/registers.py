"""The register team's page: extracts that wait for a named person, and the decision on each."""

from enum import StrEnum
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response
from starlette.requests import Request
from starlette.responses import RedirectResponse

from hub.api.guard import OurForm, SurfaceHere, page_user
from hub.api.pages import render
from hub.api.problems import not_found
from hub.api.register_views import ExtractView
from hub.api.users import Permission, User

router = APIRouter()

REASON_LENGTH_MAX = 500
REASON_MISSING = "Say in a few words why. It is kept with your name."
PageUser = Annotated[User, Depends(page_user(Permission.REGISTERS))]


class Choice(StrEnum):
    """What a person can decide on an extract that waits."""

    APPROVE = "approve"
    REFUSE = "refuse"


@router.get("/registers")
def show_registers(request: Request, user: PageUser, surface: SurfaceHere) -> Response:
    """Answer which extracts of the user's council wait, and what was decided lately."""
    extracts = surface.services.registers(user)
    return render(
        request,
        "registers.html",
        waiting=[one for one in extracts if one.waits],
        decided=[one for one in extracts if not one.waits],
    )


@router.get("/registers/{extract_id}")
def show_extract(
    extract_id: str, request: Request, user: PageUser, surface: SurfaceHere
) -> Response:
    """Answer one extract that waits: who sent it, why it waits, and what it would close."""
    return _page(request, _waiting(extract_id, user, surface))


@router.post("/registers/{extract_id}/decision", dependencies=[OurForm])
def decide(  # noqa: PLR0913, PLR0917  # the boxes of the form
    extract_id: str,
    request: Request,
    user: PageUser,
    surface: SurfaceHere,
    choice: Annotated[Choice, Form()],
    reason: Annotated[str, Form(max_length=REASON_LENGTH_MAX)] = "",
) -> Response:
    """Record the decision in the user's name, apply it, and go back to the list."""
    if not reason.strip():
        return _page(request, _waiting(extract_id, user, surface), problem=REASON_MISSING)
    approve = choice is Choice.APPROVE
    if not surface.services.decide_extract(user, extract_id, approve=approve, reason=reason):
        raise not_found()
    return RedirectResponse("/registers", 303)


def _waiting(extract_id: str, user: User, surface: SurfaceHere) -> ExtractView:
    extracts = surface.services.registers(user)
    found = next((one for one in extracts if one.waits and one.extract_id == extract_id), None)
    if found is None:
        raise not_found()
    return found


def _page(request: Request, extract: ExtractView, problem: str = "") -> Response:
    return render(
        request,
        "register_extract.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        extract=extract,
        problem=problem,
        reason_length_max=REASON_LENGTH_MAX,
    )
