"""Questions about who is who: the queue, one question and its answer, as pages and as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import MappingProxyType
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse

from hub.api.guard import (
    OurForm,
    SurfaceHere,
    client_user,
    page_user,
    refuse_unknown_parameters,
)
from hub.api.json_body import json_body
from hub.api.json_values import Json
from hub.api.pages import Surface, render
from hub.api.problems import FieldProblem, Problem, not_found, unusable
from hub.api.review_json import review_json, reviews_json
from hub.api.review_views import AnswerView, ReviewView
from hub.api.users import Permission, User
from hub.api.wording_review import ACTION_WORDS, CODE_WORDS, STALE_WORDS
from hub.core.review_answer import REASONS, Action, Refusal
from hub.ports.review import ReviewShows, ReviewsWanted
from hub.service.review_answers import AnswerOutcome
from hub.service.review_said import Answer

router = APIRouter()

WORDS_LENGTH_MAX = 1000

SHOWS_WORDS = {
    ReviewShows.WAITING: "Waiting",
    ReviewShows.SECOND: "For a second person",
    ReviewShows.SET_ASIDE: "Could not tell",
    ReviewShows.ENDED: "Decided or settled",
}
"""The lists of the queue, in their order on the page."""

Client = Annotated[User, Depends(client_user(Permission.REVIEWS))]
PageUser = Annotated[User, Depends(page_user(Permission.REVIEWS))]
Page = Annotated[int, Query(ge=1, le=100_000)]


class AnswerBody(BaseModel):
    """An answer, and the ``stand`` of the question that it answers."""

    model_config = ConfigDict(extra="forbid")

    answer: Action
    stand: Annotated[str, Field(max_length=100)]
    reason: Annotated[str, Field(max_length=100)] | None = None
    """Of the list: see ``hub.core.review_answer.REASONS``."""
    words: Annotated[str, Field(max_length=WORDS_LENGTH_MAX)] = ""


Given = Annotated[AnswerBody, Depends(json_body(AnswerBody))]


def wanted_of(
    shows: ReviewShows = ReviewShows.WAITING, *, urgent: bool = False, page: Page = 1
) -> ReviewsWanted:
    """Answer what the address asks for; nothing in it identifies a person."""
    return ReviewsWanted(shows=shows, urgent_only=urgent, page=page)


Wanted = Annotated[ReviewsWanted, Depends(wanted_of)]


@router.get("/v1/reviews")
def answer_reviews(request: Request, user: Client, surface: SurfaceHere, wanted: Wanted) -> Json:
    """Answer a page of the questions of the client's desk, urgent ones first, then the oldest."""
    refuse_unknown_parameters(request)
    return reviews_json(surface.services.reviews.listed(user, wanted))


@router.get("/v1/reviews/{review_id}")
def answer_review(request: Request, review_id: UUID, user: Client, surface: SurfaceHere) -> Json:
    """Answer one question; one of another desk answers 404 like one that does not exist."""
    refuse_unknown_parameters(request)
    return review_json(review_of(review_id, user, surface))


@router.post("/v1/reviews/{review_id}/answer")
def take_answer(review_id: UUID, user: Client, body: Given, surface: SurfaceHere) -> Json:
    """Record an answer and answer the question as it stands then; 409 for one that has changed."""
    given = Answer(action=body.answer, stand=body.stand, code=body.reason, words=body.words)
    taken = _answered(review_id, user, given, surface)
    if taken.outcome is AnswerOutcome.DONE:
        return review_json(taken.review)
    if taken.refusal is Refusal.REASON_MISSING:
        raise unusable([_REASON_NEEDED])
    raise _problem(taken)


@router.get("/reviews")
def show_reviews(
    request: Request, user: PageUser, surface: SurfaceHere, wanted: Wanted
) -> Response:
    """Answer the queue as a page."""
    view = surface.services.reviews.listed(user, wanted)
    desks = surface.services.desks(user)
    return render(request, "reviews.html", view=view, desks=desks, shows_words=SHOWS_WORDS)


@router.get("/reviews/{review_id}")
def show_review(
    request: Request, review_id: UUID, user: PageUser, surface: SurfaceHere
) -> Response:
    """Answer one question as a page: both children side by side."""
    return _page(request, review_of(review_id, user, surface))


