"""What an agency sees of its own feeds: last heard, gaps, and what could not be used and why."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from starlette.requests import Request

from hub.api.bodies import feeds_json
from hub.api.guard import SurfaceHere, client_user, page_user
from hub.api.json_values import Json
from hub.api.pages import render
from hub.api.users import Permission, User

router = APIRouter()

Client = Annotated[User, Depends(client_user(Permission.FEEDS))]
PageUser = Annotated[User, Depends(page_user(Permission.FEEDS))]


@router.get("/v1/feeds")
def answer_feeds(user: Client, surface: SurfaceHere) -> Json:
    """Answer the feeds of the client's own agency."""
    return feeds_json(surface.services.feeds(user))


@router.get("/feeds")
def show_feeds(request: Request, user: PageUser, surface: SurfaceHere) -> Response:
    """Answer the same as a page."""
    return render(request, "feeds.html", found=surface.services.feeds(user))
