"""Every error answer: RFC 9457 problems for clients, plain pages for people, nothing they typed.

``/v1`` and ``/health`` answer problems; everything else answers pages. A request that the services
could not carry out answers 503 "we could not check" with the numbers to ring: never an empty list,
never "no plan".
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from hub.api.pages import Surface, render
from hub.api.users import User
from hub.core.answer import Phone
from hub.errors import HubError, TooManyQuestions

SIGN_IN_PATH = "/sign-in"
TOKEN_NOT_KNOWN = "token_not_known"  # noqa: S105  # a problem's code
_CHALLENGES = {
    "not_signed_in": "Bearer",
    TOKEN_NOT_KNOWN: 'Bearer error="invalid_token"',
}
"""What ``WWW-Authenticate`` says (RFC 6750, section 3)."""
_JSON_PATHS = ("/v1/", "/health/")
_CHECK_PATHS = ("/v1/checks", "/check")
_PYDANTIC_WORDS = {
    "missing": ("missing", "This field is required; null says that it is not known."),
    "extra_forbidden": ("unknown_field", "No field of this name is taken."),
    "string_type": ("not_text", "A text was expected."),
    "string_too_long": ("too_long", "A shorter text was expected."),
    "model_type": ("not_an_object", "A JSON object was expected."),
    "uuid_parsing": ("not_a_uuid", "A UUID was expected."),
    "enum": ("not_listed", "One of the listed values was expected."),
}
_ANY_WORDS = ("invalid", "A value of the documented form was expected.")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProblem:
    """What is wrong with one field: its name and what was expected, never what was given."""

    field_name: str
    code: str
    expected: str


class Problem(Exception):  # noqa: N818  # RFC 9457's own word
    """A refusal that a route answers on purpose."""

    def __init__(
        self, status: HTTPStatus, code: str, detail: str, errors: Sequence[FieldProblem] = ()
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)


class SignInNeeded(Exception):  # noqa: N818  # named for what must happen next
    """A page was asked for without a session that is still good."""


def not_signed_in() -> Problem:
    """Answer the refusal of a client that sends no bearer token."""
    detail = "Send a bearer token: Authorization: Bearer <token>."
    return Problem(HTTPStatus.UNAUTHORIZED, "not_signed_in", detail)


def token_not_known() -> Problem:
    """Answer the refusal of a bearer token that is not one of this installation's, or no longer."""
    detail = (
        "The bearer token is not known here: it is malformed, has expired, or is another"
        " installation's. Get a new one and send it as: Authorization: Bearer <token>."
    )
    return Problem(HTTPStatus.UNAUTHORIZED, TOKEN_NOT_KNOWN, detail)


def not_your_role() -> Problem:
    """Answer the refusal of a user whose role does not open the surface."""
    detail = "Your role does not open this. Ask your own manager."
    return Problem(HTTPStatus.FORBIDDEN, "not_your_role", detail)


def not_yours_to_acknowledge() -> Problem:
    """Answer the problem of somebody informed who would acknowledge what another team acts on."""
    detail = "You are informed of this alert. The authority that acts on it acknowledges it."
    return Problem(HTTPStatus.FORBIDDEN, "not_yours_to_acknowledge", detail)


def taken_by(name: str, since: str) -> Problem:
    """Answer that a colleague has the alert in hand."""
    detail = (
        f"{name} has had it since {since}. You can still open and acknowledge it, or take it over."
    )
    return Problem(HTTPStatus.CONFLICT, "taken", detail)


def not_yours_to_take() -> Problem:
    """Answer that another team acts on the alert, or that it stands no longer."""
    detail = "It is not yours to take: another team acts on it, or it stands no longer."
    return Problem(HTTPStatus.FORBIDDEN, "not_yours_to_take", detail)


def not_yours_to_answer() -> Problem:
    """Answer that an answer is not open: it was given already, or is for others to give."""
    detail = "That answer is not open any more. Look at the notice again."
    return Problem(HTTPStatus.CONFLICT, "not_open", detail)


def form_not_ours() -> Problem:
    """Answer the refusal of a form that no page of this session has sent."""
    detail = "The form was not sent from a page that is still open. Open the page and try again."
    return Problem(HTTPStatus.FORBIDDEN, "form_not_ours", detail)


def not_found() -> Problem:
    """Answer that there is nothing, or nothing that this user may know of."""
    return Problem(HTTPStatus.NOT_FOUND, "not_found", "There is nothing here that you may see.")


def asked_too_often() -> Problem:
    """Answer the refusal of an account that searches by name more often than its work needs."""
    detail = (
        "You have searched by name too often. Nothing was checked: that is not the same as no "
        "plan. Check with the NHS number, or ring."
    )
    return Problem(HTTPStatus.TOO_MANY_REQUESTS, "asked_too_often", detail)


def too_large() -> Problem:
    """Answer the refusal of a request whose body is larger than any of ours."""
    detail = "The request is larger than any that the hub takes. Send a smaller one."
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", detail)


