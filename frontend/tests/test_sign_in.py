"""Sign-in at the provider, and back."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import RSAKey

from frontend.tests.browser import Browser, path_of
from frontend.tests.cast import ANN, BOB, Popug
from frontend.tests.conftest import Frontends, Served, TestClock
from frontend.tests.fake_provider import FakeProvider
from frontend.tests.reading import Page
from frontend.visitor import way_back_within


def leave(browser: Browser, path: str = "/sign-in") -> str:
    """Starts a sign-in and gives the callback, path and query, that the provider sends the browser to."""
    at_the_provider = browser.get(path).headers["Location"]
    back = browser.http.get(at_the_provider).headers["Location"]
    return back.removeprefix(browser.url)


def test_any_page_leads_an_anonymous_visitor_to_sign_in(browser: Browser) -> None:
    answer = browser.get("/accounting?day=2026-11-20")
    assert answer.status_code == 303
    assert path_of(answer) == "/sign-in?next=/accounting%3Fday%3D2026-11-20"


def test_a_fragment_is_told_to_go_to_sign_in_itself(browser: Browser) -> None:
    answer = browser.get("/tasks", **browser.of_htmx("section#board", "/tasks?show=all"))
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/tasks%3Fshow%3Dall"


def test_a_form_sent_without_a_session_comes_back_to_its_page(browser: Browser) -> None:
    answer = browser.post("/tasks", {"title": "x"}, headers={"Referer": f"{browser.url}/tasks?show=all"})
    assert path_of(answer) == "/sign-in?next=/tasks%3Fshow%3Dall"


def test_sign_in_asks_for_a_code_with_pkce_state_and_nonce(browser: Browser, frontend: Served) -> None:
    location = urlsplit(browser.get("/sign-in").headers["Location"])
    asked = {name: values[0] for name, values in parse_qs(location.query).items()}
    assert asked["response_type"] == "code"
    assert asked["client_id"] == "frontend"
    assert asked["redirect_uri"] == f"{frontend.url}/callback"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert len(asked["state"]) >= 20
    assert len(asked["nonce"]) >= 20
    assert asked["scope"] == "openid profile email roles offline_access ates people:read people:write administration"


def test_one_comes_back_to_where_one_wanted_to_go(browser: Browser) -> None:
    answer = browser.get(leave(browser, "/sign-in?next=/accounting"))
    assert answer.status_code == 303
    assert path_of(answer) == "/accounting"
    assert Page(browser.get("/accounting").text).headings()[0] == "My account"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "https://evil.example",
        "\\\\evil.example",
        "/a\nSet-Cookie: x",
        "evil",
        "",
        "/" + "a" * 700,
    ],
)
def test_nobody_is_sent_to_another_origin(browser: Browser, elsewhere: str) -> None:
    assert way_back_within(elsewhere) == "/"
    answer = browser.http.get(browser.url + "/sign-in", params={"next": elsewhere})
    back = browser.http.get(answer.headers["Location"]).headers["Location"]
    assert browser.http.get(back).headers["Location"] == "/"


def test_signing_in_gives_a_new_session_id_and_kills_the_old_one(browser: Browser) -> None:
    browser.sign_in()
    old = browser.session_cookie
    browser.sign_in()
    assert browser.session_cookie != old
    with Browser(browser.url) as thief:
        thief.http.cookies.set("ates_session", str(old))
        assert path_of(thief.get("/")) == "/sign-in"


def test_a_planted_session_id_is_not_adopted(browser: Browser) -> None:
    browser.http.cookies.set("ates_session", "planted-by-somebody-else", domain="127.0.0.1")
    callback = leave(browser)
    answer = browser.http.get(browser.url + callback)
    assert "planted" not in answer.headers["Set-Cookie"]
    with Browser(browser.url) as attacker:
        attacker.http.cookies.set("ates_session", "planted-by-somebody-else")
        assert path_of(attacker.get("/")) == "/sign-in"


def test_the_session_cookie_is_for_us_alone(browser: Browser) -> None:
    cookie = browser.http.get(browser.url + leave(browser)).headers["Set-Cookie"]
    for promise in ("ates_session=", "HttpOnly", "SameSite=lax", "Path=/"):
        assert promise in cookie
    assert "Domain" not in cookie


def test_a_callback_started_in_another_browser_is_worth_nothing(browser: Browser) -> None:
    with Browser(browser.url) as attacker:
        callback = leave(attacker)
    answer = browser.get(callback)
    assert answer.status_code == 400
    assert "not started in this browser" in answer.text
    assert browser.session_cookie is None


@pytest.mark.parametrize(
    "changed", ["state=forged", "state=", "iss=https%3A%2F%2Fevil.example", "code=forged", "code="]
)
def test_a_forged_callback_signs_nobody_in(browser: Browser, changed: str) -> None:
    name = changed.partition("=")[0]
    path, _, query = leave(browser).partition("?")
    kept = [each for each in query.split("&") if not each.startswith(f"{name}=")]
    answer = browser.get(f"{path}?{'&'.join([*kept, changed])}")
    assert answer.status_code == 400
    assert browser.session_cookie is None
    assert Page(answer.text).links()["Try again"].startswith("/sign-in")


def test_a_callback_works_once(browser: Browser) -> None:
    callback = leave(browser)
    assert browser.get(callback).status_code == 303
    assert browser.get(callback).status_code == 400


def test_a_sign_in_left_lying_for_too_long_has_to_start_again(browser: Browser, clock: TestClock) -> None:
    callback = leave(browser)
    clock.move(minutes=11)
    assert browser.get(callback).status_code == 400


def test_two_tabs_may_sign_in_at_the_same_time(browser: Browser) -> None:
    first, second = leave(browser, "/sign-in?next=/tasks"), leave(browser, "/sign-in?next=/accounting")
    assert path_of(browser.get(first)) == "/tasks"
    assert path_of(browser.get(second)) == "/accounting"


def test_many_tabs_do_not_fill_the_cookie_jar(browser: Browser) -> None:
    for _ in range(9):
        leave(browser)
    assert len([name for name in browser.http.cookies if name.startswith("ates_sign_in_")]) <= 5


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-product"},
        {"aud": ["frontend", "another-product"], "azp": "frontend"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1},
        {"iat": 4_000_000_000},
        {"sub": None},
        {"at_hash": "bm90IHRoZSBoYXNo"},
    ],
)
def test_an_id_token_that_does_not_fit_is_not_believed(
    browser: Browser, provider: FakeProvider, changes: dict[str, object]
) -> None:
    provider.id_token_changes = changes
    answer = browser.get(leave(browser))
    assert answer.status_code == 400
    assert "could not be verified" in answer.text
    assert browser.session_cookie is None


def test_an_id_token_of_another_signer_is_not_believed(browser: Browser, provider: FakeProvider) -> None:
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "key-1"})
    assert browser.get(leave(browser)).status_code == 400


def test_a_cancelled_sign_in_says_so(browser: Browser) -> None:
    state = parse_qs(urlsplit(browser.get("/sign-in").headers["Location"]).query)["state"][0]
    answer = browser.get(f"/callback?error=access_denied&error_description=<script>alert(1)</script>&state={state}")
    assert answer.status_code == 400
    assert "You cancelled the sign-in" in answer.text
    assert "<script>alert" not in answer.text


def test_a_provider_of_another_name_is_not_trusted(browser: Browser, provider: FakeProvider) -> None:
    provider.calls_itself = "https://evil.example"
    assert browser.get("/sign-in").status_code == 503


def test_sign_in_says_within_300_ms_that_the_provider_is_gone(another_frontend: Frontends, nobody_there: str) -> None:
    with another_frontend(issuer=nobody_there, auth_service_url=nobody_there) as url, Browser(url) as browser:
        assert some_answer_within(0.3, browser, "/sign-in")
        answer = browser.get("/sign-in?next=/tasks")
    assert answer.status_code == 503
    assert "Sign-in is not available" in answer.text
    assert answer.headers["Refresh"] == "2; url=/sign-in?next=/tasks"
    assert answer.headers["Retry-After"] == "2"


def test_sign_in_says_within_300_ms_that_the_provider_hangs(browser: Browser, provider: FakeProvider) -> None:
    provider.delay_seconds = 0.6
    assert some_answer_within(0.3, browser, "/sign-in")
    assert browser.get("/sign-in").status_code == 503


def some_answer_within(seconds: float, browser: Browser, path: str) -> bool:
    """Others may be using this machine as well, so the quickest of a few is what counts."""
    return any(browser.get(path).elapsed < timedelta(seconds=seconds) for _ in range(5))


def test_the_provider_may_be_reached_by_another_name_than_browsers_use(
    another_frontend: Frontends, provider: FakeProvider
) -> None:
    inside = provider.issuer.replace("127.0.0.1", "localhost")
    with another_frontend(auth_service_url=inside) as url, Browser(url) as browser:
        browser.sign_in()
        assert browser.get("/").status_code == 200


def test_signing_out_ends_the_session_here_and_at_the_provider(browser: Browser, frontend: Served) -> None:
    browser.sign_in()
    stolen = str(browser.session_cookie)
    answer = browser.post("/sign-out")
    assert answer.status_code == 303
    location = urlsplit(answer.headers["Location"])
    asked = parse_qs(location.query)
    assert location.path == "/sign-out"
    assert asked["post_logout_redirect_uri"] == [f"{frontend.url}/signed-out"]
    assert len(asked["id_token_hint"][0].split(".")) == 3
    assert browser.session_cookie is None
    assert answer.headers["Clear-Site-Data"] == '"cache"', "or the back button shows the pages of before"
    browser.http.cookies.set("ates_session", stolen)
    assert path_of(browser.get("/")) == "/sign-in"


def test_signing_out_comes_back_to_a_page_that_says_so(browser: Browser) -> None:
    browser.sign_in()
    answer = browser.post("/sign-out", follow_redirects=True)
    assert answer.url.path == "/signed-out"
    assert Page(answer.text).headings() == ["You are signed out"]


def test_signing_out_works_here_while_the_provider_is_away(browser: Browser, provider: FakeProvider) -> None:
    browser.sign_in()
    provider.fails_with = 503
    answer = browser.post("/sign-out", follow_redirects=True)
    assert "signed out of aTES only" in answer.text
    assert path_of(browser.get("/")) == "/sign-in"


def test_signing_out_twice_is_no_error(browser: Browser) -> None:
    assert path_of(browser.post("/sign-out")) == "/signed-out"


def test_each_browser_shows_its_own_person(browser_of: Callable[[Popug], Browser]) -> None:
    anns, bobs = browser_of(ANN), browser_of(BOB)
    assert "Ann Ara" in anns.open("/").text
    assert "Bob Budgie" in bobs.open("/").text
