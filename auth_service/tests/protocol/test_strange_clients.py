"""What strange clients trip over, each a fact: scripts of other origins, odd credentials, forged hosts, tokens."""

import base64
from urllib.parse import quote

import httpx2
import pytest
from fastapi.testclient import TestClient

from auth_service.house import House
from auth_service.products.product import Product as Registered
from auth_service.products.registration import ClientMetadata, register
from auth_service.protocol.cross_origin import origin_of
from auth_service.tests.conftest import Member
from auth_service.tests.product import BACKEND, ISSUER, Product, payload_of, query_of
from auth_service.tests.visitor import Visitor

HOME = "http://127.0.0.1:9000"  # of the public product `app`
DOCUMENTS = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/jwks")
PLACES = ("/token", "/userinfo", "/revocation")


# --- scripts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", DOCUMENTS)
def test_any_script_reads_the_public_documents(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"Origin": "https://anywhere.example"})
    assert answer.headers.get_list("Access-Control-Allow-Origin") == ["*"]
    assert preflight(client, path, "https://anywhere.example").headers["Access-Control-Allow-Origin"] == "*"


def preflight(client: TestClient, path: str, origin: str) -> httpx2.Response:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    return client.options(path, headers=headers)


@pytest.mark.parametrize("path", PLACES)
def test_a_script_of_a_public_product_may_call(client: TestClient, path: str) -> None:
    asked = preflight(client, path, HOME)
    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Origin"] == HOME
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in asked.headers
    answer = client.post(path, headers={"Origin": HOME})
    assert answer.status_code >= 400, "a refusal has to be readable as well"
    assert answer.headers["Access-Control-Allow-Origin"] == HOME
    assert "WWW-Authenticate" in answer.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize("origin", ["https://evil.example", "https://shop.example", "null", f"{HOME}.evil.example"])
def test_a_script_of_somewhere_else_may_not(client: TestClient, path: str, origin: str) -> None:
    for answer in (preflight(client, path, origin), client.post(path, headers={"Origin": origin})):
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize("path", ["/authorize", "/sign-in", "/introspection", "/login", "/people", "/sign-out"])
def test_other_places_are_not_for_scripts_of_other_origins(client: TestClient, path: str) -> None:
    for answer in (preflight(client, path, HOME), client.get(path, headers={"Origin": HOME})):
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_public_product_signs_someone_in_from_its_script(
    client: TestClient, visitor: Visitor, feather_app: Product, ann: Member
) -> None:
    code = visitor.code_for(feather_app, ann.beak)
    client.headers["Origin"] = HOME
    answer = feather_app.exchange(code)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, HOME)
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    info = client.get("/userinfo", headers=bearer)
    assert (info.json()["sub"], info.headers["Access-Control-Allow-Origin"]) == (ann.id, HOME)


def test_a_new_public_product_is_served_without_a_restart(client: TestClient, house: House) -> None:
    assert "Access-Control-Allow-Origin" not in preflight(client, "/token", "https://new.example").headers
    metadata = ClientMetadata(redirect_uris=["https://new.example:443/cb"], token_endpoint_auth_method="none")
    with house.database.writing() as session:
        register(session, metadata, trusted=False, at=house.clock())
    assert preflight(client, "/token", "https://new.example").headers["Access-Control-Allow-Origin"]


