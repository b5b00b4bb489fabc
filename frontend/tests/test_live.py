"""The stream of nudges: what it tells, whom, how long, and that it ends with its session (T7)."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from queue import Empty, Queue
from threading import Thread
from typing import Any

import httpx2
import pytest
import uvicorn

from frontend import live, streams
from frontend.app import create_app
from frontend.serving import Server
from frontend.settings import Settings
from frontend.streams import MOST_OF_ONE_SESSION, Streams
from frontend.tests.browser import SAME_ORIGIN, Browser
from frontend.tests.cast import ANN, BOB, BOSS, Popug
from frontend.tests.conftest import Served, TestClock
from frontend.tests.fake_backend import FakeBackend
from frontend.tests.fake_provider import FakeProvider
from frontend.tests.reading import Page

SOON_SECONDS = 5.0
CHANGED = "event: tasks-changed\ndata:"
ENDED = "event: session-ended\ndata:"


class Stream:
    """An open stream, read by a thread of its own."""

    def __init__(self, browser: Browser, path: str = "/live", **headers: str) -> None:
        self.messages: Queue[str | None] = Queue()
        request = browser.http.build_request("GET", browser.url + path, headers=headers)
        self.answer = browser.http.send(request, stream=True)
        Thread(target=self.read, daemon=True).start()

    def read(self) -> None:
        text = ""
        try:
            for piece in self.answer.iter_text():
                *whole, text = (text + piece).split("\n\n")
                for message in whole:
                    self.messages.put(message)
        except (httpx2.TransportError, httpx2.StreamError):
            pass
        self.messages.put(None)

    def close(self) -> None:
        with suppress(OSError):  # the other side may have been first
            self.answer.extensions["network_stream"].get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    def next(self, seconds: float = SOON_SECONDS) -> str | None:
        """The next message that is more than a comment; None when the stream is over."""
        while (message := self.messages.get(timeout=seconds)) is not None:
            if not message.startswith(":"):
                return message
        return None

    def is_quiet(self, seconds: float = 0.25) -> bool:
        try:
            return self.next(seconds) is None
        except Empty:
            return True


Listening = Callable[..., Stream]


@pytest.fixture(autouse=True)
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten times as often as shipped."""
    monkeypatch.setattr(streams, "LOOK_EVERY_SECONDS", streams.LOOK_EVERY_SECONDS / 10)


@pytest.fixture
def listening() -> Iterator[Listening]:
    with ExitStack() as stack:

        def listen(browser: Browser, path: str = "/live?after=0", **headers: str) -> Stream:
            return stack.enter_context(closing(Stream(browser, path, **headers)))

        yield listen


@pytest.fixture
def hub(frontend: Served) -> Streams:
    return frontend.streams


def until(condition: Callable[[], Any], seconds: float = SOON_SECONDS) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_new_work_is_told_at_once_and_said_once(browser: Browser, backend: FakeBackend, listening: Listening) -> None:
    browser.sign_in()
    stream = listening(browser)
    assert stream.answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert stream.answer.headers["Cache-Control"] == "no-store"
    assert stream.answer.headers["X-Accel-Buffering"] == "no"
    assert stream.next() == "id: 0"
    until(lambda: backend.waiting == [ANN.id])
    backend.nudge(ANN, new_tasks=2)
    assert stream.next() == f"id: 1\n{CHANGED}"
    toast = stream.next()
    assert toast
    assert "You have 2 new tasks" in Page(toast.replace("data: ", "")).text
    assert stream.is_quiet()


def test_a_page_that_was_shown_before_is_told_what_it_missed(
    browser: Browser, backend: FakeBackend, listening: Listening
) -> None:
    browser.sign_in()
    page = browser.open("/tasks")
    assert page.one(id_="live").attributes["hx-sse:connect"] == "/live?after=0"
    backend.nudge(ANN, by_others=False, new_tasks=0)
    stream = listening(browser)
    assert [stream.next(), stream.next()] == ["id: 0", f"id: 1\n{CHANGED}"]
    again = listening(browser, "/live?after=0", **{"Last-Event-ID": "1"})
    assert again.next() == "id: 1"
    assert again.is_quiet()


