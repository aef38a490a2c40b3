"""Who is asking: the dependencies without which no route is reached.

Pages know people by the session cookie, JSON routes know clients by a bearer token; neither takes
the other, so a form on another site can never reach a JSON route with somebody's cookie.
"""

from collections.abc import Awaitable, Callable, Iterator
from typing import Annotated

from fastapi import Depends, Form
from fastapi.dependencies.models import Dependant
from starlette.requests import Request

from hub.api.pages import Surface
from hub.api.problems import (
    FieldProblem,
    SignInNeeded,
    form_not_ours,
    harmless,
    not_found,
    not_signed_in,
    not_your_role,
    token_not_known,
    unusable,
)
from hub.api.signing import SESSION_RENEWED_AFTER, Session
from hub.api.users import Permission, User

SESSION_COOKIE = "hub_session"
DESK_HEADER = "x-hub-desk"
"""By which a client of a front door that serves several authorities says at whose desk it asks."""
DESK_PARAMETER = "authority"
"""The same in the address of a list; it goes before the header."""
_SAME_SITE = {"same-origin", "none"}
UserOf = Callable[[Request], Awaitable[User]]


async def surface_of(request: Request) -> Surface:
    """Answer what the routes work with."""
    surface: Surface = request.app.state.surface
    return surface


async def session_of(request: Request) -> Session:
    """Answer the session of this browser, starting one without a user if there is none."""
    surface: Surface = request.app.state.surface
    now = surface.clock()
    session = surface.sign_in.read(request.cookies.get(SESSION_COOKIE), now)
    if session is None:
        session = surface.sign_in.start(None, now)
        keep_session(request, session)
    elif now - session.seen_at > SESSION_RENEWED_AFTER:
        keep_session(
            request,
            Session(
                user=session.user,
                started_at=session.started_at,
                seen_at=now,
                nonce=session.nonce,
                desk=session.desk,
            ),
        )
    request.state.session = session
    request.state.user = seated(surface, session)
    return session


def seated(surface: Surface, session: Session) -> User | None:
    """Answer the person of a session at the desk at which they sit, reading all that they may.

    That is the own one where the front door no longer serves the other.
    """
    user = session.user
    if user is None:
        return None
    seat = surface.services.at_desk(user, session.desk) if session.desk else user
    return surface.services.at_all_desks(seat or user)


def keep_session(request: Request, session: Session) -> None:
    """Have the response set the session cookie; it ends with the browser."""
    surface: Surface = request.app.state.surface
    secure = "; Secure" if request.url.scheme == "https" else ""
    request.state.session_cookie = (
        f"{SESSION_COOKIE}={surface.sign_in.write(session)}; Path=/; HttpOnly; SameSite=Lax{secure}"
    )


def page_user(permission: Permission) -> UserOf:
    """Answer a dependency: the signed-in user of a page whose role opens it."""

    async def user_of(request: Request) -> User:
        session = await session_of(request)
        if session.user is None:
            raise SignInNeeded
        if not session.user.may(permission):
            raise not_your_role()
        if permission is Permission.INBOX:  # its list shows every desk, wherever they sit
            surface: Surface = request.app.state.surface
            request.state.user = surface.services.at_all_desks(session.user)
        seat: User = request.state.user
        return seat

    return user_of


def client_user(permission: Permission) -> UserOf:
    """Answer a dependency: the user of a JSON route, by bearer token, whose role opens it."""

    async def user_of(request: Request) -> User:
        surface: Surface = request.app.state.surface
        token = bearer_token(request)
        if not token:
            raise not_signed_in()
        user = surface.sign_in.user_of_token(token)
        if user is None:
            raise token_not_known()
        request.state.user = user
        if not user.may(permission):
            raise not_your_role()
        seat = client_seat(surface, user, request)
        if seat is None:
            raise not_your_role()
        request.state.user = seat
        return seat

    return user_of


def client_seat(surface: Surface, user: User, request: Request) -> User | None:
    """Answer a client at the desk that its question names, or reading all that it may.

    ``None`` if their front door does not serve the one that is named.
    """
    named = request.query_params.get(DESK_PARAMETER) if user.may(Permission.INBOX) else None
    desk = named or request.headers.get(DESK_HEADER)
    if desk:
        return surface.services.at_desk(user, desk)
    return surface.services.at_all_desks(user)


def refuse_unserved(surface: Surface, user: User, authority: str | None) -> None:
    """Refuse a page of an authority that the front door of its reader does not serve."""
    if authority is not None and surface.services.at_desk(user, authority) is None:
        raise not_found()


def refuse_unknown_parameters(request: Request) -> None:
    """Refuse an address with a parameter that its route does not have.

    One that is ignored, such as a misspelt filter, would answer another question than was asked.
    """
    known = set(_parameters(request.scope["route"].dependant))
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        expected = f"No such parameter; there are: {', '.join(sorted(known)) or 'none'}."
        raise unusable(
            [
                FieldProblem(field_name=harmless(name), code="not_known", expected=expected)
                for name in unknown
            ]
        )


def _parameters(dependant: Dependant) -> Iterator[str]:
    """Yield every parameter of a route's address, those of what it depends on among them."""
    yield from (one.alias for one in dependant.query_params)
    for inner in dependant.dependencies:
        yield from _parameters(inner)


def bearer_token(request: Request) -> str:
    """Answer the bearer token that a client sent; an empty one, which nobody has, for none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def our_form(request: Request, form_token: Annotated[str, Form(max_length=200)] = "") -> None:
    """Refuse a form that was not sent from a page of this session on this site.

    A form of a session that has ended leads to the sign-in page: its sender did nothing wrong.
    """
    session = await session_of(request)
    surface: Surface = request.app.state.surface
    if not _is_from_here(request):
        raise form_not_ours()
    if surface.sign_in.form_token_is_right(session, form_token):
        return
    if session.user is None:
        raise SignInNeeded
    raise form_not_ours()


def _is_from_here(request: Request) -> bool:
    """Answer whether the browser says that the form came from this site, or says nothing.

    Under our own ``Referrer-Policy: no-referrer`` browsers send ``Origin: null`` with forms, so
    ``Sec-Fetch-Site`` decides where it is sent, which every current browser does.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in _SAME_SITE
    own = f"{request.url.scheme}://{request.url.netloc}"
    return request.headers.get("origin", own) in {own, "null"}


SurfaceHere = Annotated[Surface, Depends(surface_of)]
SessionHere = Annotated[Session, Depends(session_of)]
OurForm = Depends(our_form)
