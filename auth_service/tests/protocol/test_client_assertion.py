"""private_key_jwt: a product proves itself with its own key (RFC 7523 section 3, OpenID Connect Core section 9)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey

from auth_service.house import House
from auth_service.products.registration import ClientMetadata, register
from auth_service.protocol.client_assertion import ASSERTION_TYPE
from auth_service.tests.conftest import Member, MovableClock
from auth_service.tests.product import BACKEND, ISSUER, Product
from auth_service.tests.visitor import Visitor

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")

RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
KEYS: dict[str, Key] = {
    "RS256": RSA,
    "PS256": RSA,
    "PS384": RSA,
    "ES256": ECKey.generate_key("P-256", {"kid": "ec"}),
    "ES384": ECKey.generate_key("P-384", {"kid": "ec384"}),
    "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "okp"}),
}
CREDENTIALS = {"grant_type": "client_credentials"}


@dataclass
class Robot:
    """A product that holds keys instead of a secret."""

    client: TestClient
    now: int

    def claims(self, **changes: Any) -> dict[str, Any]:
        usual = {"iss": "robot", "sub": "robot", "aud": ISSUER, "jti": token_urlsafe(8), "exp": self.now + 60}
        return {name: value for name, value in (usual | changes).items() if value is not None}

    def assertion(
        self, algorithm: str = "ES256", key: Key | None = None, typ: str | None = None, **changes: Any
    ) -> str:
        key = key or KEYS[algorithm]
        header = {"alg": algorithm, "kid": key.kid, "typ": typ}
        header = {name: value for name, value in header.items() if value}
        return jwt.encode(header, self.claims(**changes), key, algorithms=[algorithm])

    def asks(self, assertion: str, path: str = "/token", **form: str) -> Response:
        proof = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
        return self.client.post(path, data=proof | (form or CREDENTIALS))


@pytest.fixture
def robot(house: House, client: TestClient) -> Robot:
    metadata = {
        "client_id": "robot",
        "client_name": "Robot",
        "redirect_uris": ["https://robot.example/cb"],
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [key.as_dict(private=False) for key in {key.kid: key for key in KEYS.values()}.values()]},
        "scope": "openid people:read",
    }
    with house.database.writing() as session:
        _, secret = register(session, ClientMetadata.model_validate(metadata), trusted=True, at=house.clock())
    assert secret is None
    return Robot(client, int(house.clock().timestamp()))


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_product_proves_itself_with_its_own_key(robot: Robot, algorithm: str) -> None:
    assert robot.asks(robot.assertion(algorithm)).json()["scope"] == "openid people:read"


@pytest.mark.parametrize("audience", [f"{ISSUER}/token", [ISSUER], [ISSUER, f"{ISSUER}/token"]])
def test_older_clients_name_the_token_endpoint(robot: Robot, audience: Any) -> None:
    assert robot.asks(robot.assertion(aud=audience)).status_code == 200


def test_the_type_of_an_assertion_may_be_said(robot: Robot) -> None:
    for typ in ("jwt", "client-authentication+jwt"):
        assert robot.asks(robot.assertion(typ=typ)).status_code == 200


def test_the_client_id_may_be_said_beside_it(robot: Robot) -> None:
    assert robot.asks(robot.assertion(), **CREDENTIALS, client_id="robot").status_code == 200
    assert robot.asks(robot.assertion(), **CREDENTIALS, client_id="shop").json()["error"] == "invalid_client"


def test_it_signs_people_in_by_it(client: TestClient, robot: Robot, visitor: Visitor, ann: Member) -> None:
    product = Product(client, "robot", None, "https://robot.example/cb", scope="openid")
    code = visitor.code_for(product, ann.beak)
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": product.verifier}
    answer = robot.asks(robot.assertion(), **form, redirect_uri=product.callback)
    assert answer.json()["id_token"]


def test_it_asks_about_tokens_and_gives_them_back_by_it(robot: Robot) -> None:
    token = robot.asks(robot.assertion()).json()["access_token"]
    for audience in (ISSUER, f"{ISSUER}/introspection"):
        assert robot.asks(robot.assertion(aud=audience), "/introspection", token=token).json()["active"]
    assert robot.asks(robot.assertion(), "/revocation", token=token).status_code == 200
    assert not robot.asks(robot.assertion(), "/introspection", token=token).json()["active"]


def test_an_assertion_is_good_for_once(robot: Robot, clock: MovableClock) -> None:
    assertion = robot.assertion()
    assert robot.asks(assertion).status_code == 200
    again = robot.asks(assertion)
    assert (again.status_code, again.json()["error"]) == (401, "invalid_client")
    assert robot.asks(assertion, "/introspection", token="x").status_code == 401
    clock.advance(seconds=30)
    assert robot.asks(assertion).status_code == 401


def test_of_many_uses_at_once_one_wins(robot: Robot) -> None:
    assertion = robot.assertion()
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(robot.asks, [assertion] * 8))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7


def now_and(seconds: int) -> Any:
    return lambda robot: robot.now + seconds


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "shop"},
        {"sub": "shop"},
        {"iss": None},
        {"sub": None},
        {"iss": "nobody", "sub": "nobody"},
        {"iss": "shop", "sub": "shop"},
        {"aud": None},
        {"aud": "https://evil.example"},
        {"aud": [ISSUER, "https://evil.example"]},
        {"aud": []},
        {"aud": f"{ISSUER}/"},
        {"jti": None},
        {"jti": ""},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": now_and(-60)},
        {"exp": now_and(4000)},
        {"iat": now_and(120)},
        {"nbf": now_and(120)},
    ],
)
def test_an_assertion_that_says_something_wrong_is_refused(robot: Robot, changes: dict[str, Any]) -> None:
    said = {name: value(robot) if callable(value) else value for name, value in changes.items()}
    answer = robot.asks(robot.assertion(**said))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_an_assertion_signed_by_a_stranger_is_refused(robot: Robot) -> None:
    stranger = ECKey.generate_key("P-256", {"kid": "ec"})
    mac = jwt.encode(
        {"alg": "HS256"}, robot.claims(), OctKey.import_key(str(KEYS["RS256"].as_dict(private=False)["n"]))
    )
    for assertion in (robot.assertion(key=stranger), mac, "x", "a.b.c", robot.assertion()[:-4]):
        assert robot.asks(assertion).status_code == 401, assertion


def test_tokens_of_ours_are_no_assertions(robot: Robot) -> None:
    token = robot.asks(robot.assertion()).json()["access_token"]
    assert robot.asks(token).status_code == 401


def test_a_key_is_found_without_its_name(robot: Robot) -> None:
    assertion = jwt.encode({"alg": "ES256"}, robot.claims(), KEYS["ES256"], algorithms=["ES256"])
    assert robot.asks(assertion).status_code == 200


def test_two_authentications_at_once_are_refused(robot: Robot, client: TestClient) -> None:
    proof = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": robot.assertion()}
    with_basic = client.post("/token", data=CREDENTIALS | proof, auth=BACKEND)
    with_secret = client.post("/token", data=CREDENTIALS | proof | {"client_secret": "x"})
    assert [answer.json()["error"] for answer in (with_basic, with_secret)] == ["invalid_request"] * 2


def test_a_product_with_keys_has_no_other_way_in(robot: Robot, client: TestClient) -> None:
    for form in ({"client_id": "robot"}, {"client_id": "robot", "client_secret": "robot"}):
        assert client.post("/token", data=CREDENTIALS | form).json()["error"] == "invalid_client"


def test_an_assertion_of_another_type_is_refused(robot: Robot, client: TestClient) -> None:
    for kind in ({}, {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"}):
        answer = client.post("/token", data=CREDENTIALS | {"client_assertion": robot.assertion()} | kind)
        assert answer.json()["error"] == "invalid_client"


def test_a_product_with_a_secret_is_not_asked_for_keys(robot: Robot) -> None:
    assert robot.asks(robot.assertion(iss="backend", sub="backend")).json()["error"] == "invalid_client"
