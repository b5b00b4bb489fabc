"""Products, for admins."""

from collections.abc import Callable

import pytest

from frontend.tests.browser import Browser, path_of
from frontend.tests.cast import ANN, BOB, ROOT, Popug
from frontend.tests.fake_administration import FakeAdministration
from frontend.tests.fake_provider import FakeProvider
from frontend.tests.reading import Page

SHOP = {
    "idempotency_key": "0190-one-rendered-form",
    "client_name": "Nut shop",
    "kind": "web",
    "redirect_uris": "https://nuts.example/callback\r\n\r\n  https://nuts.example/back ",
    "act": "save",
}


@pytest.fixture
def root(browser_of: Callable[[Popug], Browser]) -> Browser:
    return browser_of(ROOT)


@pytest.fixture
def house(provider: FakeProvider) -> FakeAdministration:
    return provider.administration


def added(house: FakeAdministration) -> dict[str, object]:
    (product,) = [each for each in house.products.values() if each["client_name"] == "Nut shop"]
    return dict(product)


def test_the_list_says_what_each_product_is_with_one_question(root: Browser, house: FakeAdministration) -> None:
    page = root.open("/products")
    assert page.headings()[0] == "Products"
    assert {"aTES", "Seed shop"} <= set(page.links())
    assert [path for _, path in house.asked] == ["/products"]
    assert "No such product" in root.open("/products?q=nothing").text


def test_a_new_products_secret_and_settings_are_told_once(root: Browser, house: FakeAdministration) -> None:
    answer = root.post("/products", SHOP)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    page, product = Page(answer.text), added(house)
    assert page.one(id_="client-secret").text == "told-once-0"
    settings = page.one(id_="settings").text
    assert settings == (
        f"OIDC_ISSUER={house.issuer} OIDC_DISCOVERY_URL={house.issuer}/.well-known/openid-configuration "
        f"OIDC_CLIENT_ID={product['client_id']} OIDC_CLIENT_SECRET=told-once-0"
    )
    assert "told-once" not in root.get(f"/products/{product['client_id']}").text


def test_lines_become_addresses_and_a_browser_application_proves_nothing(
    root: Browser, house: FakeAdministration
) -> None:
    root.post("/products", {**SHOP, "kind": "browser"})
    product = added(house)
    assert product["redirect_uris"] == ["https://nuts.example/callback", "https://nuts.example/back"]
    assert product["token_endpoint_auth_method"] == "none"
    assert product["grant_types"] == ["authorization_code", "refresh_token"]


def test_a_service_needs_no_address(root: Browser, house: FakeAdministration) -> None:
    root.post("/products", {**SHOP, "kind": "service", "scope": "people:read"})
    product = added(house)
    assert (product["grant_types"], product["redirect_uris"]) == (["client_credentials"], [])
    assert product["scope"] == "people:read"


def test_the_same_form_sent_twice_adds_one_product(root: Browser, house: FakeAdministration) -> None:
    answers = [root.post("/products", SHOP) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 409]
    assert "already added the product" in Page(answers[1].text).one(role="alert").text
    assert added(house)


def test_a_refused_product_keeps_what_was_typed_and_says_what_is_wrong_where(root: Browser) -> None:
    typed = {**SHOP, "client_name": "", "redirect_uris": "https://a.example/\nhttp://b.example/", "roles": "manager"}
    answer = root.post("/products", typed)
    page = Page(answer.text)
    assert answer.status_code == 422
    assert page.one(id_="client_name-error").text == "Every product has a name."
    assert page.one(id_="redirect_uris-error").text == "Line 2: must be https"
    area = page.one("textarea", id_="redirect_uris")
    assert area.attributes["aria-invalid"] == "true"
    assert "redirect_uris-error" in area.attributes["aria-describedby"].split()
    assert area.text == "https://a.example/ http://b.example/"
    assert "checked" in page.one("input", id_="roles-manager").attributes
    assert page.one("input", name="idempotency_key").attributes["value"] == SHOP["idempotency_key"]


def test_addresses_are_checked_while_they_are_typed(root: Browser) -> None:
    answer = root.post(
        "/product-uris",
        {"redirect_uris": "https://a.example/\nftp://b.example/"},
        headers=root.of_htmx("div#redirect-uris-remarks"),
    )
    page = Page(answer.text)
    assert [each.text for each in page.all("p")] == [
        "✓ https://a.example/",
        "ftp://b.example/: It must begin with https://.",
    ]


def test_somebody_is_found_and_let_in_by_name_without_javascript(root: Browser, house: FakeAdministration) -> None:
    page = Page(root.post("/products", {**SHOP, "act": "find", "find": "bob"}).text)
    found = page.one("input", name="people")
    assert found.attributes["value"] == f"{BOB.id} {BOB.name}"
    assert page.one("input", id_="client_name").attributes["value"] == "Nut shop"
    root.post("/products", {**SHOP, "people": found.attributes["value"]})
    assert added(house)["people"] == [{"id": BOB.id, "name": BOB.name}]


def test_enter_in_any_field_saves(root: Browser, house: FakeAdministration) -> None:
    """Browsers press the first button of a form, which is the search for people."""
    root.post("/products", {**SHOP, "act": "find", "find": ""})
    assert added(house)


