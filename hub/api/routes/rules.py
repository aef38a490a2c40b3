"""What a council's alerts came to, rule by rule: for the manager of its front door."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from starlette.requests import Request

from hub.api.guard import SurfaceHere, client_user, page_user, refuse_unknown_parameters
from hub.api.json_values import Json
from hub.api.pages import render
from hub.api.rules_json import rules_json
from hub.api.rules_views import COLUMNS
from hub.api.users import Permission, User

router = APIRouter()

Client = Annotated[User, Depends(client_user(Permission.RULES))]
PageUser = Annotated[User, Depends(page_user(Permission.RULES))]


class Weeks(StrEnum):
    """Over how many weeks, as an address says it: those of ``hub.core.rule_yield``."""

    FOUR = "4"
    QUARTER = "13"
    YEAR = "52"


@router.get("/v1/rules")
def answer_rules(
    request: Request, user: Client, surface: SurfaceHere, weeks: Weeks = Weeks.QUARTER
) -> Json:
    """Answer the last count over so many weeks; what the page hides is null."""
    refuse_unknown_parameters(request)
    return rules_json(surface.services.rules(user, int(weeks) * 7))


@router.get("/rules")
def show_rules(
    request: Request, user: PageUser, surface: SurfaceHere, weeks: Weeks = Weeks.QUARTER
) -> Response:
    """Answer the last count over so many weeks; small numbers are hidden."""
    found = surface.services.rules(user, int(weeks) * 7)
    return render(request, "rules.html", found=found, columns=COLUMNS)
