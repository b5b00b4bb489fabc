"""A neighbour is down: the frame stays, a sentence says so, and nothing typed is lost."""

import time
from collections.abc import Callable

import pytest

from frontend.clock import Deadline
from frontend.tests.browser import Browser
from frontend.tests.cast import BOSS, ROOT, Popug
from frontend.tests.conftest import Frontends
from frontend.tests.fake_backend import FakeBackend
from frontend.tests.fake_provider import FakeProvider
from frontend.tests.reading import Page


@pytest.fixture
def anns(browser: Browser) -> Browser:
    browser.sign_in()
    return browser


@pytest.mark.parametrize("path", ["/", "/tasks", "/accounting"])
def test_the_frame_stays_while_the_backend_is_down(anns: Browser, backend: FakeBackend, path: str) -> None:
    backend.fails_with = 503
    answer = anns.get(path)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    page = Page(answer.text)
    assert page.links()["Accounting"] == "/accounting"
    assert "The task service does not answer" in page.text
    assert "Sign out" in page.buttons()
    assert [each for each in page.elements if each.attributes.get("hx-trigger") == "every 4s"]


def test_the_form_is_there_while_the_board_is_not(anns: Browser, backend: FakeBackend) -> None:
    backend.fails_with = 502
    page = Page(anns.get("/tasks").text)
    assert page.one("input", id_="title")
    assert "Create task" in page.buttons()


def test_what_was_typed_stays_while_the_backend_is_down(anns: Browser, backend: FakeBackend) -> None:
    backend.fails_with = 503
    form = {"title": "Fix the perch", "description": "It is loose", "idempotency_key": "k"}
    for answer in (anns.press("/tasks", form), anns.post("/tasks", form)):
        assert answer.status_code == 503
        page = Page(answer.text)
        assert page.one("input", id_="title").attributes["value"] == "Fix the perch"
        assert page.one("textarea").text == "It is loose"
        assert "does not answer" in page.one(role="alert").text


def test_other_forms_get_a_toast_and_the_page_stays(
    browser_of: Callable[[Popug], Browser], backend: FakeBackend
) -> None:
    boss, task = browser_of(BOSS), backend.add_task("Fix the perch")
    backend.fails_with = 503
    for path in ("/reassignments", f"/tasks/{task['id']}/completion"):
        answer = boss.press(path)
        assert answer.status_code == 503
        assert answer.text.startswith('<hx-partial hx-target="#toasts"')
        assert "does not answer" in answer.text


def test_a_fragment_that_can_not_be_shown_leaves_the_old_one(anns: Browser, backend: FakeBackend) -> None:
    backend.fails_with = 500
    answer = anns.fragment("/accounting", "tbody#entries")
    assert "#toasts" in answer.text
    assert "entries" not in answer.text


def test_a_backend_that_broke_is_a_sentence_not_a_trace(anns: Browser, backend: FakeBackend) -> None:
    backend.fails_with = 500
    answer = anns.get("/accounting")
    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    assert Page(answer.text).links()["Tasks"] == "/tasks"


def test_a_page_gives_up_after_its_deadline(
    anns: Browser, backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontend.visitor.Deadline", lambda: Deadline(0.2))
    backend.delay_seconds = 1.2
    started = time.perf_counter()
    assert anns.get("/").status_code == 503
    assert time.perf_counter() - started < 1.2


def test_a_backend_that_is_gone_altogether(
    another_frontend: Frontends, provider: FakeProvider, nobody_there: str
) -> None:
    with another_frontend(backend_url=nobody_there) as url, Browser(url) as browser:
        answer = browser.http.get(url + "/sign-in", follow_redirects=True)
        assert answer.status_code == 503, "signing in works, everything else says so"
        assert browser.session_cookie
        assert "The task service does not answer" in answer.text


def test_people_say_that_the_sign_in_service_is_away(
    browser_of: Callable[[Popug], Browser], provider: FakeProvider
) -> None:
    root = browser_of(ROOT)
    provider.renews_with = 503
    answer = root.get("/people")
    assert answer.status_code == 503
    assert "The sign-in service does not answer" in answer.text
    form = {"name": "Cora", "email": "c@uberpopug.example", "role": "worker"}
    added = root.post("/people", form)
    assert added.status_code == 503
    assert Page(added.text).one("input", id_="name").attributes["value"] == "Cora"


def test_an_unknown_page_is_a_readable_404(anns: Browser) -> None:
    answer = anns.get("/nowhere")
    assert answer.status_code == 404
    assert Page(answer.text).headings()[0] == "Nothing perches here"


def test_bad_addresses_are_readable_too(anns: Browser) -> None:
    assert anns.http.put(anns.url + "/tasks", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 405


def test_a_form_that_is_too_large_is_a_sentence(anns: Browser) -> None:
    huge = {"title": "Fix the perch", "description": "x" * (1024 * 1024 + 1)}
    for answer in (
        anns.post("/tasks", huge),
        anns.post("/tasks", files={name: (None, text) for name, text in huge.items()}),
        anns.post("/tasks", {str(number): "x" for number in range(1001)}),
    ):
        assert answer.status_code == 413
        assert Page(answer.text).headings()[0] == "Too much at once"
    assert "larger than we take" in anns.press("/tasks", huge).text
