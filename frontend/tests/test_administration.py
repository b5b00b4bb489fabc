"""Sessions, sign-outs, keys and the trail, for admins; and the way between the pages of the administration."""

from collections.abc import Callable

import pytest

from frontend.tests.browser import Browser, path_of
from frontend.tests.cast import ANN, ROOT, Popug
from frontend.tests.fake_administration import FakeAdministration, entry_like, session_like
from frontend.tests.fake_provider import FakeProvider
from frontend.tests.reading import Page

PLACES = ("/people", "/products", "/sessions", "/logout-deliveries", "/keys", "/trail")


@pytest.fixture
def root(browser_of: Callable[[Popug], Browser]) -> Browser:
    return browser_of(ROOT)


@pytest.fixture
def house(provider: FakeProvider) -> FakeAdministration:
    return provider.administration


@pytest.mark.parametrize("path", PLACES)
def test_each_page_asks_one_question_and_shows_where_it_is(path: str, root: Browser, house: FakeAdministration) -> None:
    page = root.open(path)
    assert len(house.asked) == 1
    here = [each.attributes["href"] for each in page.all("a", aria_current="page")]
    assert set(here) == {path}
    assert page.all("nav", aria_label="Administration")


@pytest.mark.parametrize("path", [*PLACES, "/new-product", "/product-people?find=a", "/trail.csv"])
def test_everybody_else_gets_the_refused_page(
    path: str, browser_of: Callable[[Popug], Browser], house: FakeAdministration
) -> None:
    answer = browser_of(ANN).get(path)
    assert answer.status_code == 403
    assert "Only admins may administer." in answer.text
    assert house.asked == []


@pytest.mark.parametrize(
    "path",
    [
        "/sessions/s-bob/ending",
        "/logout-deliveries/dead/attempt",
        "/key-rotations",
        "/keys/current-key/withdrawal",
        "/product-uris",
    ],
)
def test_nobody_else_does_anything(
    path: str, browser_of: Callable[[Popug], Browser], house: FakeAdministration
) -> None:
    assert browser_of(ANN).post(path, {"redirect_uris": "https://a.example"}).status_code == 403
    assert house.asked == []


def test_the_trail_can_tell_from_where_an_admin_acted(root: Browser, house: FakeAdministration) -> None:
    root.post("/key-rotations", headers={"User-Agent": b"Mozilla/5.0 \xe4 Firefox/145.0"})
    assert house.askers == [("127.0.0.1", "Mozilla/5.0  Firefox/145.0")]


def test_the_way_to_the_administration_is_for_admins_only(
    browser_of: Callable[[Popug], Browser], root: Browser
) -> None:
    assert root.open("/").links()["Administration"] == "/people"
    assert "Administration" not in browser_of(ANN).open("/").links()


def test_a_session_is_ended_with_and_without_javascript(root: Browser, house: FakeAdministration) -> None:
    assert f'hx-target="#session-{"s-ann"}"' in root.press("/sessions/s-ann/ending").text
    assert path_of(root.post("/sessions/s-bob/ending")) == "/sessions?notice=ended"
    assert house.sessions == {}
    assert "Nobody is signed in" in root.open("/sessions").text


def test_after_an_ending_one_is_back_where_one_was(root: Browser) -> None:
    came_from = {"Referer": f"{root.url}/people/{ANN.id}?notice=changed"}
    answer = root.post("/sessions/s-ann/ending", headers=came_from)
    assert path_of(answer) == f"/people/{ANN.id}?notice=ended"
    elsewhere = root.post("/sessions/s-bob/ending", headers={"Referer": "https://evil.example/people"})
    assert path_of(elsewhere) == "/sessions?notice=ended"


