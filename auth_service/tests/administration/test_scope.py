"""The scope `administration`: for admins, and for people only."""

from fastapi.testclient import TestClient

from auth_service.house import House
from auth_service.products.registration import ClientMetadata, register
from auth_service.tests.conftest import Member
from auth_service.tests.product import ISSUER, Product, payload_of
from auth_service.tests.visitor import Visitor


def test_an_admin_gets_a_token_to_administer_with(visitor: Visitor, frontend: Product, ada: Member) -> None:
    tokens = visitor.tokens_for(frontend, ada.beak)
    narrowed = frontend.refresh(tokens["refresh_token"], scope="people:write administration").json()
    claims = payload_of(narrowed["access_token"])
    assert (claims["aud"], claims["scope"], claims["sub"]) == (ISSUER, "people:write administration", ada.id)


def test_who_is_no_admin_gets_none(visitor: Visitor, shop: Product, boss: Member) -> None:
    granted = visitor.tokens_for(shop, boss.beak, scope="openid administration")
    assert granted["scope"] == "openid"


def test_a_product_that_speaks_for_itself_gets_none(house: House, client: TestClient) -> None:
    robot = ClientMetadata(client_id="robot", client_name="Robot", scope="people:read administration")
    with house.database.writing() as session:
        _, secret = register(session, robot, trusted=True, at=house.clock())
    form = {"grant_type": "client_credentials"}
    answer = client.post("/token", data=form, auth=("robot", secret or ""))
    assert answer.json()["scope"] == "people:read"
    refused = client.post("/token", data=form | {"scope": "administration"}, auth=("robot", secret or ""))
    assert refused.json()["error"] == "invalid_scope"
