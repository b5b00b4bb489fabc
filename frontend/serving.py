"""One process of uvicorn. By itself it would wait for open streams before it goes, so they are ended first."""

import socket
import sys
from contextlib import suppress

import uvicorn
from fastapi import FastAPI

from frontend.settings import Settings
from frontend.streams import streams_of

GRACE_SECONDS = 3


class Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self.app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        streams_of(self.app).close()
        await super().shutdown(sockets)


def serve(app: FastAPI, settings: Settings) -> None:
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
    )
    server = Server(config, app)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(3)  # as `uvicorn.run` does
