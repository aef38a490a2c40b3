"""Front-door work as contacts, and the digest of what is for information."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse

from hub.api.contact_json import contact_json, contacts_json, digest_json
from hub.api.contact_views import ActedView, ContactView
from hub.api.guard import (
    OurForm,
    SurfaceHere,
    client_user,
    page_user,
    refuse_unknown_parameters,
    refuse_unserved,
)
from hub.api.json_body import json_body
from hub.api.json_values import Json
from hub.api.pages import Surface, render
from hub.api.problems import FieldProblem, Problem, not_found, unusable
from hub.api.routes.decisions import (
    CHOOSE,
    SAY_WHY,
    DecidedBody,
    ToldTyped,
    WordsTyped,
    problem_code,
    said,
)
from hub.api.routes.inbox import SEVERITY_WORDS, Desk, Page
from hub.api.users import Permission, User
from hub.api.views import InboxFilters
from hub.core.alert_life import OUTCOME_WORDS, WORDS_LENGTH_MAX, Act, Outcome
from hub.ports import Held, InboxShows
from hub.service.front_door import Wish

router = APIRouter()

ALERTS_AT_ONCE_MAX = 200
"""One transaction locks each of them."""

Client = Annotated[User, Depends(client_user(Permission.INBOX))]
PageUser = Annotated[User, Depends(page_user(Permission.INBOX))]
Named = Annotated[list[UUID], Form(min_length=1, max_length=ALERTS_AT_ONCE_MAX)]
Stands = Annotated[list[int], Form(min_length=1, max_length=ALERTS_AT_ONCE_MAX)]


class AllBody(DecidedBody):
    """One decision for several alerts: by the id of each, the ``stand`` that was looked at."""

    model_config = ConfigDict(extra="forbid", strict=False, hide_input_in_errors=True)

    stands: Annotated[
        dict[UUID, Annotated[int, Field(ge=1, strict=True)]],
        Field(min_length=1, max_length=ALERTS_AT_ONCE_MAX),
    ]


class SeenBody(BaseModel):
    """Which alerts were seen."""

    model_config = ConfigDict(extra="forbid")

    alerts: Annotated[list[UUID], Field(min_length=1, max_length=ALERTS_AT_ONCE_MAX)]


Seen = Annotated[SeenBody, Depends(json_body(SeenBody))]


@router.get("/v1/contacts")
def answer_contacts(  # noqa: PLR0913, PLR0917  # the parameters of the address
    request: Request,
    user: Client,
    surface: SurfaceHere,
    shows: InboxShows = InboxShows.WAITING,
    held: Held = Held.ANYONE,
    page: Page = 1,
    desk: Desk = None,  # noqa: ARG001  # the guard has put the client there
) -> Json:
    """Answer a page of contacts; what has ended is in the inbox and in no contact."""
    refuse_unknown_parameters(request)
    if shows is InboxShows.ALL:
        raise unusable([_NOT_ALL])
    filters = InboxFilters(shows=shows, held=held, page=page)
    return contacts_json(surface.services.contacts.listed(user, filters))


@router.get("/v1/contacts/{alert_id}")
def answer_contact(alert_id: UUID, user: Client, surface: SurfaceHere) -> Json:
    """Answer the contact of an alert, by the id of any alert of it."""
    return contact_json(_contact(alert_id, user, surface))


@router.post("/v1/contacts/{alert_id}/decision")
def decide_all(
    alert_id: UUID,
    user: Client,
    body: Annotated[AllBody, Depends(json_body(AllBody))],
    surface: SurfaceHere,
) -> Json:
    """Record one outcome for each of the alerts named; if one has changed, for none."""
    wishes = _wishes(body.stands, body.outcome, said(body.words), body.told.strip())
    refused = _refused(_decided(user, wishes, surface))
    if refused is not None:
        raise Problem(HTTPStatus.CONFLICT, problem_code(refused), refused.refused)
    return contact_json(_contact(alert_id, user, surface))


@router.post("/v1/contacts/{alert_id}/acknowledgement")
def acknowledge_all(alert_id: UUID, user: Client, body: Seen, surface: SurfaceHere) -> Json:
    """Record that these alerts of a contact were seen, and answer the contact."""
    surface.services.contacts.acknowledge_all(user, body.alerts)
    return contact_json(_contact(alert_id, user, surface))


@router.get("/v1/digest")
def answer_digest(
    request: Request,
    user: Client,
    surface: SurfaceHere,
    desk: Desk = None,  # noqa: ARG001  # the guard has put the client there
) -> Json:
    """Answer what is for information and nobody has seen, by day."""
    refuse_unknown_parameters(request)
    return digest_json(surface.services.contacts.digest(user))


@router.post("/v1/digest/acknowledgement")
def acknowledge_digest(user: Client, body: Seen, surface: SurfaceHere) -> Json:
    """Record that these were seen, unless they are more urgent now; how many nobody had."""
    return {"acknowledged": surface.services.contacts.read_digest(user, body.alerts)}


@router.post("/v1/alerts/{alert_id}/ending")
def note_ending(alert_id: UUID, user: Client, surface: SurfaceHere) -> Json:
    """Record that the client's team knows that an alert was taken back; whether it was news."""
    return {"noted": surface.services.contacts.note_ending(user, alert_id)}


