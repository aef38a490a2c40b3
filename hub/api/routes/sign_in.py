"""Choosing a demo role, and signing out."""

from typing import Annotated

from fastapi import APIRouter, Form, Response
from starlette.requests import Request
from starlette.responses import RedirectResponse

from hub.api.guard import OurForm, SessionHere, SurfaceHere, keep_session
from hub.api.pages import home_of, render
from hub.api.problems import SIGN_IN_PATH
from hub.api.users import DEMO_USERS, DEMO_USERS_BY_ID

router = APIRouter()


@router.get("/")
def show_first_page(session: SessionHere) -> Response:
    """Lead to the first page of the role, or to the choice of one."""
    return RedirectResponse(home_of(session.user) if session.user else SIGN_IN_PATH, 303)


@router.get(SIGN_IN_PATH)
def show_sign_in(request: Request, session: SessionHere) -> Response:
    """Answer the choice of demo roles; it is marked as what it is."""
    keep_session(request, session)
    return render(request, "sign_in.html", choices=DEMO_USERS)


@router.post(SIGN_IN_PATH, dependencies=[OurForm])
def sign_in(
    request: Request,
    surface: SurfaceHere,
    session: SessionHere,
    user_id: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Start a session of its own for the chosen role; the one before it ends."""
    user = DEMO_USERS_BY_ID.get(user_id)
    if user is None:
        return RedirectResponse(SIGN_IN_PATH, 303)
    surface.sign_in.end(session, surface.clock())
    keep_session(request, surface.sign_in.start(user, surface.clock()))
    return RedirectResponse(home_of(user), 303)


@router.post("/sign-out", dependencies=[OurForm])
def sign_out(request: Request, surface: SurfaceHere, session: SessionHere) -> Response:
    """End the session, its streams with it, and have the browser forget what it keeps of pages."""
    surface.sign_in.end(session, surface.clock())
    keep_session(request, surface.sign_in.start(None, surface.clock()))
    response = RedirectResponse(SIGN_IN_PATH, 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
