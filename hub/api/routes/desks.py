"""Sitting down at another desk of a front door that serves several authorities."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response
from starlette.requests import Request
from starlette.responses import RedirectResponse

from hub.api.guard import OurForm, SessionHere, SurfaceHere, keep_session, page_user
from hub.api.problems import not_found
from hub.api.users import Permission, User

router = APIRouter()

PageUser = Annotated[User, Depends(page_user(Permission.INBOX))]


@router.post("/desk", dependencies=[OurForm])
def sit_down(
    request: Request,
    user: PageUser,
    surface: SurfaceHere,
    session: SessionHere,
    authority: Annotated[str, Form(max_length=12)] = "",
) -> Response:
    """Have this session ask and act for another authority that the own front door serves."""
    if surface.services.at_desk(user, authority) is None:
        raise not_found()
    keep_session(request, replace(session, desk=authority))
    return RedirectResponse("/inbox", 303)
