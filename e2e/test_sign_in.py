"""Signing in by beak, and out again (S2, S8, T2)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Watch
from e2e.people import Person
from e2e.premises import House


def test_a_beak_shape_opens_the_house(meet: Callable[..., Person]) -> None:
    worker = meet("worker")
    expect(worker.page.get_by_role("link", name="Tasks", exact=True)).to_be_visible()
    expect(worker.page.get_by_text(worker.name).first).to_be_visible()


def test_a_beak_shape_may_be_typed_carelessly(house: House, new_page: Callable[..., Page]) -> None:
    known = next(each for each in house.people() if each["role"] == "worker")
    careless = known | {"beak_shape": known["beak_shape"].removeprefix("BEAK-").replace("-", " ").lower()}
    Person(page=new_page(), **careless).signs_in()


@pytest.mark.parametrize("beak_shape", ["BEAK-0000-0000-0000-00000", "not a beak at all", "🦜"])
def test_a_wrong_beak_gets_one_sentence_and_no_hint(
    beak_shape: str, new_page: Callable[..., Page], watch: Watch
) -> None:
    page = new_page()
    page.goto("/")
    page.get_by_label("Beak shape", exact=True).fill(beak_shape)
    with watch.expecting(422):
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("alert")).to_have_count(1)
    expect(page.get_by_label("Beak shape", exact=True)).to_be_visible()


def test_a_deep_link_is_remembered_through_the_sign_in(house: House, new_page: Callable[..., Page]) -> None:
    known = next(each for each in house.people() if each["role"] == "worker")
    person = Person(page=new_page(), **known)
    person.signs_in(at="/tasks?status=done")
    expect(person.page).to_have_url(f"{house.url}/tasks?status=done")


def test_one_click_signs_a_demo_person_in(house: House, new_page: Callable[..., Page]) -> None:
    boss = next(each for each in house.people() if each["role"] == "manager")
    page = new_page()
    page.goto("/")
    page.get_by_role("button", name=boss["name"]).click()
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()


def test_signing_out_ends_the_session_at_the_provider_too(house: House, meet: Callable[..., Person]) -> None:
    worker = meet("worker")
    worker.signs_out()
    worker.page.goto("/tasks")
    expect(worker.page.get_by_label("Beak shape", exact=True)).to_be_visible()


def test_the_cookie_of_a_signed_out_session_is_dead(house: House, meet: Callable[..., Person]) -> None:
    worker = meet("worker")
    stolen = worker.page.context.cookies()
    worker.signs_out()
    worker.page.context.add_cookies(stolen)  # type: ignore[arg-type]
    worker.page.goto("/tasks")
    expect(worker.page.get_by_label("Beak shape", exact=True)).to_be_visible()


@pytest.mark.parametrize("scripted", [True, False])
def test_a_beak_can_be_shaped_by_hand(scripted: bool, house: House, new_page: Callable[..., Page]) -> None:
    known = next(each for each in house.people() if each["role"] == "worker")
    page = new_page(java_script_enabled=scripted)
    page.goto("/")
    page.get_by_text("Shape it instead").click()
    for slider, step in zip(page.get_by_role("slider").all(), steps(known["beak_shape"]), strict=True):
        slider.fill(str(step))
    if not scripted:
        page.get_by_role("button", name="Redraw", exact=True).click()
        assert [int(slider.input_value()) for slider in page.get_by_role("slider").all()] == steps(known["beak_shape"])
    page.get_by_role("button", name="Use this beak", exact=True).click()
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()


def test_the_picture_follows_the_sliders(new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto("/")
    page.get_by_text("Shape it instead").click()
    picture = page.locator("#beak-picture svg")
    before = picture.inner_html()
    page.get_by_role("slider").nth(4).fill("31")
    expect(picture).to_be_visible()
    page.wait_for_function("before => document.querySelector('#beak-picture svg').innerHTML !== before", arg=before)


def steps(beak_shape: str) -> list[int]:
    """The sixteen genes of a beak shape, each 0 to 31; the last character only checks the others."""
    letters = beak_shape.removeprefix("BEAK").replace("-", "")
    return ["0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(letter) for letter in letters[:-1]]
