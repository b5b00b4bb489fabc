"""Products in an admin's hands: added, edited by two at once, switched off, given new secrets."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from auth_service.house import House
from auth_service.products.own import register_own_products
from auth_service.products.product import Product as Registered
from auth_service.tests.administration.desk import Desk
from auth_service.tests.conftest import Member, MovableClock
from auth_service.tests.product import BACKEND, Product
from auth_service.tests.visitor import Visitor
from auth_service.trail.deed import Deed
from auth_service.trail.entry import TrailEntry

DEN = {"client_name": "Den", "redirect_uris": ["https://den.example/cb"]}


def answers(client: TestClient, client_id: str, secret: str) -> str:
    """What the token endpoint says to these credentials."""
    form = {"grant_type": "authorization_code", "code": "none"}
    error: str = client.post("/token", data=form, auth=(client_id, secret)).json()["error"]
    return error


def known(client: TestClient, client_id: str, secret: str) -> bool:
    return answers(client, client_id, secret) == "invalid_grant"


def deeds(house: House, client_id: str) -> list[TrailEntry]:
    with house.database.reading() as session:
        return list(session.scalars(select(TrailEntry).where(TrailEntry.client_id == client_id).order_by("id")))


def test_a_product_is_added_and_its_secret_is_told_once(desk: Desk, ann: Member) -> None:
    added = desk.post("/products", **DEN, trusted=True, roles=["manager"], people=[ann.id])
    assert added.status_code == 201
    assert added.headers["Cache-Control"] == "no-store"
    product = added.json()
    secret = product.pop("client_secret")
    assert known(desk.client, product["client_id"], secret)
    shown = desk.get(f"/products/{product['client_id']}").json()
    assert shown == product
    assert shown["people"] == [{"id": ann.id, "name": "Ann Budgie"}]
    assert (shown["has_secret"], shown["active"], shown["is_ours"], shown["version"]) == (True, True, False, 1)
    assert secret not in desk.get("/products").text


def test_products_are_found_by_part_of_their_name_page_by_page(desk: Desk) -> None:
    names = [one["client_name"] for one in desk.every("/products", limit=2)]
    assert names == sorted(names, key=str.casefold)
    assert {"aTES", "Perch Shop", "Wiki"} <= set(names)
    assert [one["client_id"] for one in desk.get("/products", q="PERCH").json()["items"]] == ["shop"]
    assert desk.get("/products", q="%").json() == {"items": [], "next": None}


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"redirect_uris": ["http://evil.example/cb"]}, "redirect_uris.0"),
        ({"redirect_uris": ["https://x.example/cb", "https://x.example/cb"]}, "redirect_uris"),
        ({"scope": "openid gropus"}, "scope"),
        ({"roles": ["king"]}, "roles.0"),
        ({"people": ["nobody"]}, "people.0"),
        ({"colour": "red"}, "colour"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "jwks"),
        ({"redirect_uris": [], "grant_types": ["authorization_code"]}, "redirect_uris"),
        ({"client_name": "bell\a"}, "client_name"),
        ({"client_name": "nul\0"}, "client_name"),
    ],
)
def test_what_is_wrong_is_named_by_field_when_added_and_when_edited(
    desk: Desk, members: dict[str, Any], field: str
) -> None:
    for answer in (desk.post("/products", **DEN | members), desk.patch("/products/shop", **members)):
        assert answer.status_code == 422
        assert answer.json()["type"] == "/problems/invalid-input"
        assert field in [error["field"] for error in answer.json()["errors"]]
        assert not any(error["message"].startswith("Value error") for error in answer.json()["errors"])


def test_an_edit_changes_what_it_names_and_is_remembered(desk: Desk, house: House, ada: Member) -> None:
    before = desk.get("/products/shop").json()
    edited = desk.patch("/products/shop", client_name="Perch Store", client_uri=None, roles=["worker"]).json()
    assert edited.pop("client_secret") is None
    assert edited == before | {"client_name": "Perch Store", "client_uri": None, "roles": ["worker"], "version": 2}
    last = deeds(house, "shop")[-1]
    assert (last.what, last.by_person_id, last.device) == (Deed.PRODUCT_EDITED, ada.id, "Nest 1.0")
    assert last.details == {
        "client_name": {"from": "Perch Shop", "to": "Perch Store"},
        "client_uri": {"from": "https://shop.example/", "to": None},
        "roles": {"from": [], "to": ["worker"]},
    }


def test_an_edit_that_changes_nothing_is_no_deed(desk: Desk, house: House) -> None:
    before = len(deeds(house, "shop"))
    assert desk.patch("/products/shop", client_name="Perch Shop").json()["version"] == 1
    assert len(deeds(house, "shop")) == before


def test_who_edits_what_somebody_else_has_changed_is_told(desk: Desk) -> None:
    """A lost update: both looked at version 1."""
    assert desk.patch("/products/shop", client_name="Hers", version=1).status_code == 200
    late = desk.patch("/products/shop", client_name="His", version=1)
    assert (late.status_code, late.json()["type"]) == (409, "/problems/changed-meanwhile")
    assert desk.patch("/products/shop", client_name="His", version=2).json()["client_name"] == "His"


def test_of_many_edits_of_one_version_at_once_one_wins(desk: Desk) -> None:
    def edit(number: int) -> int:
        return desk.patch("/products/shop", client_name=f"Shop {number}", version=1).status_code

    with ThreadPoolExecutor(6) as threads:
        statuses = sorted(threads.map(edit, range(6)))
    assert statuses == [200, 409, 409, 409, 409, 409]
    assert desk.get("/products/shop").json()["version"] == 2


def test_edits_of_different_members_at_once_all_stay(desk: Desk) -> None:
    wanted: list[dict[str, Any]] = [{"client_name": "Store"}, {"trusted": False}, {"roles": ["admin"]}]
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda members: desk.patch("/products/shop", **members), wanted))
    shop = desk.get("/products/shop").json()
    assert (shop["client_name"], shop["trusted"], shop["roles"], shop["version"]) == ("Store", False, ["admin"], 4)


def test_the_old_secret_is_good_for_as_long_as_was_said(
    desk: Desk, client: TestClient, shop: Product, clock: MovableClock
) -> None:
    old = shop.secret or ""
    made = desk.post("/products/shop/secret", overlap_seconds=3600)
    new = made.json()["client_secret"]
    assert made.status_code == 201
    assert made.json()["previous_secret_expires_at"] == "2026-03-02T10:00:00Z"
    assert desk.get("/products/shop").json()["previous_secret_expires_at"] == "2026-03-02T10:00:00Z"
    assert (known(client, "shop", old), known(client, "shop", new)) == (True, True)
    clock.advance(seconds=3599)
    assert known(client, "shop", old)
    clock.advance(seconds=1)
    assert (answers(client, "shop", old), known(client, "shop", new)) == ("invalid_client", True)


def test_a_stolen_secret_is_dead_at_once(desk: Desk, client: TestClient, shop: Product) -> None:
    desk.post("/products/shop/secret", overlap_seconds=3600)
    answer = desk.post("/products/shop/secret", overlap_seconds=0).json()
    assert answer["previous_secret_expires_at"] is None
    assert answers(client, "shop", shop.secret or "") == "invalid_client"
    assert known(client, "shop", answer["client_secret"])


def test_a_third_secret_ends_the_first(desk: Desk, client: TestClient, shop: Product) -> None:
    second = desk.post("/products/shop/secret", overlap_seconds=3600).json()["client_secret"]
    third = desk.post("/products/shop/secret", overlap_seconds=3600).json()["client_secret"]
    assert answers(client, "shop", shop.secret or "") == "invalid_client"
    assert (known(client, "shop", second), known(client, "shop", third)) == (True, True)


def test_a_button_pressed_twice_does_not_end_the_first_secret(desk: Desk, client: TestClient, shop: Product) -> None:
    seen = desk.get("/products/shop").json()["version"]
    answers = [desk.post("/products/shop/secret", overlap_seconds=3600, version=seen) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 409]
    assert answers[1].json()["type"] == "/problems/changed-meanwhile"
    assert known(client, "shop", shop.secret or "")


def test_a_product_without_a_secret_gets_none(desk: Desk) -> None:
    answer = desk.post("/products/app/secret", overlap_seconds=0)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/has-no-secret")
    for wrong in (-1, 2_592_001, "soon"):
        assert desk.post("/products/shop/secret", overlap_seconds=wrong).status_code == 422


def test_a_public_product_that_learns_to_keep_a_secret_is_told_one(desk: Desk, client: TestClient) -> None:
    told = desk.patch("/products/app", token_endpoint_auth_method="client_secret_basic").json()
    assert known(client, "app", told["client_secret"])
    forgets = desk.patch("/products/app", token_endpoint_auth_method="none").json()
    assert (forgets["has_secret"], forgets["client_secret"]) == (False, None)


def test_a_product_that_is_switched_off_is_shut_at_once_and_may_come_back(
    desk: Desk, client: TestClient, visitor: Visitor, wiki: Product, ann: Member, house: House
) -> None:
    tokens = visitor.tokens_for(wiki, ann.beak)
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert client.get("/userinfo", headers=bearer).status_code == 200
    assert desk.patch("/products/wiki", active=False).json()["active"] is False
    assert wiki.refresh(tokens["refresh_token"]).json()["error"] == "invalid_client"
    assert client.get("/userinfo", headers=bearer).status_code == 401
    page = visitor.opens(wiki, nonce="after")
    assert (page.status_code, "Wiki was switched off" in page.text) == (400, True)
    assert desk.patch("/products/wiki", active=True).json()["active"] is True
    assert wiki.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant", "what was open stays shut"
    assert visitor.opens(wiki, nonce="again").status_code == 303
    assert [one.what for one in deeds(house, "wiki")][-2:] == [Deed.PRODUCT_DISABLED, Deed.PRODUCT_ENABLED]


def test_a_token_of_its_own_dies_with_the_product(desk: Desk, client: TestClient) -> None:
    robot = desk.post("/products", client_name="Robot", scope="people:read").json()
    credentials = (robot["client_id"], robot["client_secret"])
    form = {"grant_type": "client_credentials"}
    token = client.post("/token", data=form, auth=credentials).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.get("/people", headers=bearer).status_code == 200
    desk.patch(f"/products/{robot['client_id']}", active=False)
    assert client.get("/people", headers=bearer).status_code == 401
    assert client.post("/token", data=form, auth=credentials).json()["error"] == "invalid_client"


def test_the_houses_own_products_are_changed_in_the_settings(desk: Desk) -> None:
    for client_id in ("frontend", "backend"):
        assert desk.get(f"/products/{client_id}").json()["is_ours"] is True
        for answer in (
            desk.patch(f"/products/{client_id}", client_name="Mine"),
            desk.patch(f"/products/{client_id}", active=False),
            desk.post(f"/products/{client_id}/secret", overlap_seconds=0),
        ):
            assert (answer.status_code, answer.json()["type"]) == (409, "/problems/own-product")


def test_a_start_keeps_the_day_on_which_an_own_product_came(house: House, clock: MovableClock) -> None:
    clock.advance(days=30)
    with house.database.writing() as session:
        register_own_products(session, house.settings, at=clock())
    with house.database.reading() as session:
        assert (clock() - session.get_one(Registered, "backend").created_at).days == 30


def test_what_is_not_there_is_not_found(desk: Desk) -> None:
    assert desk.get("/products/nothing").status_code == 404
    assert desk.patch("/products/nothing", client_name="X").status_code == 404
    assert desk.post("/products/nothing/secret", overlap_seconds=0).status_code == 404
    assert desk.post("/products/nothing/sign-in-test").status_code == 404


def test_a_redirect_uri_is_checked_as_it_is_typed(desk: Desk) -> None:
    assert desk.post("/redirect-uri-check", redirect_uri="https://x.example/cb").json() == {
        "ok": True,
        "problem": "",
        "hint": "",
    }
    wrong = desk.post("/redirect-uri-check", redirect_uri="https://x.example/cb#now").json()
    assert (wrong["ok"], wrong["problem"]) == (False, "The URI has a fragment.")


def test_a_sign_in_is_tried_without_issuing_anything(desk: Desk, house: House, ada: Member) -> None:
    with house.database.reading() as session:
        before = {table: session.execute(table.select()).all() for table in Registered.metadata.sorted_tables}
    tried = desk.post("/products/shop/sign-in-test").json()
    assert all(check["ok"] for check in tried["checks"][:-1])
    assert [check["name"] for check in tried["checks"]][:3] == ["client_id", "redirect_uri", "repetition"]
    assert tried["scope"].startswith("openid profile")
    assert tried["userinfo"]["email"] == ada.email
    claims = tried["id_token_claims"]
    assert (claims["aud"], claims["sub"], claims["name"], claims["role"]) == ("shop", ada.id, ada.name, "admin")
    assert {"iss", "iat", "exp", "auth_time", "sid", "nonce"} <= set(claims)
    with house.database.reading() as session:
        after = {table: session.execute(table.select()).all() for table in Registered.metadata.sorted_tables}
    assert after == before


@pytest.mark.parametrize(
    ("change", "redirect_uri", "failing"),
    [
        ({}, "https://evil.example/", "redirect_uri"),
        ({"roles": ["worker"]}, None, "entry"),
        ({"active": False}, None, "client_id"),
        ({"redirect_uris": [], "grant_types": ["client_credentials"]}, None, "redirect_uri"),
        ({"grant_types": ["client_credentials"]}, None, "response_type"),
    ],
)
def test_a_sign_in_that_would_fail_says_where(
    desk: Desk, change: dict[str, Any], redirect_uri: str | None, failing: str
) -> None:
    assert desk.patch("/products/shop", **change).status_code == 200
    tried = desk.post("/products/shop/sign-in-test", redirect_uri=redirect_uri).json()
    last = tried["checks"][-1]
    assert (last["name"], last["ok"], tried["id_token_claims"], tried["userinfo"]) == (failing, False, {}, {})
    assert last["detail"]


def test_sign_outs_that_could_not_arrive_are_pointed_out(desk: Desk) -> None:
    desk.patch("/products/shop", backchannel_logout_uri="https://10.0.0.1/logout")
    tried = desk.post("/products/shop/sign-in-test").json()
    assert tried["checks"][-1]["name"] == "backchannel_logout_uri"
    assert "not on the public internet" in tried["checks"][-1]["detail"]
    assert tried["id_token_claims"]


def test_the_backends_token_administers_nothing(client: TestClient) -> None:
    token = client.post("/token", data={"grant_type": "client_credentials"}, auth=BACKEND).json()["access_token"]
    assert client.get("/products", headers={"Authorization": f"Bearer {token}"}).status_code == 403


def test_keys_by_address_take_the_place_of_keys_by_value(desk: Desk) -> None:
    keys = {"jwks_uri": "https://shop.example/jwks", "token_endpoint_auth_method": "private_key_jwt"}
    changed = desk.patch("/products/shop", **keys, userinfo_signed_response_alg="ES256").json()
    assert (changed["jwks"], changed["jwks_uri"], changed["has_secret"]) == (None, keys["jwks_uri"], False)
    assert changed["userinfo_signed_response_alg"] == "ES256"
    assert desk.patch("/products/shop", client_name="Store").json()["jwks_uri"] == keys["jwks_uri"]
    back = desk.patch("/products/shop", jwks_uri=None, token_endpoint_auth_method="client_secret_basic").json()
    assert (back["jwks_uri"], bool(back["client_secret"])) == (None, True)
