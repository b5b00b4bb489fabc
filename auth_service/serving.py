"""One process of uvicorn: fast loop and parser, no access log, gone within three seconds of being asked to."""

from signal import SIGINT
from types import FrameType

import uvicorn
from fastapi import FastAPI

from auth_service.settings import Settings

GRACE_SECONDS = 3


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


def serve(app: FastAPI, settings: Settings) -> None:
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
