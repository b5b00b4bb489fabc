"""The person's tokens: fresh, renewed by one request at a time, used on while the provider is away."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx2

from frontend.tests.browser import Browser, path_of
from frontend.tests.cast import ROOT, Popug
from frontend.tests.conftest import TestClock
from frontend.tests.fake_backend import FakeBackend
from frontend.tests.fake_provider import FakeProvider


def test_a_fresh_token_is_not_renewed(browser: Browser, provider: FakeProvider) -> None:
    browser.sign_in()
    browser.get("/")
    assert provider.renewals == []


def test_a_token_about_to_expire_is_renewed(browser: Browser, provider: FakeProvider, clock: TestClock) -> None:
    browser.sign_in()
    clock.move(seconds=275)
    assert browser.get("/").status_code == 200
    assert provider.renewals == [""]


def test_twenty_requests_at_once_renew_once(browser: Browser, provider: FakeProvider, clock: TestClock) -> None:
    browser.sign_in()
    clock.move(seconds=301)
    cookie = {"Cookie": f"ates_session={browser.session_cookie}"}
    with ThreadPoolExecutor(10) as pool:
        answers = list(
            pool.map(lambda _: httpx2.get(f"{browser.url}/", headers=cookie, timeout=10, verify=False), range(20))
        )
    assert [answer.status_code for answer in answers] == [200] * 20
    assert provider.renewals == [""]


def test_a_refused_token_is_renewed_and_the_question_asked_again(
    browser: Browser, backend: FakeBackend, provider: FakeProvider
) -> None:
    browser.sign_in()
    backend.dead_tokens = set(provider.bearers)
    assert browser.get("/").status_code == 200
    assert provider.renewals == [""]


def test_a_refused_token_that_can_not_be_renewed_leads_to_sign_in(
    browser: Browser, backend: FakeBackend, provider: FakeProvider
) -> None:
    browser.sign_in()
    backend.dead_tokens = set(provider.bearers)
    provider.families.clear()
    assert path_of(browser.get("/tasks")) == "/sign-in?next=/tasks"


def test_a_new_token_that_the_backend_does_not_know_yet_leads_nobody_round_in_circles(
    browser: Browser, backend: FakeBackend, provider: FakeProvider
) -> None:
    backend.knows_nobody = True
    answer = browser.http.get(browser.url + "/sign-in", follow_redirects=True)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "trying again every few seconds" in answer.text
    assert len(provider.asked) == 1, "one sign-in, and not another"
    for path in ("/tasks", "/accounting"):
        assert browser.get(path).status_code == 503
    assert browser.press("/tasks/1/completion").status_code == 503
    backend.knows_nobody = False
    assert browser.get("/").status_code == 200, "and nobody had to sign in again"
    assert len(provider.asked) == 1


def test_a_token_renewed_on_the_way_of_this_page_is_a_new_one_too(
    browser: Browser, backend: FakeBackend, clock: TestClock
) -> None:
    browser.sign_in()
    clock.move(seconds=301)
    backend.knows_nobody = True
    assert browser.get("/").status_code == 503


def test_a_refused_token_while_the_provider_is_away_leads_to_the_page_that_says_so(
    browser: Browser, backend: FakeBackend, provider: FakeProvider
) -> None:
    browser.sign_in()
    backend.knows_nobody = True
    provider.renews_with = 503
    assert path_of(browser.get("/tasks")) == "/sign-in?next=/tasks"


def test_a_grant_that_is_over_ends_the_session(browser: Browser, provider: FakeProvider, clock: TestClock) -> None:
    browser.sign_in()
    provider.families.clear()
    clock.move(seconds=301)
    assert path_of(browser.get("/")) == "/sign-in"
    clock.move(seconds=-301)
    assert path_of(browser.get("/")) == "/sign-in"


def test_people_signed_in_work_on_while_the_provider_is_away(
    browser: Browser, provider: FakeProvider, clock: TestClock
) -> None:
    browser.sign_in()
    clock.move(seconds=301)
    provider.renews_with = 503
    assert browser.get("/").status_code == 200
    assert browser.get("/tasks").status_code == 200
    assert len(provider.renewals) == 1, "one finds out, the others do not have to"
    provider.renews_with = None
    clock.move(seconds=6)
    assert browser.get("/").status_code == 200
    assert len(provider.renewals) == 2


def test_administration_gets_a_narrower_token_of_its_own(
    browser_of: Callable[[Popug], Browser], provider: FakeProvider
) -> None:
    browser = browser_of(ROOT)
    browser.open("/people")
    browser.open("/people")
    assert provider.renewals == ["people:read people:write administration"]
    assert browser.get("/").status_code == 200
    assert provider.renewals == ["people:read people:write administration"]


def test_an_admin_whose_grant_lacks_a_newer_scope_signs_in_again_but_not_in_circles(
    browser_of: Callable[[Popug], Browser], provider: FakeProvider, clock: TestClock
) -> None:
    browser = browser_of(ROOT)
    provider.refuses_scopes = True
    assert browser.get("/people").status_code == 403, "the grant is of just now: asking again would not help"
    clock.move(minutes=2)
    assert path_of(browser.get("/people")) == "/sign-in?next=/people"
