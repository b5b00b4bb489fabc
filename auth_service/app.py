"""The application: rooms put together, and what runs beside the requests."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

from fastapi import FastAPI
from starlette.middleware import Middleware

from auth_service.administration import keys, logout_deliveries, products, sessions, sign_in_test, trail
from auth_service.clock import Clock, system_clock
from auth_service.edge import Edge, HeadLikeGet
from auth_service.health import router as health
from auth_service.house import furnish
from auth_service.keys.jwks import router as jwks
from auth_service.own_pages import routes as own_pages
from auth_service.own_pages.visitor import lead_to_sign_in
from auth_service.people import administration, directory, feed, login, portrait
from auth_service.problems import name_their_media_type
from auth_service.protocol import authorization, discovery, introspection, revocation, sign_out, token, userinfo
from auth_service.protocol.cross_origin import CrossOrigin
from auth_service.refusals import speak_refusals
from auth_service.settings import Settings
from auth_service.sign_in import shaping
from auth_service.static import StaticFiles
from auth_service.worker import Worker

ROOMS = (
    health,
    discovery.router,
    jwks,
    authorization.router,
    shaping.router,
    token.router,
    userinfo.router,
    introspection.router,
    revocation.router,
    sign_out.router,
    login.router,
    feed.router,
    directory.router,
    administration.router,
    portrait.router,
    products.router,
    sign_in_test.router,
    sessions.router,
    logout_deliveries.router,
    keys.router,
    trail.router,
    own_pages.router,
)


def create_app(
    settings: Settings, *, clock: Clock = system_clock, rng: Random | None = None, background: bool = False
) -> FastAPI:
    """`background` runs the worker that delivers logout notices, as `serve` does."""
    app = FastAPI(
        title="aTES auth_service",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # such a redirect would be built from what Host says
        lifespan=lifespan,
        middleware=[Middleware(Edge, is_https=settings.is_https), Middleware(HeadLikeGet), Middleware(CrossOrigin)],
    )
    app.state.house = furnish(settings, clock=clock, rng=rng)
    app.state.stopping = threading.Event()
    app.state.background = background
    speak_refusals(app)
    name_their_media_type(app)
    lead_to_sign_in(app)
    for room in ROOMS:
        app.routes.extend(room.routes)  # as they are: include_router would have each built once more
    app.mount("/static", StaticFiles(settings.templates / "static"))
    return app


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    worker = Worker(app.state.house, app.state.stopping) if app.state.background else None
    if worker:
        worker.start()
    yield
    app.state.stopping.set()
    if worker:
        worker.join(timeout=2)
    app.state.house.database.close()
