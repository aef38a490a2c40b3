"""Taking an alert in hand, over, and giving it back, apart from acknowledging; it hides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import RedirectResponse

from hub.api.guard import OurForm, SurfaceHere, client_user, page_user
from hub.api.inbox_json import alert_json
from hub.api.json_body import json_body
from hub.api.json_values import Json
from hub.api.pages import Surface, person_name
from hub.api.problems import not_found, not_yours_to_take, taken_by
from hub.api.times import moment_near
from hub.api.users import Permission, User
from hub.api.views import AlertView, ClaimView, Standing

router = APIRouter()

Client = Annotated[User, Depends(client_user(Permission.INBOX))]
PageUser = Annotated[User, Depends(page_user(Permission.INBOX))]


class TakeOverBody(BaseModel):
    """From whom the alert is taken over, by the user id that ``claimed_by`` says."""

    model_config = ConfigDict(extra="forbid")

    held_by: Annotated[str, Field(min_length=1, max_length=200)]


TakeOver = Annotated[TakeOverBody, Depends(json_body(TakeOverBody))]


@router.post("/v1/alerts/{alert_id}/claim")
def claim(alert_id: UUID, user: Client, surface: SurfaceHere) -> Json:
    """Take the alert in hand and answer it; 409 names the colleague who has it."""
    return alert_json(_claimed(alert_id, user, surface))


@router.post("/v1/alerts/{alert_id}/release")
def release(alert_id: UUID, user: Client, surface: SurfaceHere) -> Json:
    """Give back an alert that the client's user has in hand, and answer it."""
    return alert_json(_released(alert_id, user, surface))


@router.post("/v1/alerts/{alert_id}/takeover")
def take_over(alert_id: UUID, user: Client, body: TakeOver, surface: SurfaceHere) -> Json:
    """Take the alert over from a colleague and answer it; 409 names who has it by now."""
    return alert_json(_taken_over(alert_id, user, body.held_by, surface))


@router.post("/alerts/{alert_id}/claim", dependencies=[OurForm])
def claim_on_page(alert_id: UUID, user: PageUser, surface: SurfaceHere) -> Response:
    """Take the alert in hand, and open it."""
    _claimed(alert_id, user, surface)
    return RedirectResponse(f"/alerts/{alert_id}", 303)


@router.post("/alerts/{alert_id}/takeover", dependencies=[OurForm])
def take_over_on_page(
    alert_id: UUID,
    user: PageUser,
    surface: SurfaceHere,
    held_by: Annotated[str, Form(max_length=200)],
) -> Response:
    """Take the alert over from the colleague who was shown to have it, and open it."""
    _taken_over(alert_id, user, held_by, surface)
    return RedirectResponse(f"/alerts/{alert_id}", 303)


@router.post("/alerts/{alert_id}/release", dependencies=[OurForm])
def release_on_page(alert_id: UUID, user: PageUser, surface: SurfaceHere) -> Response:
    """Give back an alert, and go back to the inbox."""
    _released(alert_id, user, surface)
    return RedirectResponse("/inbox", 303)


def _claimed(alert_id: UUID, user: User, surface: Surface) -> AlertView:
    return _done(surface.services.claim(user, alert_id), user, surface)


def _taken_over(alert_id: UUID, user: User, holder: str, surface: Surface) -> AlertView:
    view = surface.services.take_over(user, alert_id, holder)
    owner = view is not None and view.alert.row.standing is Standing.OWNER
    if view is not None and owner and view.alert.row.claimed_by is None:
        return _claimed(alert_id, user, surface)  # its holder has given it back meanwhile
    return _done(view, user, surface)


def _released(alert_id: UUID, user: User, surface: Surface) -> AlertView:
    view = surface.services.release(user, alert_id)
    owner = view is not None and view.alert.row.standing is Standing.OWNER
    if view is not None and owner and view.alert.row.claimed_by is None:
        return view.alert  # given back now, or by the same click a moment ago
    return _done(view, user, surface)


def _done(view: ClaimView | None, user: User, surface: Surface) -> AlertView:
    if view is None:
        raise not_found()
    row = view.alert.row
    if row.claimed_by == user.user_id:
        return view.alert
    if row.claimed_by is not None:
        since = moment_near(row.claimed_at, surface.clock())
        raise taken_by(person_name(row.claimed_by), since)
    raise not_yours_to_take()
