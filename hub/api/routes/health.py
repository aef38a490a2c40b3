"""Whether the process lives, and whether checks can be answered; open to whoever watches."""

from http import HTTPStatus

from fastapi import APIRouter, Response
from starlette.responses import JSONResponse

from hub.api.bodies import alarms_json
from hub.api.guard import SurfaceHere
from hub.api.json_values import Json

router = APIRouter()


@router.get("/health/live")
async def answer_live() -> Json:
    """Answer that the process serves requests."""
    return {"live": True}


@router.get("/health/ready")
def answer_ready(surface: SurfaceHere) -> Response:
    """Answer 200 if checks can be answered now, else 503, with each part in words."""
    readiness = surface.services.ready()
    body = {
        "ready": readiness.ready,
        "parts": [
            {"name": part.name, "ready": part.ready, "sentence": part.sentence}
            for part in readiness.parts
        ],
        "alarms": alarms_json(readiness.alarms),
    }
    return JSONResponse(body, HTTPStatus.OK if readiness.ready else HTTPStatus.SERVICE_UNAVAILABLE)
