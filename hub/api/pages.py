"""Server-rendered pages: the template environment and what every page knows."""

from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import ChainableUndefined, Environment, PackageLoader, PrefixLoader, select_autoescape
from jinja2.loaders import ChoiceLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse

import hub.web
from hub.api import times
from hub.api.beat import Beat
from hub.api.escalation_json import whom
from hub.api.services import Clock, Services, SurfaceSettings
from hub.api.signing import SignIn
from hub.api.streams import Streams
from hub.api.users import DEMO_USERS_BY_ID, Permission, User
from hub.api.wording_chronology import STATE_WORDS
from hub.api.wording_faults import FEED_WORDS
from hub.core.disclosure_feedback import TOLD_LENGTH_MAX

WEB_FOLDER = Path(hub.web.__file__).parent
STATIC_FOLDER = WEB_FOLDER / "static"
ASSETS_FOLDER = STATIC_FOLDER / "vendor" / "assets"

HOME_BY_PERMISSION = {
    Permission.CHECK: ("/check", "Check"),
    Permission.INBOX: ("/inbox", "Inbox"),
    Permission.FEEDS: ("/feeds", "Feeds"),
    Permission.REGISTERS: ("/registers", "Register"),
    Permission.NOTICES: ("/notices", "Notices"),
    Permission.FEEDBACK: ("/feedback", "Our reports"),
    Permission.REVIEWS: ("/reviews", "One child?"),
    Permission.MATCHING: ("/matching", "Matching"),
    Permission.RULES: ("/rules", "Rules"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """Everything a route works with, made once at start."""

    services: Services
    settings: SurfaceSettings
    sign_in: SignIn
    clock: Clock
    templates: Environment
    streams: Streams
    beat: Beat


def template_environment() -> Environment:
    """Answer the environment of our own templates and the NHS.UK components."""
    nhsuk = PackageLoader("nhsuk_frontend_jinja")
    own = PackageLoader("hub.web")
    environment = Environment(
        loader=ChoiceLoader([PrefixLoader({"hub": own}), nhsuk]),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=ChainableUndefined,  # what the NHS.UK components are written for
        finalize=_without_directions,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        day=times.day,
        clock_time=times.clock_time,
        moment=times.moment,
        moment_short=times.moment_short,
        london_day=times.london_day,
        after_colon=_after_colon,
        person=person_name,
        moment_near=times.moment_near,
        moment_due=times.moment_due,
        contact=whom,
        age_from_months=times.age_from_months,
    )
    environment.globals["state_words"] = STATE_WORDS
    environment.globals["feed_words"] = FEED_WORDS
    environment.globals["told_length_max"] = TOLD_LENGTH_MAX
    environment.globals["static_version"] = _version_of_static_files()
    return environment


_DIRECTIONS = dict.fromkeys(
    (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
)
"""Marks that turn the direction of what follows (Unicode Annex 9). In a name they turn the words of
the page after it; a name in Arabic or Hebrew needs none."""


def _without_directions(value: Any) -> Any:  # noqa: ANN401  # whatever a template shows
    """Answer what a page shows without marks that could make its own words read otherwise."""
    return value.translate(_DIRECTIONS) if isinstance(value, str) and value else value


def home_of(user: User) -> str:
    """Answer the path of the first page that a role opens."""
    return next(path for may, (path, _) in HOME_BY_PERMISSION.items() if user.may(may))


def render(
    request: Request,
    template: str,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    **context: Any,  # noqa: ANN401  # a template takes whatever its page is about
) -> HTMLResponse:
    """Answer a page: the template with what every page knows (user, form token, navigation)."""
    surface: Surface = request.app.state.surface
    session = getattr(request.state, "session", None)
    user: User | None = getattr(request.state, "user", None)
    text = surface.templates.get_template(f"hub/{template}").render(
        user=user,
        form_token=surface.sign_in.form_token(session) if session else "",
        navigation=_navigation(user, request.url.path),
        now=surface.clock(),
        request_id=request.state.request_id,
        path=request.url.path,
        **context,
    )
    return HTMLResponse(text, int(status))


def _navigation(user: User | None, path: str) -> list[dict[str, object]]:
    if user is None:
        return []
    return [
        {"href": href, "text": text, "current": path == href}
        for may, (href, text) in HOME_BY_PERMISSION.items()
        if user.may(may)
    ]


def _version_of_static_files() -> str:
    """Answer a short text that changes with any static file, for their addresses."""
    digest = sha256()
    for path in sorted(p for p in STATIC_FOLDER.rglob("*") if p.is_file()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def person_name(user_id: str) -> str:
    """Answer the name of the demo user of this id, or what was given."""
    user = DEMO_USERS_BY_ID.get(user_id)
    return user.name if user else user_id


def _after_colon(sentence: str) -> str:
    """Answer a sentence without the field's name in front, which its label already shows."""
    rest = sentence.partition(": ")[2] or sentence
    return rest[0].upper() + rest[1:]