@router.post("/reviews/{review_id}/answer", dependencies=[OurForm])
def answer_on_page(  # noqa: PLR0913, PLR0917  # the boxes of the form
    request: Request,
    review_id: UUID,
    user: PageUser,
    surface: SurfaceHere,
    stand: Annotated[str, Form(max_length=100)],
    answer: Annotated[Action | None, Form()] = None,
    reason: Annotated[str, Form(max_length=100)] = "",
    words: Annotated[str, Form(max_length=WORDS_LENGTH_MAX)] = "",
) -> Response:
    """Record an answer in the user's name; what cannot be taken keeps what was typed."""
    typed = Typed(action=answer, reason=reason, words=words)
    if answer is None:
        review = review_of(review_id, user, surface)
        if not typed.fits(review):
            changed = HTTPStatus.CONFLICT
            return _page(request, review, status=changed, notice=STALE_WORDS, typed=typed)
        return _page(request, review, problems={"answer": CHOOSE}, typed=typed)
    given = Answer(action=answer, stand=stand, code=reason or None, words=words)
    taken = _answered(review_id, user, given, surface)
    if taken.outcome is AnswerOutcome.DONE:
        return RedirectResponse(f"/reviews/{review_id}", 303)
    if taken.refusal is Refusal.REASON_MISSING:
        return _page(request, taken.review, problems=_missing(given), typed=typed)
    status = HTTPStatus.FORBIDDEN if taken.refusal is Refusal.OWN else HTTPStatus.CONFLICT
    return _page(request, taken.review, status=status, notice=taken.sentence, typed=typed)


@router.post("/v1/reviews/{review_id}/claim")
def claim(review_id: UUID, user: Client, surface: SurfaceHere) -> Json:
    """Note that the client's user looks at the question, and answer it; it hides nothing."""
    return review_json(_looked_at(review_id, user, surface, looks=True))


@router.post("/v1/reviews/{review_id}/release")
def release(review_id: UUID, user: Client, surface: SurfaceHere) -> Json:
    """Note that the client's user looks at the question no longer, and answer it."""
    return review_json(_looked_at(review_id, user, surface, looks=False))


@router.post("/reviews/{review_id}/claim", dependencies=[OurForm])
def claim_on_page(review_id: UUID, user: PageUser, surface: SurfaceHere) -> Response:
    """Note that the user looks at the question, and show it."""
    _looked_at(review_id, user, surface, looks=True)
    return RedirectResponse(f"/reviews/{review_id}", 303)


@router.post("/reviews/{review_id}/release", dependencies=[OurForm])
def release_on_page(review_id: UUID, user: PageUser, surface: SurfaceHere) -> Response:
    """Note that the user looks at the question no longer, and go back to the queue."""
    _looked_at(review_id, user, surface, looks=False)
    return RedirectResponse("/reviews", 303)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed into a form of a question."""

    action: Action | None
    reason: str
    words: str = field(repr=False)

    def fits(self, review: ReviewView) -> bool:
        """Answer whether it belongs into the form that the question has now.

        Only a first answer does, and only where one can still be given: why a colleague's answer
        is not confirmed, or why a decision is taken back, is another question.
        """
        return review.may_answer and (self.action is None or self.action in ACTION_WORDS)


NOTHING_TYPED = Typed(action=None, reason="", words="")
CHOOSE = "Choose an answer."
SAY_WHY = "Say in a few words why. It is kept with your name."
CHOOSE_REASON = "Choose a reason."
OTHER_REASON = "The reason belongs to another answer. Choose one that is listed under yours."
_REASON_NEEDED = FieldProblem(
    field_name="reason",
    code="needed",
    expected="For same and different a reason of the list, and words; for refuse and take_back"
    " words.",
)


def _answered(review_id: UUID, user: User, given: Answer, surface: Surface) -> AnswerView:
    taken = surface.services.reviews.answer(user, review_id, given)
    if taken is None:
        raise not_found()
    return taken


def _looked_at(review_id: UUID, user: User, surface: Surface, *, looks: bool) -> ReviewView:
    if not surface.services.reviews.claim(user, review_id, looks=looks):
        raise not_found()
    return review_of(review_id, user, surface)


def _missing(given: Answer) -> Mapping[str, str]:
    """Answer what an answer that gives no sufficient reason lacks, by the field of its form."""
    listed = REASONS.get(given.action)
    found = {}
    if listed is not None and given.code not in listed:
        found["reason"] = OTHER_REASON if given.code else CHOOSE_REASON
    if not given.words.strip():
        found["words"] = SAY_WHY
    return found


def _problem(taken: AnswerView) -> Problem:
    if taken.refusal is Refusal.OWN:
        return Problem(HTTPStatus.FORBIDDEN, taken.refusal.value, taken.sentence)
    code = taken.refusal.value if taken.refusal else taken.outcome.value
    return Problem(HTTPStatus.CONFLICT, code, taken.sentence)


def _page(  # noqa: PLR0913  # what a page says beside the question
    request: Request,
    review: ReviewView,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    problems: Mapping[str, str] = MappingProxyType({}),
    notice: str = "",
    typed: Typed = NOTHING_TYPED,
) -> Response:
    keeps = typed.fits(review)
    return render(
        request,
        "review.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problems else status,
        review=review,
        problems=problems,
        notice=notice,
        typed=typed if keeps else NOTHING_TYPED,
        unplaced="" if keeps else typed.words,
        answers=ACTION_WORDS,
        reasons=REASONS,
        reason_words=CODE_WORDS,
        words_length_max=WORDS_LENGTH_MAX,
    )


def review_of(review_id: UUID, user: User, surface: Surface) -> ReviewView:
    """Answer a question that the user may open; any other is not there."""
    view = surface.services.reviews.one(user, review_id)
    if view is None:
        raise not_found()
    return view
