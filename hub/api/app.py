"""The web application: what it is made of, and the one place where it refuses to start."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from hub.api.beat import Beat
from hub.api.pages import ASSETS_FOLDER, STATIC_FOLDER, Surface, template_environment
from hub.api.problems import install, last_resort
from hub.api.rim import Rim
from hub.api.routes import (
    alerts,
    changed,
    check,
    claims,
    contacts,
    decisions,
    desks,
    feedback,
    feeds,
    health,
    inbox,
    matching,
    notices,
    registers,
    reviews,
    rules,
    sign_in,
)
from hub.api.services import Clock, Services, SurfaceSettings
from hub.api.signing import SignIn
from hub.api.streams import Streams
from hub.errors import RefusedToStart

ROUTERS = (
    sign_in.router,
    check.router,
    changed.router,
    inbox.router,
    alerts.router,
    claims.router,
    contacts.router,
    decisions.router,
    desks.router,
    feedback.router,
    feeds.router,
    registers.router,
    matching.router,
    rules.router,
    notices.router,
    reviews.router,
    health.router,
)
BODY_BYTES_MAX = 64 * 1024
"""No form or question of ours comes near it."""


THREADS = 40
"""As Starlette has it."""


def create_app(  # noqa: PLR0913  # the composition root passes each part by its name
    services: Services,
    settings: SurfaceSettings,
    *,
    sign_in_secret: bytes,
    clock: Clock,
    closing: Callable[[], bool] = lambda: False,
    threads: int = THREADS,
    beat: Beat | None = None,
) -> FastAPI:
    """Answer the application that serves pages and JSON.

    Args:
        services: the use cases behind the surfaces.
        settings: those of the surfaces.
        sign_in_secret: at least 32 bytes that all processes of an installation share.
        clock: answers the present instant, aware, in UTC.
        closing: answers whether the server is told to stop, so that streams end.
        threads: how many questions are answered at once.
        beat: on which searches are answered; that of the settings if none is given.

    Raises:
        RefusedToStart: outside demo mode, since named demo roles are the only sign-in there is.
    """
    _refuse_outside_demo(settings)
    beat = beat or Beat(settings.search_beat_milliseconds / 1000)
    # The interactive documentation pages load scripts from elsewhere, and no route is open.
    app = FastAPI(
        title="Safeguarding Hub",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=_with_threads(threads),
    )
    app.state.surface = Surface(
        services=services,
        settings=settings,
        sign_in=SignIn(sign_in_secret),
        clock=clock,
        templates=template_environment(),
        streams=Streams(closing),
        beat=beat,
    )
    install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC_FOLDER), name="static")
    app.mount("/assets", StaticFiles(directory=ASSETS_FOLDER), name="assets")
    # The last added is the outermost. FastAPI's own max_body_size would stand outside of the Rim,
    # and answer without its headers.
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=BODY_BYTES_MAX)
    app.add_middleware(Rim, last_resort=last_resort, body_bytes_max=BODY_BYTES_MAX, beat=beat)
    return app


def _refuse_outside_demo(settings: SurfaceSettings) -> None:
    if not settings.demo:
        raise RefusedToStart(
            "sign-in is not configured: only the demo roles exist, and they open made-up data "
            "alone. Set HUB_DEMO=true on an installation without real children."
        )


def _with_threads(count: int) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Have as many threads answer as there are database connections: more would only wait."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = count
        yield

    return lifespan
