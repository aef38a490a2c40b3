"""Answers that have changed since they were given: that they have, and that somebody has seen it.

Neither says what an answer says now, nor of whom: the workstation is shared. Whoever asks again is
answered as anybody who asks.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from starlette.responses import RedirectResponse

from hub.api.guard import OurForm, SurfaceHere, client_user, page_user
from hub.api.json_values import Json
from hub.api.problems import not_found
from hub.api.users import Permission, User
from hub.ports import AnswerChanged

router = APIRouter()

Client = Annotated[User, Depends(client_user(Permission.CHECK))]
PageUser = Annotated[User, Depends(page_user(Permission.CHECK))]


@router.get("/v1/checks/changed")
def answer_changed(user: Client, surface: SurfaceHere) -> Json:
    """Answer which of the answers given to the client's organisation have changed, unseen."""
    return {"changed": [_json(one) for one in surface.services.changed_answers(user)]}


@router.post("/v1/checks/changed/{changed_id}/acknowledgement")
def acknowledge(changed_id: UUID, user: Client, surface: SurfaceHere) -> Json:
    """Record that somebody has seen it; 404 for one of others, a second time changes nothing."""
    if not surface.services.acknowledge_changed(user, changed_id):
        raise not_found()
    return {"seen": True}


@router.post("/check/changed/{changed_id}/acknowledgement", dependencies=[OurForm])
def acknowledge_on_page(changed_id: UUID, user: PageUser, surface: SurfaceHere) -> Response:
    """Record that somebody has seen it, and go back to the empty form."""
    if not surface.services.acknowledge_changed(user, changed_id):
        raise not_found()
    return RedirectResponse("/check", 303)


def _json(one: AnswerChanged) -> Json:
    return {
        "id": str(one.changed_id),
        "asked_at": one.asked_at.isoformat(),
        "asked_by": one.asked_by,
        "audit_id": str(one.audit_id),
        "told_at": one.told_at.isoformat(),
    }
