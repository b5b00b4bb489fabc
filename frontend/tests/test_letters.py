"""Letters for admins, and what everybody wants to be told."""

from collections.abc import Callable

from frontend.tests.browser import Browser, path_of
from frontend.tests.cast import ANN, BOB, GOLD, ROOT, Popug
from frontend.tests.fake_backend import FakeBackend

SaidBy = Callable[[Popug], Browser]
DEAD = {
    "id": "01930000-0000-7000-8000-000000000001",
    "topic": "payout",
    "person": {"id": BOB.id, "name": BOB.name, "version": 1},
    "day": "2026-11-22",
    "state": "dead",
    "attempts": 1,
    "created_at": "2026-11-22T21:00:00Z",
    "available_at": "2026-11-22T21:00:00Z",
    "awaits_day": None,
    "sent_at": None,
    "dead_at": "2026-11-22T21:00:01Z",
    "last_error": "550 no such mailbox",
}


def test_an_admin_sends_a_dead_letter_again(browser_of: SaidBy, backend: FakeBackend) -> None:
    backend.letters = [dict(DEAD)]
    browser = browser_of(ROOT)
    page = browser.open("/letters")
    assert "550 no such mailbox" in page.text
    action = f"/letters/{DEAD['id']}/resending"
    assert page.all("form", action=action)
    assert path_of(browser.post(action, {"idempotency_key": "k"})) == "/letters?notice=resent"
    assert "No letter was given up" in browser.open("/letters").text
    assert "Bob Budgie" in browser.open("/letters?state=waiting").text


def test_letters_are_for_admins(browser_of: SaidBy) -> None:
    assert browser_of(GOLD).get("/letters").status_code == 403


def test_the_digest_is_switched_off_and_on(browser_of: SaidBy, backend: FakeBackend) -> None:
    browser = browser_of(ANN)
    assert "checked" in browser.open("/preferences").one("input", name="digest").attributes
    assert path_of(browser.post("/preferences", {})) == "/preferences?notice=changed"
    assert backend.preferences == {"digest": False}
    assert "checked" not in browser.open("/preferences").one("input", name="digest").attributes
    browser.post("/preferences", {"digest": "yes"})
    assert backend.preferences == {"digest": True}
