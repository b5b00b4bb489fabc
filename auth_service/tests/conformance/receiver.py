"""A product's back-channel endpoint: a small real server that keeps what was posted to it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from auth_service.tests.conformance.relying_party import claims_of

WITHIN_SECONDS = 5


@dataclass(frozen=True)
class Notice:
    path: str
    headers: dict[str, str]
    form: dict[str, list[str]]

    @property
    def token(self) -> str:
        return self.form["logout_token"][0]


class Receiver(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.heard: list[Notice] = []
        self.news = threading.Condition()
        self.fails_once_at: set[str] = set()  # paths that answer 503 the next time

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def keep(self, notice: Notice) -> int:
        """The status to answer with."""
        with self.news:
            self.heard.append(notice)
            self.news.notify_all()
            if notice.path in self.fails_once_at:
                self.fails_once_at.remove(notice.path)
                return 503
        return 200

    def notices(self, *, sid: str, count: int = 1) -> list[Notice]:
        """Those about one session, waited for until there are so many."""
        with self.news:
            self.news.wait_for(lambda: len(self.about(sid)) >= count, timeout=WITHIN_SECONDS)
            found = self.about(sid)
        assert len(found) >= count, f"{len(found)} of {count} notices came"
        return found

    def about(self, sid: str) -> list[Notice]:
        return [notice for notice in self.heard if claims_of(notice.token).get("sid") == sid]


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        status = self.server.keep(Notice(self.path, dict(self.headers), parse_qs(body)))
        self.send_response(status)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """The tests speak."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    with Receiver() as receiver:
        thread = threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield receiver
        receiver.shutdown()
        thread.join(timeout=2)
