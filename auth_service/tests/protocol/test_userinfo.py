"""Userinfo by POST: the token in the header, or in the form, never both and never in the URL."""

from fastapi.testclient import TestClient

from auth_service.tests.conftest import Member
from auth_service.tests.product import BACKEND, Product
from auth_service.tests.visitor import Visitor


def test_a_token_for_userinfo_may_come_in_the_form(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member
) -> None:
    token = visitor.tokens_for(shop, ann.beak)["access_token"]
    form, header = {"access_token": token}, {"Authorization": f"Bearer {token}"}
    assert client.post("/userinfo", data=form).json()["sub"] == ann.id
    twice = client.post("/userinfo", data=form, headers=header)
    assert (twice.status_code, twice.json()["type"]) == (400, "/problems/token-given-twice")
    assert client.post("/userinfo", data={"access_token": token + "x"}).status_code == 401
    assert client.get("/userinfo", params=form).status_code == 401, "never in the URL"


def test_tokens_of_other_kinds_are_refused_in_the_form_as_well(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member
) -> None:
    issued = visitor.tokens_for(shop, ann.beak)
    for name in ("id_token", "refresh_token"):
        assert client.post("/userinfo", data={"access_token": issued[name]}).status_code == 401
    of_a_product = client.post("/token", data={"grant_type": "client_credentials"}, auth=BACKEND).json()
    assert client.post("/userinfo", data={"access_token": of_a_product["access_token"]}).status_code == 403
