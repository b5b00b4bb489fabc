"""Userinfo by POST: the token in the header, or in the form, never both and never in the URL."""

import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import KeySet

from auth_service.house import House
from auth_service.keys.tokens import IDENTITY, TokenRefused, read
from auth_service.products.registration import ClientMetadata, register
from auth_service.tests.conftest import Member
from auth_service.tests.product import BACKEND, ISSUER, Product
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


def vault(algorithm: str, client: TestClient, house: House) -> Product:
    """A product that wants what it hears of people to be signed."""
    metadata = ClientMetadata(
        client_id="vault",
        redirect_uris=["https://vault.example/cb"],
        userinfo_signed_response_alg=algorithm,
    )
    with house.database.writing() as session:
        _, secret = register(session, metadata, trusted=True, at=house.clock())
    return Product(client, "vault", secret, "https://vault.example/cb")


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_userinfo_is_signed_for_a_product_that_wants_it_so(
    client: TestClient, house: House, visitor: Visitor, ann: Member, algorithm: str
) -> None:
    token = visitor.tokens_for(vault(algorithm, client, house), ann.beak)["access_token"]
    header = {"Authorization": f"Bearer {token}"}
    for answer in (client.get("/userinfo", headers=header), client.post("/userinfo", headers=header)):
        assert answer.headers["Content-Type"] == "application/jwt"
        told = jwt.decode(answer.text, KeySet.import_key_set(client.get("/jwks").json()), algorithms=[algorithm])
        assert told.header["alg"] == algorithm
        assert (told.claims["iss"], told.claims["aud"], told.claims["sub"]) == (ISSUER, "vault", ann.id)
        assert told.claims["email"] == ann.email


def test_signed_userinfo_is_no_id_token_hint(client: TestClient, house: House, visitor: Visitor, ann: Member) -> None:
    token = visitor.tokens_for(vault("RS256", client, house), ann.beak)["access_token"]
    told = client.get("/userinfo", headers={"Authorization": f"Bearer {token}"}).text
    with pytest.raises(TokenRefused):
        read(
            told,
            keyring=house.keyring,
            typ=IDENTITY,
            issuer=ISSUER,
            audience="vault",
            required=("iss", "sub", "aud"),
            now=house.clock(),
            expired_is_fine=True,
        )
