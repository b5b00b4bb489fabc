"""One process of uvicorn: fast loop and parser, no access log, gone within three seconds of being asked to."""

import ctypes
import gc
from signal import SIGINT
from types import FrameType

import uvicorn
from fastapi import FastAPI

from auth_service.settings import Settings

GRACE_SECONDS = 3
OBJECTS_BEFORE_A_COLLECTION = 20_000
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8  # malloc.h of glibc
LARGE_BYTES = 1024 * 1024


class Server(uvicorn.Server):
    """Tells long polls that it is time to go, which uvicorn by itself would wait for."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self.app = app

    def handle_exit(self, sig: int, _frame: FrameType | None) -> None:
        """Being asked to stop and doing so is success: uvicorn's own handler would die of the signal afterwards."""
        self.app.state.stopping.set()
        self.force_exit = self.should_exit and sig == SIGINT
        self.should_exit = True


def keep_memory_small() -> None:
    """Each beak hash takes 19 MiB for a moment. glibc would keep such a block for every thread that ever asked."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)  # given back at once; and the threshold does not move any more
        mallopt(M_ARENA_MAX, 2)


def look_at_new_objects_only() -> None:
    """What is loaded by now stays loaded: the garbage collector need not walk through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BEFORE_A_COLLECTION, 20, 20)


def serve(app: FastAPI, settings: Settings) -> None:
    look_at_new_objects_only()
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    Server(config, app).run()
