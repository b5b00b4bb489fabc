"""The backend as a web application: its rooms under one roof."""

import random
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from backend import health, home, nudges
from backend.accounting import routes as accounting
from backend.accounting.new_work import new_work_of
from backend.accounting.night_watch import NightWatch
from backend.accounting.proofs import proof_if_any
from backend.analytics import routes as analytics
from backend.business_day import Clock, utc_now
from backend.demo.chore import demonstrate
from backend.envelope import BodyLimit, Envelope
from backend.errors import speak_rfc_9457
from backend.house import House, furnish
from backend.post import routes as post
from backend.post.carriers import choose_carrier
from backend.post.letters import Archive, Stationery
from backend.post.postman import Postman
from backend.settings import Settings
from backend.tasks import routes as tasks
from backend.tasks.dealer import Dealer
from backend.watch import Watch

THREADS = 20  # and as many pooled connections
LONGEST_GOODBYE_SECONDS = 1.5
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
    app.state.watch = Watch(house.engine)
    app.state.registry = registry
    app.add_middleware(BodyLimit, default=LARGEST_BODY, by_path={"/imports": tasks.LARGEST_FILE})
    app.add_middleware(Envelope, registry=registry)
    speak_rfc_9457(app)
    for room in (health, home, nudges, tasks, accounting, analytics, post):
        app.routes.extend(room.router.routes)  # as they are: include_router would have each built once more
    return app


def chores(house: House) -> list[Chore]:
    settings = house.settings
    archive = Archive(proof=proof_if_any, new_work=new_work_of)
    postman = Postman(house.engine, Stationery(settings, archive), choose_carrier(settings), house.clock, house.dice)
    night_watch = NightWatch(house.engine, house.calendar, house.clock)
    dealer = Dealer(house.engine, settings.assignable_roles, house.now)
    past: list[Chore] = [lambda stop: demonstrate(house, stop)] if settings.demo else []
    return [house.feed.run, postman.run, night_watch.run, dealer.run, *past]


def wait_for(threads: list[threading.Thread]) -> None:
    """Until each has put its work down; who hangs on a neighbour that does not answer is left behind."""
    until = time.monotonic() + LONGEST_GOODBYE_SECONDS
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))


def lifespan(house: House, work: list[Chore]) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        stop = threading.Event()
        threads = [threading.Thread(target=chore, args=(stop,), daemon=True) for chore in work]
        for thread in threads:
            thread.start()
        yield
        stop.set()
        app.state.watch.close()
        await anyio.to_thread.run_sync(wait_for, threads)
        house.close()

    return run
