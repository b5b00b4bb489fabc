"""Server-side sessions: how long they live, and that nothing in the database opens them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from frontend.database import reading
from frontend.sessions import SessionId, forget_the_dead, hash_of, sessions
from frontend.tests.browser import Browser, path_of
from frontend.tests.conftest import Served, TestClock
from frontend.tests.fake_provider import FakeProvider


def test_a_session_dies_after_twelve_idle_hours(browser: Browser, clock: TestClock) -> None:
    browser.sign_in()
    clock.move(hours=12, minutes=1)
    assert path_of(browser.get("/")) == "/sign-in"


def test_being_here_keeps_the_session_alive(browser: Browser, clock: TestClock) -> None:
    browser.sign_in()
    for _ in range(3):
        clock.move(hours=11)
        assert (answer := browser.get("/")).status_code == 200, answer.text


def test_a_session_dies_after_seven_days_however_busy(browser: Browser, clock: TestClock) -> None:
    browser.sign_in()
    for _ in range(17):
        clock.move(hours=9, minutes=50)
        assert (answer := browser.get("/")).status_code == 200, answer.text
    clock.move(hours=2)
    assert path_of(browser.get("/")) == "/sign-in"


def test_the_database_holds_neither_the_id_nor_the_tokens(
    browser: Browser, frontend: Served, provider: FakeProvider
) -> None:
    browser.sign_in()
    with reading(frontend.house.engine).connect() as connection:
        row = connection.execute(
            select(sessions).where(sessions.c.id_hash == hash_of(SessionId(str(browser.session_cookie))))
        ).one()
    stored = repr(tuple(row)).encode()
    assert str(browser.session_cookie).encode() not in stored
    assert not any(token.encode() in stored for token in [*provider.bearers, *provider.families])


@pytest.mark.parametrize("cookie", ["x", "", "a" * 5000, "../../etc", "%00", "'; DROP TABLE session;--"])
def test_a_made_up_cookie_opens_nothing(browser: Browser, cookie: str) -> None:
    answer = browser.http.get(browser.url + "/", headers={"Cookie": f"ates_session={cookie}"})
    assert answer.status_code == 303


def test_dead_sessions_are_swept_at_the_next_sign_in(browser: Browser, frontend: Served, clock: TestClock) -> None:
    browser.sign_in()
    clock.move(days=8)
    with frontend.house.engine.begin() as connection:
        assert forget_the_dead(connection, at=clock() - timedelta(days=7, hours=13)) == 0
        assert forget_the_dead(connection, at=clock()) >= 1
