"""The check: is there a plan, and has the child been seen before? One JSON route, one page."""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Response
from starlette.requests import Request
from starlette.responses import JSONResponse

from hub.api import wording
from hub.api.beat import tells_less_than_is_found
from hub.api.bodies import CheckBody, check_json, clinician_action_needed
from hub.api.guard import OurForm, SurfaceHere, client_user, page_user
from hub.api.json_body import json_body
from hub.api.pages import Surface, render
from hub.api.problems import FieldProblem, unusable
from hub.api.questions import NOT_A_DATE, UnusableQuestion, iso_date, read_question
from hub.api.size_classes import JSON_BYTES, PAGE_BYTES, in_size_class
from hub.api.times import age
from hub.api.users import Permission, Role, User
from hub.core.answer import ByName, CannotSay, CheckAnswer, CheckQuestion
from hub.core.clock import age_in_years, london_date
from hub.core.status_wording import BY_NAME_WORDING, NUMBER_REPLACED_WORDING, PUBLIC_WORDING
from hub.errors import HubError

router = APIRouter()

PRESENTATIONS_AT_ONCE = 3
ASKS_FOR_FIELD = {
    CannotSay.NHS_NUMBER_NEEDED: "nhs_number",
    CannotSay.BIRTH_DATE_NEEDED: "birth_date",
    CannotSay.POSTCODE_NEEDED: "postcode",
    CannotSay.NAME_NEEDED: "family_name",
}
"""Reasons that go away if the asker fills in one more field; the page marks that field."""

Client = Annotated[User, Depends(client_user(Permission.CHECK))]
Question = Annotated[CheckBody, Depends(json_body(CheckBody))]
PageUser = Annotated[User, Depends(page_user(Permission.CHECK))]
Text = Annotated[str, Form(max_length=200)]


@router.post("/v1/checks")
def answer_check(request: Request, user: Client, body: Question, surface: SurfaceHere) -> Response:
    """Answer a check as JSON: status 200, the same shape and size class whatever the outcome."""
    try:
        question = _question(body.model_dump(), user, surface)
    except UnusableQuestion as error:
        raise unusable(error.problems) from None
    answer = check_json(_checked(request, user, question, surface), user.role)
    return in_size_class(JSONResponse(answer), JSON_BYTES)


@router.get("/check")
def show_empty_form(request: Request, user: PageUser, surface: SurfaceHere) -> Response:
    """Answer the form, empty: also what "clear" leads to; above it, which answers have changed."""
    try:
        changed, not_looked_up = surface.services.changed_answers(user), False
    except HubError:  # nobody is kept from asking by it
        changed, not_looked_up = (), True
    return render(
        request,
        "check.html",
        typed={},
        problems={},
        asks_for=(),
        changed=changed,
        not_looked_up=not_looked_up,
    )


@router.post("/check", dependencies=[OurForm])
def show_answer(  # noqa: PLR0913, PLR0917  # the boxes of the form
    request: Request,
    user: PageUser,
    surface: SurfaceHere,
    nhs_number: Text = "",
    birth_day: Text = "",
    birth_month: Text = "",
    birth_year: Text = "",
    postcode: Text = "",
    family_name: Text = "",
    given_name: Text = "",
) -> Response:
    """Answer a check on the page, the form still filled in beside it."""
    given = {
        "nhs_number": nhs_number,
        "birth_date": iso_date(birth_day, birth_month, birth_year),
        "postcode": postcode,
        "family_name": family_name,
        "given_name": given_name,
    }
    typed = given | {
        "birth_day": birth_day,
        "birth_month": birth_month,
        "birth_year": birth_year,
    }
    try:
        question = _question(given, user, surface)
    except UnusableQuestion as error:
        return _form_again(request, typed, error.problems)
    answer = _checked(request, user, question, surface)
    asks_for = {ASKS_FOR_FIELD[r] for r in answer.plan_reasons if r in ASKS_FOR_FIELD}
    context = _answer_context(answer, question, user, surface)
    if question.nhs_number is not None:
        typed["nhs_number"] = question.nhs_number.display()
    page = render(request, "check.html", typed=typed, problems={}, asks_for=asks_for, **context)
    return in_size_class(page, PAGE_BYTES)


def _question(given: Mapping[str, str | None], user: User, surface: Surface) -> CheckQuestion:
    return read_question(
        given,
        site=user.site,
        today=london_date(surface.clock()),
        test_numbers=surface.settings.demo,
    )


def _checked(
    request: Request, user: User, question: CheckQuestion, surface: Surface
) -> CheckAnswer:
    """Answer the check; from here on the answer is on the beat if its time could tell more."""
    if tells_less_than_is_found(question, user):
        surface.beat.begin(request)
    return surface.services.check(user, question)


def _form_again(
    request: Request, typed: dict[str, str], problems: tuple[FieldProblem, ...]
) -> Response:
    return render(
        request,
        "check.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        typed=typed,
        problems={problem.field_name: _in_boxes(problem) for problem in problems},
        asks_for=(),
    )


def _in_boxes(problem: FieldProblem) -> str:
    """Answer what was expected as the form asks for it: a date in three boxes, not as one text."""
    if (problem.field_name, problem.code) == ("birth_date", NOT_A_DATE):
        return wording.DATE_IN_BOXES
    return problem.expected


def _is_a_child(born: date | None, today: date) -> bool:
    return born is not None and age_in_years(born, today) < wording.YOUNGEST_MOTHER_YEARS


def _search_words(answer: CheckAnswer) -> str:
    """Answer what a search by name found; nothing where nobody was searched for so."""
    searched = answer.by_name is not ByName.NOT_SEARCHED
    return BY_NAME_WORDING[answer.by_name] if searched else ""


def _answer_context(
    answer: CheckAnswer, question: CheckQuestion, user: User, surface: Surface
) -> dict[str, Any]:
    """Answer what the template shows; reception is given one bit and no answer at all."""
    born = question.birth_date
    today = london_date(surface.clock())
    patient = {
        "nhs_number": question.nhs_number.display() if question.nhs_number else None,
        "birth_date": born,
        "age": age(born, today) if born else None,
    }
    if user.role is Role.RECEPTION:
        return {
            "patient": patient,
            "reception": {
                "action_needed": clinician_action_needed(answer),
                "checked_at": answer.checked_at,
            },
        }
    return {
        "patient": patient,
        "answer": answer,
        "words": wording.plan_words(answer, of_child=_is_a_child(born, today)),
        "by_name": _search_words(answer),
        "number_replaced": NUMBER_REPLACED_WORDING if answer.number_replaced else "",
        "reasons": [PUBLIC_WORDING[reason] for reason in answer.plan_reasons],
        "plan_lines": [(wording.plan_line(p), wording.plan_facts(p), p) for p in answer.plans],
        "in_need_lines": [(wording.plan_line(p), wording.plan_facts(p)) for p in answer.in_need],
        "seen": wording.seen_words(answer),
        "seen_reasons": [PUBLIC_WORDING[reason] for reason in answer.seen_reasons],
        "seen_at": wording.hospital_names(answer.sources),
        "sources": [
            (source, wording.source_name(source), wording.source_words(source))
            for source in answer.sources
        ],
        "first_visits": answer.presentations[:PRESENTATIONS_AT_ONCE],
        "more_visits": answer.presentations[PRESENTATIONS_AT_ONCE:],
        "departments": wording.DEPARTMENTS,
    }