@router.post("/alerts/{alert_id}/ending", dependencies=[OurForm])
def note_ending_on_page(alert_id: UUID, user: PageUser, surface: SurfaceHere) -> Response:
    """Record that the user's team knows that an alert was taken back."""
    surface.services.contacts.note_ending(user, alert_id)
    return RedirectResponse("/inbox", 303)


@router.get("/contacts/{alert_id}")
def show_contact(
    request: Request, alert_id: UUID, user: PageUser, surface: SurfaceHere
) -> Response:
    """Answer a contact as a page."""
    return _page(request, _contact(alert_id, user, surface))


@router.post("/contacts/{alert_id}/acknowledgement", dependencies=[OurForm])
def acknowledge_all_on_page(
    alert_id: UUID, user: PageUser, surface: SurfaceHere, alert: Named
) -> Response:
    """Record that these alerts were seen, and open their contact."""
    surface.services.contacts.acknowledge_all(user, alert)
    return RedirectResponse(f"/contacts/{alert_id}", 303)


@router.post("/contacts/{alert_id}/claim", dependencies=[OurForm])
def claim_all_on_page(
    alert_id: UUID, user: PageUser, surface: SurfaceHere, alert: Named
) -> Response:
    """Take these alerts in hand that nobody has, and open their contact.

    Each by itself: what a colleague took meanwhile stays theirs, and its row says so.
    """
    for one in sorted(set(alert)):
        surface.services.claim(user, one)
    return RedirectResponse(f"/contacts/{alert_id}", 303)


@router.post("/contacts/{alert_id}/decision", dependencies=[OurForm])
def decide_all_on_page(  # noqa: PLR0913, PLR0917  # the boxes of the form
    request: Request,
    alert_id: UUID,
    user: PageUser,
    surface: SurfaceHere,
    alert: Named,
    stand: Stands,
    outcome: Annotated[Outcome | None, Form()] = None,
    words: WordsTyped = "",
    told: ToldTyped = "",
) -> Response:
    """Record one outcome for each; what cannot be taken keeps what was typed."""
    if outcome is None or not words.strip():
        return _page(
            request,
            _contact(alert_id, user, surface),
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            wrong=CHOOSE if outcome is None else SAY_WHY,
            outcome=outcome,
            words=words,
            told=told,
        )
    if len(alert) != len(stand):
        raise unusable([_STAND_OF_EACH])
    wishes = _wishes(dict(zip(alert, stand, strict=True)), outcome, words.strip(), told.strip())
    refused = _refused(_decided(user, wishes, surface))
    if refused is None:
        return RedirectResponse(f"/contacts/{alert_id}", 303)
    return _page(
        request,
        _contact(alert_id, user, surface),
        status=HTTPStatus.CONFLICT,
        notice=refused.refused,
        outcome=outcome,
        words=words,
        told=told,
    )


@router.get("/digest")
def show_digest(
    request: Request, user: PageUser, surface: SurfaceHere, desk: Desk = None
) -> Response:
    """Answer the digest as a page."""
    refuse_unserved(surface, user, desk)
    digest = surface.services.contacts.digest(user, desk)
    return render(request, "digest.html", digest=digest, desk=desk, severity_words=SEVERITY_WORDS)


@router.post("/digest/acknowledgement", dependencies=[OurForm])
def acknowledge_digest_on_page(user: PageUser, surface: SurfaceHere, alert: Named) -> Response:
    """Record that a day of the digest was read."""
    surface.services.contacts.read_digest(user, alert)
    return RedirectResponse("/digest", 303)


def _wishes(stands: dict[UUID, int], outcome: Outcome, words: str, told: str) -> dict[UUID, Wish]:
    return {
        one: Wish(act=Act.DECIDE, stand=stand, outcome=outcome, words=words, told=told)
        for one, stand in stands.items()
    }


def _decided(user: User, wishes: dict[UUID, Wish], surface: Surface) -> tuple[ActedView, ...]:
    acted = surface.services.contacts.act_on_all(user, wishes)
    if acted is None:
        raise not_found()
    return acted


def _refused(acted: tuple[ActedView, ...]) -> ActedView | None:
    return next((one for one in acted if one.refused), None)


def _contact(alert_id: UUID, user: User, surface: Surface) -> ContactView:
    found = surface.services.contacts.contact(user, alert_id)
    if found is None:
        raise not_found()
    return found


def _page(  # noqa: PLR0913  # what a page says beside the contact
    request: Request,
    contact: ContactView,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    wrong: str = "",
    notice: str = "",
    outcome: Outcome | None = None,
    words: str = "",
    told: str = "",
) -> Response:
    return render(
        request,
        "contact.html",
        status=status,
        contact=contact,
        wrong=wrong,
        notice=notice,
        outcome=outcome,
        words=words,
        told=told,
        outcome_words=OUTCOME_WORDS,
        severity_words=SEVERITY_WORDS,
        words_length_max=WORDS_LENGTH_MAX,
    )


_NOT_ALL = FieldProblem(
    field_name="shows",
    code="not_all",
    expected="waiting, acknowledged or decided: what has ended is in the inbox.",
)
_STAND_OF_EACH = FieldProblem(
    field_name="stand", code="of_each", expected="The stand of each alert that is named."
)
