"""Whether a process lives, checks can be answered and workers work; open to whoever watches."""

from http import HTTPStatus

from fastapi import APIRouter, Response
from starlette.responses import JSONResponse

from hub.api.bodies import alarms_json
from hub.api.feed_views import Readiness
from hub.api.feeds_shown import NOT_KNOWN, PROCESSES_SILENT
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
        "parts": _parts(readiness),
        "alarms": alarms_json(readiness.alarms),
    }
    return JSONResponse(body, HTTPStatus.OK if readiness.ready else HTTPStatus.SERVICE_UNAVAILABLE)


@router.get("/health/workers")
def answer_workers(surface: SurfaceHere) -> Response:
    """Answer 200 if a worker of every joined feed and a timekeeper are at work, else 503.

    Checks are answered without them, so this is for whoever is to be called, and takes no server
    out of service. What cannot be known is 503 too.
    """
    readiness = surface.services.ready()
    silent = [one for one in readiness.alarms if one.name in {PROCESSES_SILENT, NOT_KNOWN}]
    working = readiness.ready and not silent
    body = {"working": working, "parts": _parts(readiness), "alarms": alarms_json(silent)}
    return JSONResponse(body, HTTPStatus.OK if working else HTTPStatus.SERVICE_UNAVAILABLE)


def _parts(readiness: Readiness) -> list[Json]:
    return [
        {"name": part.name, "ready": part.ready, "sentence": part.sentence}
        for part in readiness.parts
    ]