def test_sessions_are_filtered_by_a_press_and_paged(root: Browser, house: FakeAdministration) -> None:
    house.sessions |= {f"s-{number}": session_like(f"s-{number}", ANN) for number in range(6)}
    page = root.open(f"/sessions?person_id={ANN.id}")
    assert house.asked[-1][1] == f"/sessions?person_id={ANN.id}&open=true"
    assert page.links()[f"{ANN.name} ×remove this filter"] == "/sessions"
    further = page.links()["Load more"]
    assert f"person_id={ANN.id}" in further
    assert Page(root.fragment(further).text).all("tr")
    root.open("/sessions?state=all")
    assert house.asked[-1][1] == "/sessions", "with those that have ended"


def test_a_sign_out_that_was_given_up_is_sent_again(root: Browser, house: FakeAdministration) -> None:
    page = root.open("/logout-deliveries?state=dead")
    assert "It answered 500." in page.text
    assert path_of(root.post("/logout-deliveries/dead/attempt")) == "/logout-deliveries?notice=tried"
    assert house.deliveries["dead"]["state"] == "waiting"


def test_keys_are_rotated_and_withdrawn_and_the_dialogs_say_what_happens(
    root: Browser, house: FakeAdministration
) -> None:
    page = root.open("/keys")
    assert "Nobody is signed out." in page.one("dialog", id_="rotation").text
    assert "It can not be taken back." in page.one("dialog", id_="withdrawal-1").text
    assert path_of(root.post("/key-rotations")) == "/keys?notice=rotated"
    assert path_of(root.post("/keys/current-key/withdrawal")) == "/keys?notice=withdrawn"
    states = {key["kid"]: key["state"] for key in house.keys}
    assert (len(states), states["current-key"]) == (5, "withdrawn")


def test_why_a_key_is_not_withdrawn_is_said(root: Browser) -> None:
    answer = root.post("/keys/next-key/withdrawal")
    assert answer.status_code == 409
    assert "Nothing would be left to sign with." in Page(answer.text).one(role="alert").text


def test_every_value_of_the_trail_is_a_filter(root: Browser) -> None:
    page = root.open("/trail?since=2026-11-01")
    assert page.links()["role changed"] == "/trail?since=2026-11-01&what=role_changed"
    assert page.links()[ANN.name] == f"/trail?since=2026-11-01&whom={ANN.id}"
    assert page.links()[ROOT.name] == f"/trail?since=2026-11-01&by={ROOT.id}"
    assert "worker → manager" in page.text
    moment = page.all("time")[0]
    assert moment.attributes["title"] == "Sunday, 1 November 2026, 09:00:00 UTC"
    assert moment.text.endswith("ago")


def test_days_are_filters_and_what_is_no_day_is_none(root: Browser, house: FakeAdministration) -> None:
    root.open("/trail?since=2026-11-01&until=2026-11-30&what=hired")
    assert house.asked[-1][1] == "/trail?what=hired&since=2026-11-01&until=2026-11-30"
    root.open("/trail?since=yesterday&until=20261130")
    assert house.asked[-1][1] == "/trail"


def test_the_trail_goes_on(root: Browser) -> None:
    further = root.open("/trail").links()["Load more"]
    fragment = Page(root.fragment(further).text)
    assert len(fragment.all("tr")) == 2
    assert "Load more" not in fragment.links()
    assert len(root.open(further).all("tr")) == 3, "without JavaScript it is a page of its own, with its head"


def test_the_trail_is_saved_as_csv_under_the_same_filters(root: Browser, house: FakeAdministration) -> None:
    assert root.open("/trail?what=hired").links()["Save as CSV"] == "/trail.csv?what=hired"
    house.trail = [entry_like(number) for number in range(20_000)]
    answer = root.get("/trail.csv?what=hired")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="trail.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(answer.text.splitlines()) == 20_001
    assert house.asked[-1][1] == "/trail.csv?what=hired"


def test_a_refused_csv_is_a_page(root: Browser, provider: FakeProvider) -> None:
    root.open("/trail")
    provider.bearers.clear()
    assert path_of(root.get("/trail.csv")) == "/sign-in?next=/trail.csv"
