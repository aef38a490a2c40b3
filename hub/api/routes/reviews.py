"""Questions about who is who: the queue and one question, as pages and as JSON."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from starlette.requests import Request

from hub.api.guard import SurfaceHere, client_user, page_user, refuse_unknown_parameters
from hub.api.json_values import Json
from hub.api.pages import Surface, render
from hub.api.problems import not_found
from hub.api.review_views import ReviewView, review_json, reviews_json
from hub.api.users import Permission, User
from hub.ports.review import ReviewShows, ReviewsWanted

router = APIRouter()

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


def wanted_of(
    shows: ReviewShows = ReviewShows.WAITING, *, urgent: bool = False, page: Page = 1
) -> ReviewsWanted:
    """Answer what the address asks for; nothing in it identifies a person."""
    return ReviewsWanted(shows=shows, urgent_only=urgent, page=page)


Wanted = Annotated[ReviewsWanted, Depends(wanted_of)]


@router.get("/v1/reviews")
def answer_reviews(user: Client, surface: SurfaceHere, wanted: Wanted) -> Json:
    """Answer a page of the questions of the client's desk, urgent ones first, then the oldest."""
    return reviews_json(surface.services.reviews.listed(user, wanted))


@router.get("/v1/reviews/{review_id}")
def answer_review(request: Request, review_id: UUID, user: Client, surface: SurfaceHere) -> Json:
    """Answer one question; one of another desk answers 404 like one that does not exist."""
    refuse_unknown_parameters(request)
    return review_json(review_of(review_id, user, surface))


@router.get("/reviews")
def show_reviews(
    request: Request, user: PageUser, surface: SurfaceHere, wanted: Wanted
) -> Response:
    """Answer the queue as a page."""
    view = surface.services.reviews.listed(user, wanted)
    return render(request, "reviews.html", view=view, shows_words=SHOWS_WORDS)


@router.get("/reviews/{review_id}")
def show_review(
    request: Request, review_id: UUID, user: PageUser, surface: SurfaceHere
) -> Response:
    """Answer one question as a page: both children side by side."""
    return render(request, "review.html", review=review_of(review_id, user, surface))


def review_of(review_id: UUID, user: User, surface: Surface) -> ReviewView:
    """Answer a question that the user may open; any other is not there."""
    view = surface.services.reviews.one(user, review_id)
    if view is None:
        raise not_found()
    return view