@pytest.mark.parametrize(
    ("uri", "origin"),
    [
        ("https://X.example/cb", "https://x.example"),
        ("https://x.example:443/cb", "https://x.example"),
        ("http://localhost:80/", "http://localhost"),
        ("http://[::1]:3000/cb", "http://[::1]:3000"),
        ("example.app:/cb", None),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(uri: str, origin: str | None) -> None:
    assert origin_of(uri) == origin


# --- credentials ------------------------------------------------------------------------------------------------------

CREDENTIALS = {"grant_type": "client_credentials"}


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


def test_credentials_may_be_percent_encoded_to_the_last_letter(client: TestClient) -> None:
    encoded = ["".join(f"%{ord(letter):02X}" for letter in word) for word in BACKEND]
    assert client.post("/token", data=CREDENTIALS, headers=basic(*encoded)).status_code == 200


def test_our_secrets_and_ids_read_the_same_encoded_or_not(house: House) -> None:
    with house.database.writing() as session:
        product, secret = register(session, ClientMetadata(), trusted=False, at=house.clock())
    assert secret
    assert quote(secret, safe="") == secret
    assert quote(product.client_id, safe="") == product.client_id


@pytest.mark.parametrize("path", ["/token", "/introspection", "/revocation"])
def test_two_authentications_at_once_are_refused_everywhere(client: TestClient, path: str) -> None:
    form = CREDENTIALS | {"token": "x", "client_id": BACKEND[0], "client_secret": BACKEND[1]}
    answer = client.post(path, data=form, auth=BACKEND)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("path", ["/token", "/introspection", "/revocation"])
def test_a_repeated_parameter_is_refused_everywhere(client: TestClient, path: str) -> None:
    form = CREDENTIALS | {"token": ["x", "x"], "scope": "people:read"}
    answer = client.post(path, data=form, auth=BACKEND)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_public_product_names_itself_and_proves_nothing(client: TestClient, feather_app: Product) -> None:
    assert feather_app.refresh("x").json()["error"] == "invalid_grant", "it was let in"
    secret = client.post("/token", data={"grant_type": "refresh_token", "client_id": "app", "client_secret": "x"})
    assert secret.json()["error"] == "invalid_client"


# --- hosts ------------------------------------------------------------------------------------------------------------

FORGED = {
    "Host": "evil.example",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "Forwarded": "host=evil.example;proto=https",
    "X-Original-URL": "/evil.example",
}


def test_a_forged_host_changes_nothing(client: TestClient, visitor: Visitor, shop: Product, ann: Member) -> None:
    honest = {path: client.get(path).text for path in DOCUMENTS}
    client.headers.update(FORGED)
    for path in DOCUMENTS:
        assert client.get(path).text == honest[path]
    page = visitor.opens(shop)
    assert "evil.example" not in page.text + str(page.headers)
    back = visitor.signs_in(page, ann.beak)
    assert query_of(back.headers["Location"])["iss"] == ISSUER
    tokens = shop.exchange(query_of(back.headers["Location"])["code"]).json()
    assert payload_of(tokens["id_token"])["iss"] == payload_of(tokens["access_token"])["iss"] == ISSUER
    assert "evil.example" not in client.get("/sign-out").text


# --- tokens -----------------------------------------------------------------------------------------------------------


def test_a_revoked_access_token_is_dead_everywhere(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member
) -> None:
    token = visitor.tokens_for(shop, ann.beak)["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.get("/userinfo", headers=bearer).status_code == 200
    assert shop.post("/introspection", {"token": token}).json()["active"]
    assert shop.post("/revocation", {"token": token}).status_code == 200
    assert client.get("/userinfo", headers=bearer).status_code == 401
    assert not shop.post("/introspection", {"token": token}).json()["active"]


def test_a_scope_that_was_not_granted_is_in_no_token(visitor: Visitor, shop: Product, ann: Member) -> None:
    tokens = visitor.tokens_for(shop, ann.beak, scope="openid email people:write ates made-up")
    assert tokens["scope"] == payload_of(tokens["access_token"])["scope"] == "openid email"
    assert "name" not in payload_of(tokens["id_token"])


@pytest.mark.parametrize("path", ["/nothing", "/authorize", "/userinfo", "/people", "/static/nothing", "/token/"])
def test_what_is_not_there_or_not_allowed_says_so_by_its_status(client: TestClient, path: str) -> None:
    for accept in ("text/html", "application/json"):
        assert 400 <= client.get(path, headers={"Accept": accept}).status_code < 500


def test_an_error_answer_names_its_issuer(visitor: Visitor, shop: Product) -> None:
    back = query_of(visitor.opens(shop, prompt="none").headers["Location"])
    assert (back["error"], back["iss"], back["state"]) == ("login_required", ISSUER, "a state")


def test_a_product_never_shows_what_it_holds() -> None:
    assert repr(Registered(client_id="x", secret_hash="y")) == "<Product x>"
