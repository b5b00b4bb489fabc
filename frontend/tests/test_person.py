"""One person, for admins."""

from collections.abc import Callable

import pytest

from frontend.tests.browser import Browser, path_of
from frontend.tests.cast import ANN, BOB, ROOT, Popug
from frontend.tests.fake_administration import BEAK
from frontend.tests.fake_provider import FakeProvider
from frontend.tests.reading import Page

PLACE = f"/people/{ANN.id}"


@pytest.fixture
def root(browser_of: Callable[[Popug], Browser]) -> Browser:
    return browser_of(ROOT)


def test_facts_sessions_and_record_are_on_one_page(root: Browser, provider: FakeProvider) -> None:
    page = root.open(PLACE)
    assert page.headings()[0] == ANN.name
    assert page.one("input", id_="email").attributes["value"] == "ann@uberpopug.example"
    assert "Firefox on Linux" in page.text
    assert "role changed" in page.text
    paths = {path.partition("?")[0] for _, path in provider.administration.asked}
    assert paths == {PLACE, "/sessions", "/trail"}
    assert len(provider.administration.asked) == 3


def test_name_mail_and_role_are_saved_together(root: Browser, provider: FakeProvider) -> None:
    typed = {"name": "Ann Anew", "email": "anew@uberpopug.example", "role": "manager"}
    assert path_of(root.post(PLACE, typed)) == f"{PLACE}?notice=changed"
    assert {name: provider.roster[ANN.id][name] for name in typed} == typed


def test_refused_facts_keep_what_was_typed(root: Browser) -> None:
    answer = root.post(PLACE, {"name": "", "email": "new@uberpopug.example", "role": "manager"})
    page = Page(answer.text)
    assert answer.status_code == 422
    assert page.one("input", id_="name").attributes["aria-invalid"] == "true"
    assert page.one(id_="name-error").text == "Everybody has a name."
    assert page.one("input", id_="email").attributes["value"] == "new@uberpopug.example"


def test_a_new_beak_is_told_once(root: Browser) -> None:
    answer = root.post(f"{PLACE}/moulting")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert Page(answer.text).one(id_="beak").text == BEAK
    assert BEAK not in root.get(PLACE).text


def test_a_hatching_link_is_told_once(root: Browser) -> None:
    answer = root.post(f"{PLACE}/invitation")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert Page(answer.text).one(id_="hatching-link").text.endswith("invitation=only-once")
    assert "only-once" not in root.get(PLACE).text


def test_somebody_is_dismissed_and_taken_back_and_the_dialog_says_what_happens(
    root: Browser, provider: FakeProvider
) -> None:
    assert "Every session of theirs ends within seconds" in root.open(PLACE).one("dialog", id_="dismissal").text
    assert path_of(root.post(f"{PLACE}/dismissal")) == f"{PLACE}?notice=dismissed"
    assert provider.roster[ANN.id]["active"] is False
    assert "Restore" in root.open(PLACE).buttons()
    assert path_of(root.post(f"{PLACE}/restoration")) == f"{PLACE}?notice=restored"
    assert provider.roster[ANN.id]["active"] is True


def test_the_last_admin_stays_and_the_reason_is_said(root: Browser, provider: FakeProvider) -> None:
    answer = root.post(f"/people/{ROOT.id}/dismissal")
    assert answer.status_code == 409
    assert "This is the last admin." in Page(answer.text).one(role="alert").text
    assert provider.roster[ROOT.id]["active"] is True


def test_all_their_sessions_are_ended(root: Browser, provider: FakeProvider) -> None:
    assert path_of(root.post(f"{PLACE}/sign-out")) == f"{PLACE}?notice=ended"
    assert list(provider.administration.sessions) == ["s-bob"]


@pytest.mark.parametrize("deed", ["", "/dismissal", "/restoration", "/invitation", "/moulting", "/sign-out"])
def test_nobody_else_does_anything_to_a_person(
    deed: str, browser_of: Callable[[Popug], Browser], provider: FakeProvider
) -> None:
    before = dict(provider.roster[BOB.id])
    answer = browser_of(ANN).post(f"/people/{BOB.id}{deed}", {"name": "Mine", "email": "m@x.example", "role": "admin"})
    assert answer.status_code == 403
    assert provider.roster[BOB.id] == before
    assert provider.administration.asked == [], "without a token nothing is even asked"


def test_somebody_unknown_is_a_404(root: Browser) -> None:
    assert root.get("/people/01900000-0000-7000-8000-00000000dead").status_code == 404
    assert root.post("/people/01900000-0000-7000-8000-00000000dead/dismissal").status_code == 404


def test_names_are_text(root: Browser, provider: FakeProvider) -> None:
    provider.roster[ANN.id]["name"] = "<b>Ann</b>"
    text = root.get(PLACE).text
    assert "<b>Ann</b>" not in text
    assert "&lt;b&gt;Ann&lt;/b&gt;" in text
