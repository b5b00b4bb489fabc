"""What every request meets: the same-origin check and the headers."""

from collections.abc import Callable

import pytest

from frontend.edge import content_security_policy
from frontend.settings import Settings
from frontend.tests.browser import Browser
from frontend.tests.cast import ANN, ROOT, Popug
from frontend.tests.conftest import Served
from frontend.tests.fake_backend import FakeBackend

UNSAFE = ("/tasks", "/tasks/x/completion", "/reassignments", "/imports", "/people", "/sign-out", "/appearance")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "own"},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://sub.127.0.0.1"},
        {"Referer": "own"},
        {},
    ],
)
def test_a_form_of_another_site_does_nothing(
    browser: Browser, frontend: Served, backend: FakeBackend, headers: dict[str, str]
) -> None:
    sent = {name: value.replace("own", frontend.url) for name, value in headers.items()}
    browser.sign_in()
    backend.heard.clear()
    for path in UNSAFE:
        answer = browser.http.post(frontend.url + path, data={"title": "Mine now"}, headers=sent)
        assert answer.status_code == 403, path
    assert backend.heard == []
    assert browser.get("/").status_code == 200


def test_a_browser_without_fetch_metadata_is_known_by_its_origin(browser: Browser, frontend: Served) -> None:
    answer = browser.http.post(frontend.url + "/appearance", data={}, headers={"Origin": frontend.url})
    assert answer.status_code == 303


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_unsafe_methods_are_checked_too(browser: Browser, frontend: Served, method: str) -> None:
    assert browser.http.request(method, frontend.url + "/tasks").status_code == 403


@pytest.mark.parametrize("signed_in", [True, False])
def test_every_answer_carries_the_headers(browser: Browser, signed_in: bool) -> None:
    if signed_in:
        browser.sign_in()
    for path in ("/", "/tasks", "/people", "/nowhere", "/signed-out", "/sign-in", "/callback", "/livez", "/readyz"):
        headers = browser.get(path).headers
        policy = headers["Content-Security-Policy"]
        for promise in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'"):
            assert promise in policy, path
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Request-Id"]
        assert headers["Cache-Control"]


def test_pages_are_private_and_differ_for_fragments(browser_of: Callable[[Popug], Browser]) -> None:
    browser = browser_of(ROOT)
    for path in ("/", "/tasks", "/accounting", "/analytics", "/people", "/imports"):
        headers = browser.get(path).headers
        assert headers["Cache-Control"] == "private, no-cache"
        assert {"HX-Request", "HX-Request-Type", "Cookie"} <= {each.strip() for each in headers["Vary"].split(",")}


def test_pages_carry_no_inline_script_or_style(browser_of: Callable[[Popug], Browser]) -> None:
    browser = browser_of(ROOT)
    for path in ("/", "/tasks", "/accounting", "/analytics", "/people", "/imports", "/nowhere"):
        text = browser.get(path).text
        assert "<style" not in text
        assert " style=" not in text
        assert " onclick=" not in text
        assert "hx-on" not in text
        assert text.count("<script") == text.count("<script src=")


def test_a_sane_request_id_is_taken_over_and_others_are_not(browser: Browser) -> None:
    assert browser.get("/livez", **{"X-Request-Id": "abcdef-123456"}).headers["X-Request-Id"] == "abcdef-123456"
    assert browser.get("/livez", **{"X-Request-Id": "<b>"}).headers["X-Request-Id"] != "<b>"


def test_the_request_id_goes_along_to_the_neighbours(browser: Browser, backend: FakeBackend) -> None:
    browser.sign_in()
    browser.get("/", **{"X-Request-Id": "abcdef-123456"})
    assert backend.heard[-1].headers["x-request-id"] == "abcdef-123456"


def test_static_files_named_by_their_content_are_kept_forever(browser: Browser) -> None:
    browser.sign_in()
    sheet = browser.open("/").one("link", rel="stylesheet").attributes["href"]
    assert "immutable" in browser.get(sheet).headers["Cache-Control"]
    assert "immutable" not in browser.get("/static/app.css").headers["Cache-Control"]


def test_https_is_remembered_and_hardens_the_cookies(settings_for: Callable[..., Settings]) -> None:
    from starlette.responses import Response

    from frontend.cookies import CookieJar

    settings = settings_for(public_url="https://ates.example")
    answer = Response()
    CookieJar(settings.is_https).write(answer, "ates_session", "x")
    assert answer.headers["Set-Cookie"].startswith("__Host-ates_session=x;")
    assert "Secure" in answer.headers["Set-Cookie"]


def test_forms_may_lead_to_the_issuer_and_nowhere_else(settings_for: Callable[..., Settings]) -> None:
    settings = settings_for(issuer="https://id.example/popugs")
    assert "form-action 'self' https://id.example;" in content_security_policy(settings)


def test_head_gives_the_same_decision_as_get(browser_of: Callable[[Popug], Browser], browser: Browser) -> None:
    assert browser.http.head(browser.url + "/people").status_code in (303, 405)
    assert browser_of(ANN).http.get(browser.url + "//people").status_code in (403, 404)


@pytest.mark.parametrize("path", ["/", "/tasks", "/people", "/nowhere", "/signed-out", "/livez"])
def test_head_is_decided_like_get(browser: Browser, frontend: Served, path: str) -> None:
    browser.sign_in()
    head, get = (browser.http.request(method, frontend.url + path) for method in ("HEAD", "GET"))
    assert head.status_code == get.status_code
    assert head.content == b""


@pytest.mark.parametrize("address", ["/tasks?show=bogus", "/tasks?after=forged", "/accounting?day=2026-99-99"])
def test_an_address_that_the_backend_can_not_read_is_no_page(
    browser: Browser, backend: FakeBackend, address: str
) -> None:
    browser.sign_in()
    backend.unreadable = "show: Input should be 'mine' or 'all'"
    answer = browser.get(address)
    assert answer.status_code == 404
    assert "Input should be" not in answer.text
