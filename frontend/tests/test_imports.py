"""Bringing a backlog in."""

from frontend.imports import LARGEST_BYTES
from frontend.tests.browser import Browser
from frontend.tests.fake_backend import FakeBackend
from frontend.tests.reading import Page

CSV = "Issue key,Summary\nPOPUG-1,Fix the perch\nPOPUG-2,Oil the [door]\n"


def test_a_file_is_passed_on_as_it_is_and_the_report_shown(browser: Browser, backend: FakeBackend) -> None:
    browser.sign_in()
    answer = browser.post(
        "/imports", {"idempotency_key": "k"}, files={"file": ("backlog.csv", CSV.encode(), "text/csv")}
    )
    assert answer.status_code == 200
    heard = backend.heard[-1]
    assert heard.body == CSV.encode()
    assert heard.headers["content-type"] == "text/csv"
    assert heard.headers["idempotency-key"] == "k"
    page = Page(answer.text)
    assert page.one(data_cents="1500")
    assert "Oil the [door]" in page.text
    assert "A title has no square brackets." in page.text


def test_lines_may_be_pasted(browser: Browser, backend: FakeBackend) -> None:
    browser.sign_in()
    answer = browser.post("/imports", {"pasted": CSV, "idempotency_key": "k"})
    assert answer.status_code == 200
    assert "Report" in Page(answer.text).one("section", aria_label="Report").attributes["aria-label"]


def test_what_is_not_a_backlog_is_refused_with_the_words_kept(browser: Browser) -> None:
    browser.sign_in()
    answer = browser.post("/imports", {"pasted": "just <words>", "idempotency_key": "k"})
    assert answer.status_code == 422
    page = Page(answer.text)
    assert page.one(role="alert").text == "The first line names no column Summary or Title."
    assert page.one("textarea").text == "just <words>"


def test_nothing_chosen_is_said_without_asking_the_backend(browser: Browser, backend: FakeBackend) -> None:
    browser.sign_in()
    backend.heard.clear()
    assert browser.post("/imports", {"pasted": "  "}).status_code == 422
    assert backend.heard == []


def test_a_file_over_ten_megabytes_is_refused(browser: Browser, backend: FakeBackend) -> None:
    browser.sign_in()
    backend.heard.clear()
    huge = b"x" * (LARGEST_BYTES + 1)
    answer = browser.post("/imports", files={"file": ("huge.csv", huge, "text/csv")})
    assert answer.status_code == 413
    assert "10 MB" in answer.text
    assert backend.heard == []


def test_megabytes_may_be_pasted(browser: Browser, backend: FakeBackend) -> None:
    browser.sign_in()
    lines = CSV + "POPUG-3,Paint the perch\n" * 100_000
    assert len(lines) > 2 * 1024 * 1024
    multipart = {"files": {"pasted": (None, lines), "idempotency_key": (None, "k")}}
    for sent in (multipart, {"data": {"pasted": lines, "idempotency_key": "k"}}):
        assert browser.post("/imports", **sent).status_code == 200
        assert len(backend.heard[-1].body) == len(lines)


def test_more_than_ten_megabytes_pasted_are_refused_in_a_sentence(browser: Browser) -> None:
    browser.sign_in()
    answer = browser.post("/imports", {"pasted": "x" * (LARGEST_BYTES + 1)})
    assert answer.status_code == 413
    assert "Split it and try again." in answer.text


def test_a_backend_that_is_away_keeps_what_was_pasted(browser: Browser, backend: FakeBackend) -> None:
    browser.sign_in()
    backend.fails_with = 503
    answer = browser.post("/imports", {"pasted": CSV, "idempotency_key": "k"})
    assert answer.status_code == 503
    assert "Fix the perch" in Page(answer.text).one("textarea").text
