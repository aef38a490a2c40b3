"""How well a council's records are matched: for its own register team, as a page and as CSV."""

import csv
import io
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from starlette.requests import Request

from hub.api.guard import SurfaceHere, page_user
from hub.api.pages import render
from hub.api.problems import not_found
from hub.api.users import Permission, User
from hub.core.match_rows import match_rows

router = APIRouter()

PageUser = Annotated[User, Depends(page_user(Permission.MATCHING))]


@router.get("/matching")
def show_matching(request: Request, user: PageUser, surface: SurfaceHere) -> Response:
    """Answer the last report, and the rate of the weeks before it."""
    return render(request, "matching.html", found=surface.services.matching(user))


@router.get("/matching.csv")
def answer_csv(user: PageUser, surface: SurfaceHere) -> Response:
    """Answer the counts of the last report by agency; nothing in them is of a person."""
    found = surface.services.matching(user)
    if found.made_at is None:
        raise not_found()
    written = io.StringIO()
    csv.writer(written).writerows(match_rows(found.agencies))
    name = f"matching-{user.organisation}-{found.made_at:%Y-%m-%d}.csv"
    return Response(
        written.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