def test_what_one_did_oneself_is_no_news(browser: Browser, backend: FakeBackend, listening: Listening) -> None:
    """The page in which it was done shows it already; a page that opens later may have missed it."""
    browser.sign_in()
    stream = listening(browser)
    assert stream.next() == "id: 0"
    until(lambda: backend.heard[-1].query.get("wait") == str(live.POLL_SECONDS))
    backend.nudge(ANN, by_others=False, new_tasks=0)
    assert stream.next() == "id: 1"
    later = listening(browser)
    assert [later.next() for _ in "12"] == ["id: 0", f"id: 1\n{CHANGED}"]
    backend.nudge(BOB)
    assert stream.is_quiet()


def test_a_page_of_no_tasks_waits_for_what_comes(browser: Browser, backend: FakeBackend, listening: Listening) -> None:
    backend.nudge(ANN)
    browser.sign_in()
    assert browser.open("/accounting").one(id_="live").attributes["hx-sse:connect"] == "/live"
    for path in ("/live", "/live?after=x", "/live?after=99999999999999999999"):
        stream = listening(browser, path)
        assert stream.next() == "id: 1"
        assert stream.is_quiet(0.2)


def test_strangers_hear_nothing(browser: Browser, backend: FakeBackend) -> None:
    answer = browser.get("/live")
    assert (answer.status_code, answer.text) == (200, f"{ENDED}\n\n"), (
        "no error: a page opened in the last moment is told"
    )
    assert not backend.heard


def test_signing_out_ends_every_stream_of_the_session(
    browser: Browser, backend: FakeBackend, listening: Listening, hub: Streams
) -> None:
    browser.sign_in()
    of_two_pages = [listening(browser), listening(browser)]
    until(lambda: len(backend.waiting) == 2)
    browser.post("/sign-out")
    for stream in of_two_pages:
        assert [stream.next(), stream.next(), stream.next()] == ["id: 0", ENDED, None]
    until(lambda: not backend.waiting)
    until(lambda: hub.count == 0)
    until(lambda: hub.looking is None)


def test_the_backend_refuses_and_no_new_token_helps(
    browser: Browser, backend: FakeBackend, provider: FakeProvider, listening: Listening
) -> None:
    """As after a dismissal."""
    browser.sign_in()
    stream = listening(browser)
    until(lambda: backend.waiting == [ANN.id])
    provider.families.clear()
    backend.dead_tokens |= set(provider.bearers)
    backend.nudge(ANN, new_tasks=0)  # ends the poll of before
    assert [stream.next() for _ in "1234"] == ["id: 0", f"id: 1\n{CHANGED}", ENDED, None]


def test_a_refused_token_is_renewed(
    browser: Browser, backend: FakeBackend, provider: FakeProvider, listening: Listening
) -> None:
    browser.sign_in()
    backend.dead_tokens |= set(provider.bearers)
    stream = listening(browser)
    until(lambda: backend.waiting == [ANN.id])
    backend.nudge(ANN)
    assert [stream.next() for _ in "12"] == ["id: 0", f"id: 1\n{CHANGED}"]