def install(app: FastAPI) -> None:
    """Register the handlers of everything that a route can raise."""
    app.add_exception_handler(Problem, _answer_problem)
    app.add_exception_handler(SignInNeeded, _answer_sign_in_needed)
    app.add_exception_handler(RequestValidationError, _answer_validation)
    app.add_exception_handler(HTTPException, _answer_http_exception)
    app.add_exception_handler(TooManyQuestions, _answer_too_many)
    app.add_exception_handler(HubError, _answer_hub_error)


async def last_resort(request: Request, status: HTTPStatus) -> Response:
    """Answer a request that is too large to be read, or failed for a reason nobody foresaw."""
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return _respond(request, too_large())
    return _respond(request, _could_not(request, status), phones=_phones(request))


async def _answer_problem(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)  # noqa: S101  # Starlette dispatches by type
    return _respond(request, problem)


async def _answer_sign_in_needed(_: Request, __: Exception) -> Response:
    return RedirectResponse(SIGN_IN_PATH, HTTPStatus.SEE_OTHER)


async def _answer_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # Starlette dispatches by type
    if "path" in {part["loc"][0] for part in error.errors()}:
        return _respond(request, not_found())
    return _respond(request, unusable([_field_problem(part) for part in error.errors()]))


async def _answer_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # Starlette dispatches by type
    status = HTTPStatus(error.status_code)
    if status == HTTPStatus.NOT_FOUND:
        return _respond(request, not_found())
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return _respond(request, too_large())
    problem = Problem(status, status.name.lower(), f"{status.description or status.phrase}.")
    response = _respond(request, problem)
    response.headers.update(error.headers or {})
    return response


async def _answer_too_many(request: Request, error: Exception) -> Response:
    assert isinstance(error, TooManyQuestions)  # noqa: S101  # Starlette dispatches by type
    response = _respond(request, asked_too_often(), phones=_phones(request))
    response.headers["Retry-After"] = str(error.retry_seconds)
    return response


async def _answer_hub_error(request: Request, error: Exception) -> Response:
    _log.warning("Request %s could not be served: %s", request.state.request_id, error)
    problem = _could_not(request, HTTPStatus.SERVICE_UNAVAILABLE)
    response = _respond(request, problem, phones=_phones(request))
    response.headers["Retry-After"] = "5"
    return response


def unusable(errors: Sequence[FieldProblem]) -> Problem:
    """Answer the refusal of a request whose fields cannot be used."""
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "unusable_fields",
        "Some fields cannot be used; each is named with what was expected.",
        errors,
    )


def _field_problem(part: dict[str, Any]) -> FieldProblem:
    """Answer a validation error by its place and kind only: pydantic's own holds the input."""
    code, expected = _PYDANTIC_WORDS.get(part["type"], _ANY_WORDS)
    place = ".".join(str(step) for step in part["loc"][1:] if not isinstance(step, int))
    return FieldProblem(field_name=harmless(place), code=code, expected=expected)


def harmless(place: str) -> str:
    """Answer a field's name if it looks like one of ours; an unknown one is the sender's text."""
    words = place.replace("_", "a").replace(".", "a")
    is_name = words.isascii() and words.islower() and words.isalpha()
    return place[:60] if is_name else "body" if not place else "a field with an unusable name"


def _could_not(request: Request, status: HTTPStatus) -> Problem:
    """Answer that the hub could not do it, in the words of the surface that was asked."""
    if request.url.path.startswith(_CHECK_PATHS):
        detail = "We could not check. This is not the same as no plan: ring, and check CP-IS."
        return Problem(status, "cannot_say", detail)
    return Problem(status, "cannot_show", "The hub cannot show this now. Ring if it cannot wait.")


def _phones(request: Request) -> tuple[Phone, ...]:
    user: User | None = getattr(request.state, "user", None)
    surface: Surface = request.app.state.surface
    return surface.services.phones(user) if user else ()


def _respond(request: Request, problem: Problem, phones: tuple[Phone, ...] = ()) -> Response:
    if request.url.path.startswith(_JSON_PATHS):
        return _as_json(request, problem, phones)
    return render(
        request,
        "error.html",
        status=problem.status,
        problem=problem,
        phones=phones,
        is_check=request.url.path.startswith(_CHECK_PATHS),
    )


def _as_json(request: Request, problem: Problem, phones: tuple[Phone, ...]) -> Response:
    body: dict[str, Any] = {
        "type": f"urn:safeguarding-hub:problem:{problem.code.replace('_', '-')}",
        "title": problem.status.phrase,
        "status": int(problem.status),
        "detail": problem.detail,
        "code": problem.code,
        "request_id": request.state.request_id,
        "errors": [
            {"field": e.field_name, "code": e.code, "expected": e.expected} for e in problem.errors
        ],
    }
    if phones:
        body["phones"] = [{"label": p.label, "number": p.number, "hours": p.hours} for p in phones]
    challenge = _CHALLENGES.get(problem.code)
    headers = {"WWW-Authenticate": challenge} if challenge else None
    return JSONResponse(body, int(problem.status), headers, media_type="application/problem+json")
