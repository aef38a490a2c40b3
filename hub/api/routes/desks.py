"""Sitting down at another desk of a front door, for the pages that show one desk at a time."""

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Response
from starlette.requests import Request
from starlette.responses import RedirectResponse

from hub.api.guard import OurForm, SessionHere, SurfaceHere, keep_session, page_user
from hub.api.problems import not_found
from hub.api.users import Permission, User

router = APIRouter()

PageUser = Annotated[User, Depends(page_user(Permission.INBOX))]


@router.post("/desk", dependencies=[OurForm])
def sit_down(  # noqa: PLR0913, PLR0917  # the boxes of the form
    request: Request,
    user: PageUser,
    surface: SurfaceHere,
    session: SessionHere,
    authority: Annotated[str, Form(max_length=12)] = "",
    page: Annotated[Literal["/reviews", "/notices"], Form()] = "/reviews",
) -> Response:
    """Have this session ask and act for another authority that the own front door serves.

    The inbox shows all that it serves at once, wherever somebody sits.
    """
    if surface.services.at_desk(user, authority) is None:
        raise not_found()
    keep_session(request, replace(session, desk=authority))
    return RedirectResponse(page, 303)