def test_while_the_backend_is_away_the_stream_stays(
    browser: Browser, backend: FakeBackend, listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PAUSES_SECONDS", (0.05, 0.1))
    browser.sign_in()
    backend.fails_with = 503
    stream = listening(browser)
    assert stream.next() == "id: 0"
    until(lambda: len([each for each in backend.heard if each.path == "/nudges"]) >= 3)
    backend.fails_with = None
    backend.nudge(ANN)
    assert stream.next() == f"id: 1\n{CHANGED}"


def test_a_stream_says_that_it_lives_and_ends_after_a_while(
    browser: Browser, backend: FakeBackend, listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "POLL_SECONDS", 0.1)
    monkeypatch.setattr(live, "LONGEST_SECONDS", 0.5)
    browser.sign_in()
    stream = listening(browser)
    assert stream.messages.get(timeout=SOON_SECONDS) == "id: 0"
    assert stream.messages.get(timeout=SOON_SECONDS) == ": nothing new"
    assert stream.next() is None


def test_there_is_room_for_so_many_of_one_session_and_of_all(
    browser: Browser, backend: FakeBackend, browser_of: Callable[[Popug], Browser], listening: Listening, hub: Streams
) -> None:
    browser.sign_in()
    first = [listening(browser) for _ in range(MOST_OF_ONE_SESSION)]
    until(lambda: hub.count == MOST_OF_ONE_SESSION)
    answer = browser.get("/live")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    first[0].close()
    until(lambda: hub.count == MOST_OF_ONE_SESSION - 1)
    assert listening(browser).next() == "id: 0"
    boss = browser_of(BOSS)
    hub.most = hub.count
    try:
        assert boss.get("/live").status_code == 503
    finally:
        hub.most = streams.MOST


def test_who_leaves_leaves_nothing_behind(
    browser: Browser, backend: FakeBackend, listening: Listening, hub: Streams
) -> None:
    browser.sign_in()
    stream = listening(browser)
    until(lambda: backend.waiting == [ANN.id])
    stream.close()
    until(lambda: hub.count == 0)
    until(lambda: not backend.waiting)


def test_an_open_page_keeps_nobody_signed_in(
    browser: Browser, backend: FakeBackend, clock: TestClock, listening: Listening
) -> None:
    browser.sign_in()
    clock.move(hours=11)
    assert listening(browser).next() == "id: 0"
    asked = {**browser.of_htmx("section#board"), "X-By-Itself": "true"}
    assert browser.get("/tasks", **asked).status_code == 200
    clock.move(hours=1.1)
    over = browser.get("/tasks", **asked)
    assert (over.status_code, over.headers.get("HX-Redirect")) == (401, None), "and takes nobody from what they type"
    assert browser.get("/live").text == f"{ENDED}\n\n"


@pytest.mark.usefixtures("provider")
def test_a_process_that_is_asked_to_stop_ends_its_streams(
    settings_for: Callable[..., Settings], backend: FakeBackend, clock: TestClock, listening: Listening
) -> None:
    settings = settings_for()
    app = create_app(settings, clock)
    server = Server(uvicorn.Config(app, port=settings.port, log_config=None, ws="none"), app)  # no limit to its grace
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    with Browser(settings.public_url) as browser:
        browser.sign_in()
        stream = listening(browser)
        until(lambda: backend.waiting == [ANN.id])
        server.should_exit = True
        assert [stream.next(), stream.next()] == ["id: 0", None]
        browser.http.close()
        thread.join(timeout=3)
        assert not thread.is_alive()


def test_the_board_and_the_first_page_show_themselves_anew(browser: Browser, backend: FakeBackend) -> None:
    backend.add_task("Fix the perch")
    browser.sign_in()
    for path, target, places in (
        ("/tasks", "section#board", ["#board", "#balance"]),
        ("/", "section#figures", ["#figures", "#halves"]),
    ):
        asked = {**browser.of_htmx(target), "X-By-Itself": "true"}
        text = browser.get(path, **asked).text
        assert [each.attributes["hx-target"] for each in Page(text).all("hx-partial")] == places
        assert "Fix the perch" in text
        backend.fails_with = 503
        away = browser.get(path, **asked)
        assert (away.status_code, away.text) == (503, ""), "what is shown stays"
        backend.fails_with = None


def test_only_pages_that_want_news_open_a_stream(browser: Browser) -> None:
    browser.sign_in()
    assert not browser.open("/preferences").all(id_="live")
    assert "hx-sse" not in browser.get("/preferences").text
    assert "hx-sse" not in browser.http.get(browser.url + "/nowhere", headers=SAME_ORIGIN).text
