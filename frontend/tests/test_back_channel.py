"""The provider says that a session is over."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from joserfc.jwk import RSAKey
from sqlalchemy import select

from frontend.database import reading
from frontend.sessions import SessionId, hash_of, sessions
from frontend.tests.browser import Browser, path_of
from frontend.tests.cast import ANN, BOB, Popug
from frontend.tests.conftest import Served
from frontend.tests.fake_provider import LOGOUT_EVENT, FakeProvider


def tell(frontend: Served, token: str) -> httpx2.Response:
    return httpx2.post(f"{frontend.url}/back-channel-logout", data={"logout_token": token}, verify=False)


def sid_of(frontend: Served, browser: Browser) -> str:
    with reading(frontend.house.engine).connect() as connection:
        place = hash_of(SessionId(str(browser.session_cookie)))
        return str(connection.scalar(select(sessions.c.sid).where(sessions.c.id_hash == place)))


def is_signed_in(browser: Browser) -> bool:
    return browser.get("/").status_code == 200


def test_a_logout_by_session_ends_that_session_only(
    frontend: Served, provider: FakeProvider, browser_of: Callable[[Popug], Browser]
) -> None:
    home, work = browser_of(ANN), browser_of(ANN)
    answer = tell(frontend, provider.logout_token(sid=sid_of(frontend, home), sub=ANN.id))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert not is_signed_in(home)
    assert is_signed_in(work)


def test_a_logout_by_person_ends_all_of_theirs(
    frontend: Served, provider: FakeProvider, browser_of: Callable[[Popug], Browser]
) -> None:
    home, work, bobs = browser_of(ANN), browser_of(ANN), browser_of(BOB)
    assert tell(frontend, provider.logout_token(sub=ANN.id)).status_code == 200
    assert not is_signed_in(home)
    assert not is_signed_in(work)
    assert is_signed_in(bobs)


def test_a_logout_token_works_once(
    frontend: Served, provider: FakeProvider, browser_of: Callable[[Popug], Browser]
) -> None:
    token = provider.logout_token(sub=ANN.id)
    assert tell(frontend, token).status_code == 200
    again = browser_of(ANN)
    assert tell(frontend, token).status_code == 400
    assert is_signed_in(again)


@pytest.mark.parametrize(
    "changes",
    [
        {"typ": "JWT"},
        {"typ": "at+jwt"},
        {"iss": "https://evil.example"},
        {"aud": "another-product"},
        {"aud": None},
        {"iat": None},
        {"iat": 1_000_000_000},
        {"iat": 4_000_000_000},
        {"exp": None},
        {"exp": 1_000_000_000},
        {"exp": "tomorrow"},
        {"jti": None},
        {"jti": 7},
        {"jti": "x" * 300},
        {"events": None},
        {"events": {}},
        {"events": {LOGOUT_EVENT: "yes"}},
        {"events": [LOGOUT_EVENT]},
        {"nonce": "of an ID token"},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sid": ["a"]},
        {"key": RSAKey.generate_key(2048, {"kid": "key-1"})},
        {"key": RSAKey.generate_key(2048, {"kid": "another"})},
    ],
    ids=lambda changes: next(iter(changes.items()))[0] + "=" + str(next(iter(changes.values())))[:12],
)
def test_what_is_not_quite_a_logout_token_ends_nothing(
    frontend: Served, provider: FakeProvider, browser_of: Callable[[Popug], Browser], changes: dict[str, Any]
) -> None:
    browser = browser_of(ANN)
    answer = tell(frontend, provider.logout_token(**{"sub": ANN.id, **changes}))
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_request"
    assert answer.headers["Cache-Control"] == "no-store"
    assert is_signed_in(browser)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "W10.W10.", "bm90anNvbg.e30.", "." * 9000])
def test_garbage_is_refused(frontend: Served, token: str) -> None:
    assert tell(frontend, token).status_code == 400


def test_an_unsigned_token_is_refused(frontend: Served, provider: FakeProvider) -> None:
    header, body, _ = provider.logout_token(sub=ANN.id).split(".")
    for forged in ("eyJhbGciOiJub25lIiwidHlwIjoibG9nb3V0K2p3dCJ9", header):
        assert tell(frontend, f"{forged}.{body}.").status_code == 400


def test_many_unknown_keys_cost_one_question(frontend: Served, provider: FakeProvider) -> None:
    tell(frontend, provider.logout_token(sub=ANN.id))
    before = provider.key_fetches
    stranger = RSAKey.generate_key(2048, {"kid": "key-1"})
    for number in range(10):
        token = provider.sign({"sub": ANN.id}, typ="logout+jwt", key=stranger, kid=f"unknown-{number}")
        assert tell(frontend, token).status_code == 400
    assert provider.key_fetches - before <= 1


def test_a_provider_that_can_not_be_asked_is_asked_to_come_again(frontend: Served, provider: FakeProvider) -> None:
    provider.fails_with = 503
    assert tell(frontend, provider.logout_token(sub=ANN.id)).status_code == 503


def test_the_provider_may_call_without_a_browser(frontend: Served, provider: FakeProvider) -> None:
    answer = httpx2.post(
        f"{frontend.url}/back-channel-logout",
        data={"logout_token": provider.logout_token(sub=ANN.id)},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 200


def test_the_page_after_a_logout_leads_to_sign_in(
    frontend: Served, provider: FakeProvider, browser_of: Callable[[Popug], Browser]
) -> None:
    browser = browser_of(ANN)
    tell(frontend, provider.logout_token(sub=ANN.id))
    assert path_of(browser.get("/tasks")) == "/sign-in?next=/tasks"
