"""The backend as a web application: its rooms under one roof."""

import random
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from backend import colleagues, health, home
from backend.accounting import routes as accounting
from backend.accounting.night_watch import NightWatch
from backend.analytics import routes as analytics
from backend.business_day import Clock, utc_now
from backend.demo.chore import demonstrate
from backend.envelope import BodyLimit, Envelope
from backend.errors import speak_rfc_9457
from backend.house import House, furnish
from backend.post import routes as post
from backend.post.carriers import choose_carrier
from backend.post.letters import Stationery
from backend.post.postman import Postman
from backend.settings import Settings
from backend.tasks import routes as tasks
from backend.tasks.dealer import Dealer

THREADS = 20  # and as many pooled connections
LARGEST_BODY = 256 * 1024

Chore = Callable[[threading.Event], None]


def create_app(
    settings: Settings, *, clock: Clock = utc_now, dice: random.Random | None = None, at_work: bool = False
) -> FastAPI:
    """`at_work`: with feed, mail and night watch running beside the requests, as `backend serve` wants it."""
    house = furnish(settings, clock=clock, dice=dice)
    registry = CollectorRegistry()
    app = FastAPI(
        title="aTES backend",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan(house, chores(house) if at_work else []),
    )
    app.state.house = house
    app.state.registry = registry
    app.add_middleware(BodyLimit, default=LARGEST_BODY, by_path={"/imports": tasks.LARGEST_FILE})
    app.add_middleware(Envelope, registry=registry)
    speak_rfc_9457(app)
    app.include_router(health.router)
    for room in (home, tasks, accounting, analytics, post, colleagues):
        app.include_router(room.router)
    return app


def chores(house: House) -> list[Chore]:
    settings = house.settings
    postman = Postman(house.engine, Stationery(settings), choose_carrier(settings), house.clock, house.dice)
    night_watch = NightWatch(house.engine, house.calendar, house.clock)
    dealer = Dealer(house.engine, settings.assignable_roles, house.now)
    past: list[Chore] = [lambda stop: demonstrate(house, stop)] if settings.demo else []
    return [house.feed.run, postman.run, night_watch.run, dealer.run, *past]


def lifespan(house: House, work: list[Chore]) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def run(_app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        stop = threading.Event()
        threads = [threading.Thread(target=chore, args=(stop,), daemon=True) for chore in work]
        for thread in threads:
            thread.start()
        yield
        stop.set()
        house.close()

    return run
