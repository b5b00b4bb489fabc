"""People, for admins."""

from collections.abc import Callable

import pytest

from frontend.tests.browser import Browser, path_of
from frontend.tests.cast import ANN, BOB, ROOT, Popug
from frontend.tests.fake_provider import FakeProvider
from frontend.tests.reading import Page

NEWCOMER = {"name": "Cora Cockatoo", "email": "cora@uberpopug.example", "role": "manager"}


@pytest.fixture
def root(browser_of: Callable[[Popug], Browser]) -> Browser:
    return browser_of(ROOT)


def test_the_list_is_paged_and_filtered(root: Browser, provider: FakeProvider) -> None:
    page = root.open("/people")
    assert page.headings()[0] == "People"
    assert len(page.all("tr", data_person_id="*")) == 4
    fragment = Page(root.fragment(page.links()["Load more"]).text)
    assert len(fragment.all("tr", data_person_id="*")) == 1
    assert len(root.open("/people?role=admin").all("tr", data_person_id="*")) == 1
    provider.roster[BOB.id]["active"] = False
    assert len(root.open("/people?active=false").all("tr", data_person_id="*")) == 1
    assert len(root.open("/people?q=bob").all("tr", data_person_id="*")) == 1
    assert "Nobody like that" in root.open("/people?q=nobody").text


def test_a_newcomers_beak_is_shown_once(root: Browser, provider: FakeProvider) -> None:
    answer = root.post("/people", NEWCOMER)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    page = Page(answer.text)
    assert page.one(id_="beak").text == "BEAK-F5DH-S01N-PK5K-VB4N9"
    assert "Cora Cockatoo has hatched" in page.headings()
    assert "BEAK-" not in root.get("/people").text


def test_by_invitation_the_link_is_shown_once_and_no_beak_is_hatched(root: Browser) -> None:
    answer = root.post("/people", {**NEWCOMER, "way": "invitation"})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    page = Page(answer.text)
    assert page.one(id_="hatching-link").text.endswith("/hatching?invitation=only-once")
    assert "1 December 2026" in page.text
    assert "BEAK-" not in answer.text
    assert "only-once" not in root.get("/people").text


def test_the_same_form_sent_twice_adds_one_person(root: Browser, provider: FakeProvider) -> None:
    assert [root.post("/people", NEWCOMER).status_code for _ in range(2)] == [200, 409]
    assert [each["email"] for each in provider.roster.values()].count(NEWCOMER["email"]) == 1


def test_adding_with_htmx_answers_with_the_form_alone(root: Browser) -> None:
    answer = root.press("/people", NEWCOMER)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["HX-Trigger"] == "people-changed"
    assert answer.text.startswith('<hx-partial hx-target="#add-form"')
    assert Page(answer.text).one(id_="beak").text.startswith("BEAK-")


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [({"name": ""}, 422, "Everybody has a name."), ({"email": "ann@uberpopug.example"}, 409, "has this mail already")],
)
def test_a_refused_newcomer_keeps_what_was_typed(
    root: Browser, changes: dict[str, str], status: int, sentence: str
) -> None:
    form = {**NEWCOMER, **changes}
    for answer in (root.press("/people", form), root.post("/people", form)):
        assert answer.status_code == status
        page = Page(answer.text)
        assert sentence in page.text
        assert page.one("input", id_="email").attributes["value"] == form["email"]
        assert page.one("input", id_="name").attributes.get("value", "") == form["name"]
        chosen = [each.text for each in page.all("option") if "selected" in each.attributes]
        assert chosen[-1] == "manager"


def test_a_role_is_changed(root: Browser, provider: FakeProvider) -> None:
    answer = root.post(f"/people/{ANN.id}/role", {"role": "accountant"})
    assert path_of(answer) == "/people?notice=changed"
    assert provider.roster[ANN.id]["role"] == "accountant"
    pressed = root.press(f"/people/{ANN.id}/role", {"role": "manager"})
    assert f'hx-target="#person-{ANN.id}"' in pressed.text
    assert provider.roster[ANN.id]["role"] == "manager"


def test_nobody_else_changes_people(browser_of: Callable[[Popug], Browser], provider: FakeProvider) -> None:
    ann = browser_of(ANN)
    assert ann.post(f"/people/{ANN.id}/role", {"role": "admin"}).status_code == 403
    assert ann.post("/people", NEWCOMER).status_code == 403
    assert ann.post(f"/people/{BOB.id}/dismissal").status_code == 403
    assert provider.roster[ANN.id]["role"] == "worker"
    assert provider.roster[BOB.id]["active"] is True


def test_somebody_unknown_is_a_404(root: Browser) -> None:
    assert root.post("/people/01900000-0000-7000-8000-00000000dead/dismissal").status_code == 404


def test_names_are_text(root: Browser, provider: FakeProvider) -> None:
    provider.roster[BOB.id]["name"] = "<b>Bob</b>"
    text = root.get("/people").text
    assert "<b>Bob</b>" not in text
    assert "&lt;b&gt;Bob&lt;/b&gt;" in text
