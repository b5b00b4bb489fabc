"""The service, put together: rooms, edge, and what they share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from frontend import (
    accounting,
    analytics,
    appearance,
    back_channel,
    browser_sessions,
    company,
    corrections,
    health,
    home,
    imports,
    keys,
    letters,
    live,
    logout_deliveries,
    people,
    person,
    portraits,
    preferences,
    product_form,
    products,
    reassignments,
    sign_in,
    tasks,
    trail,
)
from frontend.clock import Clock, system_clock
from frontend.edge import HeadLikeGet, SameOriginOnly, SecurityHeaders
from frontend.error_pages import make_errors_readable
from frontend.house import House
from frontend.settings import Settings
from frontend.streams import Streams

ROOMS = (
    home,
    tasks,
    live,
    reassignments,
    imports,
    accounting,
    corrections,
    company,
    analytics,
    letters,
    preferences,
    people,
    person,
    products,
    product_form,
    browser_sessions,
    logout_deliveries,
    keys,
    trail,
    portraits,
    sign_in,
    back_channel,
    appearance,
    health,
)


def create_app(settings: Settings, clock: Clock = system_clock) -> FastAPI:
    house, figures = House.build(settings, clock), health.Figures()
    streams = Streams(house)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        streams.close()
        await streams.http.aclose()
        house.close()

    app = FastAPI(
        title="aTES",
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        middleware=[
            Middleware(health.Counting, figures=figures),
            Middleware(SecurityHeaders, settings=settings),
            Middleware(GZipMiddleware, minimum_size=800, compresslevel=5),
            Middleware(SameOriginOnly, settings=settings),
            Middleware(HeadLikeGet),
        ],
    )
    app.state.house, app.state.figures, app.state.portraits = house, figures, portraits.Portraits()
    app.state.streams = streams
    for room in ROOMS:
        app.routes.extend(room.router.routes)  # as they are: include_router would have each built once more
    app.mount("/static", StaticFiles(directory=settings.templates / "static"))
    make_errors_readable(app)
    return app