def test_keys_that_are_no_json_are_said_to_be_none(root: Browser) -> None:
    typed = {**SHOP, "token_endpoint_auth_method": "private_key_jwt", "jwks": "{"}
    answer = root.post("/products", typed)
    assert answer.status_code == 422
    assert Page(answer.text).one(id_="jwks-error").text.startswith("This is not JSON.")


def test_a_product_is_edited(root: Browser, house: FakeAdministration) -> None:
    page = root.open("/products/seeds/facts")
    assert page.one("textarea", id_="redirect_uris").text == "https://seeds.example/callback"
    typed = {**SHOP, "client_name": "Seeds", "version": page.one("input", name="version").attributes["value"]}
    assert path_of(root.post("/products/seeds/facts", typed)) == "/products/seeds?notice=changed"
    assert house.products["seeds"]["client_name"] == "Seeds"


def test_who_saves_later_hears_what_was_saved_meanwhile_and_decides(root: Browser, house: FakeAdministration) -> None:
    seen = root.open("/products/seeds/facts").one("input", name="version").attributes["value"]
    house.products["seeds"] |= {"client_name": "Seeds and nuts", "version": 2}
    typed = {**SHOP, "client_name": "Seeds", "version": seen}
    answer = root.post("/products/seeds/facts", typed)
    page = Page(answer.text)
    assert answer.status_code == 409
    assert "Name: Seeds and nuts" in page.one(role="alert").text
    assert page.one("input", id_="client_name").attributes["value"] == "Seeds"
    assert house.products["seeds"]["client_name"] == "Seeds and nuts"
    again = {**typed, "version": page.one("input", name="version").attributes["value"]}
    assert root.post("/products/seeds/facts", again).status_code == 303


def test_a_new_secret_may_overlap_with_the_old_one(root: Browser, house: FakeAdministration) -> None:
    answer = root.post("/products/seeds/secret", {"overlap_seconds": "86400"})
    assert answer.headers["Cache-Control"] == "no-store"
    page = Page(answer.text)
    assert page.one(id_="client-secret").text == "told-once-1"
    assert "24 December 2026" in page.text
    assert "told-once" not in root.get("/products/seeds").text


def test_pressed_twice_it_makes_one_secret_and_says_so(root: Browser, house: FakeAdministration) -> None:
    form = {
        "overlap_seconds": "86400",
        "version": root.open("/products/seeds").one("input", name="version").attributes["value"],
    }
    answers = [root.post("/products/seeds/secret", form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 409]
    assert "the first press made one" in Page(answers[1].text).one(role="alert").text
    assert house.products["seeds"]["version"] == 2


@pytest.mark.parametrize("overlap", ["-1", "2592001", "soon"])
def test_an_overlap_out_of_bounds_makes_no_secret(overlap: str, root: Browser, house: FakeAdministration) -> None:
    assert root.post("/products/seeds/secret", {"overlap_seconds": overlap}).status_code == 400
    assert house.asked == []


def test_the_sign_in_is_tried(root: Browser, house: FakeAdministration) -> None:
    whole = Page(root.post("/products/seeds/sign-in-test").text)
    assert "You would be signed in." in whole.text
    assert ROOT.id in whole.text
    house.products["seeds"]["roles"] = ["worker"]
    fragment = root.press("/products/seeds/sign-in-test")
    assert fragment.text.startswith('<hx-partial hx-target="#sign-in-test"')
    assert "You would not be signed in." in fragment.text


def test_a_product_is_disabled_and_enabled(root: Browser, house: FakeAdministration) -> None:
    assert path_of(root.post("/products/seeds/disabling")) == "/products/seeds?notice=disabled"
    assert house.products["seeds"]["active"] is False
    assert path_of(root.post("/products/seeds/enabling")) == "/products/seeds?notice=enabled"
    assert house.products["seeds"]["active"] is True


def test_products_of_the_house_are_not_edited_here(root: Browser, house: FakeAdministration) -> None:
    page = root.open("/products/frontend")
    assert "Edit" not in page.links()
    answer = root.post("/products/frontend/disabling")
    assert answer.status_code == 409
    assert "settings of the installation" in Page(answer.text).one(role="alert").text
    assert house.products["frontend"]["active"] is True


@pytest.mark.parametrize(
    "path", ["", "/seeds/facts", "/seeds/secret", "/seeds/sign-in-test", "/seeds/disabling", "/seeds/enabling"]
)
def test_nobody_else_touches_products(
    path: str, browser_of: Callable[[Popug], Browser], house: FakeAdministration
) -> None:
    ann = browser_of(ANN)
    assert ann.post(f"/products{path}", SHOP).status_code == 403
    assert ann.get("/products").status_code == 403
    assert house.asked == []


def test_an_unknown_product_is_a_404(root: Browser) -> None:
    assert root.get("/products/nothing").status_code == 404
    assert root.get("/products/nothing/facts").status_code == 404


def test_names_of_products_are_text(root: Browser, house: FakeAdministration) -> None:
    house.products["seeds"] |= {"client_name": "<i>Seeds</i>", "client_uri": "https://x.example/?<b>"}
    for path in ("/products", "/products/seeds", "/products/seeds/facts"):
        text = root.get(path).text
        assert "<i>" not in text
        assert "<b>" not in text
