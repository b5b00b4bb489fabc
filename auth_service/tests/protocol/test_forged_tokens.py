"""Forged tokens of every kind against every place of this service that takes a token."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from jose import jwk
from joserfc.jwk import ECKey

from auth_service.house import House
from auth_service.keys.tokens import LOGOUT, issue
from auth_service.people.bearer import REQUIRED_CLAIMS
from auth_service.products.registration import ClientMetadata, register
from auth_service.protocol.client_assertion import ASSERTION_TYPE
from auth_service.tests.conftest import Member
from auth_service.tests.forge import forge_after
from auth_service.tests.product import ISSUER, Product, query_of
from auth_service.tests.visitor import Visitor
from forged_tokens import Forge, forgeries

pytestmark = pytest.mark.thorough

BYE = "https://shop.example/bye"
# Introspection and revocation are for tokens of every API.
ANY_AUDIENCE = frozenset({"another audience", "audience twice, the last one another"})
TRIMMED = frozenset({"a space at the end", "a newline at the end"})  # from every header, by HTTP itself


@dataclass(frozen=True)
class Issued:
    """What one sign-in of an admin brought, and tokens of other kinds that are all true in their own place."""

    tokens: Mapping[str, str]
    access: Forge
    identity: Forge
    logout_token: str

    @property
    def no_access_tokens(self) -> dict[str, str]:
        return {
            "the ID token": self.tokens["id_token"],
            "the refresh token": self.tokens["refresh_token"],
            "a logout token": self.logout_token,
        }

    @property
    def no_id_tokens(self) -> dict[str, str]:
        return {
            "the access token": self.tokens["access_token"],
            "the refresh token": self.tokens["refresh_token"],
            "a logout token": self.logout_token,
        }


@pytest.fixture
def issued(house: House, visitor: Visitor, shop: Product, ada: Member) -> Issued:
    tokens = visitor.tokens_for(shop, ada.beak, scope="openid profile offline_access people:read people:write")
    identity = forge_after(tokens["id_token"], house, required=("iss", "sub", "aud", "sid", "exp", "iat"))
    return Issued(
        tokens=tokens,
        access=forge_after(tokens["access_token"], house, required=(*REQUIRED_CLAIMS, "exp", "iat", "ver")),
        identity=identity,
        logout_token=issue(
            {**identity.claims, "events": {}, "jti": "x"}, signer=house.keyring.signer("RS256"), typ=LOGOUT
        ),
    )


def ways_in(forged: Mapping[str, str], opens: Callable[[str], bool]) -> list[str]:
    return [kind for kind, token in forged.items() if opens(token)]


def in_header(token: str) -> dict[bytes, bytes]:
    return {b"Authorization": f"Bearer {token}".encode()}


# --- access tokens ----------------------------------------------------------------------------------------------------


def forged_access(issued: Issued, *, forgiven: frozenset[str] = frozenset()) -> dict[str, str]:
    older = {f"ver {ver}": issued.access.claiming(ver=ver) for ver in (0, -1, 2, "1", None)}
    unknown = {"jti of no admission": issued.access.claiming(jti="01900000-0000-7000-8000-000000000000.x")}
    return forgeries(issued.access, forgiven=forgiven) | issued.no_access_tokens | older | unknown


def test_at_userinfo_in_the_header(client: TestClient, issued: Issued) -> None:
    def opens(token: str) -> bool:
        return any(
            client.request(method, "/userinfo", headers=in_header(token)).status_code != 401
            for method in ("GET", "POST")
        )

    assert opens(issued.access.true())
    assert ways_in(forged_access(issued, forgiven=TRIMMED), opens) == []


def test_at_userinfo_in_the_form(client: TestClient, issued: Issued) -> None:
    def opens(token: str) -> bool:
        return client.post("/userinfo", data={"access_token": token}).status_code != 401

    assert opens(issued.access.true())
    assert ways_in(forged_access(issued), opens) == []


def test_at_introspection(shop: Product, issued: Issued) -> None:
    def opens(token: str) -> bool:
        answer = shop.post("/introspection", {"token": token})
        return answer.status_code != 200 or answer.json() != {"active": False}

    forged = forged_access(issued, forgiven=ANY_AUDIENCE | {"empty"})  # which is refused as a missing parameter
    del forged["the refresh token"]  # which may be asked about
    assert opens(issued.access.true())
    assert ways_in(forged, opens) == []


def test_at_revocation(client: TestClient, shop: Product, issued: Issued) -> None:
    """Whatever is not ours is answered like a token that is dead already, and takes nothing away."""
    forged = forged_access(issued, forgiven=ANY_AUDIENCE)
    del forged["the refresh token"]
    answers = {kind: shop.post("/revocation", {"token": token}).status_code for kind, token in forged.items()}
    assert {kind for kind, status in answers.items() if status != 200} == {"empty"}
    assert client.get("/userinfo", headers=in_header(issued.access.true())).status_code == 200
    assert shop.post("/revocation", {"token": issued.access.true()}).status_code == 200
    assert client.get("/userinfo", headers=in_header(issued.access.true())).status_code == 401


FOR_EVERYONE = {"/login", "/jwks", "/token", "/introspection", "/revocation", "/userinfo"}
FOR_EVERYONE |= {"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"}
FOR_EVERYONE |= {"/people/{person_id}/portrait.svg"}
ONE_OF_A_SORT = ("alg none", "by a stranger under our kid", "HS256 with an empty key", "another audience")


def operations(client: TestClient, member: Member) -> list[tuple[str, str]]:
    """Of the REST interface: all that is documented, but for what needs no token or another one."""
    paths = client.get("/openapi.json").json()["paths"]
    return [
        (method, path.replace("{person_id}", member.id).replace("{", "").replace("}", ""))
        for path, methods in paths.items()
        for method in methods
        if path not in FOR_EVERYONE
    ]


def opened_operations(client: TestClient, ann: Member, forged: Mapping[str, str]) -> list[tuple[str, str, str]]:
    found = operations(client, ann)
    assert len(found) >= 7
    return [
        (kind, method, path)
        for kind, token in forged.items()
        for method, path in found
        if client.request(method, path, headers=in_header(token)).status_code != 401
    ]


def test_at_the_rest_interface(client: TestClient, issued: Issued, ann: Member) -> None:
    forged = forged_access(issued, forgiven=TRIMMED)
    sample = {kind: forged[kind] for kind in (*ONE_OF_A_SORT, *issued.no_access_tokens, "ver 0")}
    assert opened_operations(client, ann, sample) == []
    assert client.get("/people", headers=in_header(issued.access.true())).status_code == 200


def test_at_the_rest_interface_with_everything(client: TestClient, issued: Issued, ann: Member) -> None:
    assert opened_operations(client, ann, forged_access(issued, forgiven=TRIMMED)) == []


# --- ID tokens, as hints ----------------------------------------------------------------------------------------------

# A hint may have expired (Core section 3.1.2.1, RP-Initiated Logout section 4).
OLD_IS_FINE = frozenset({"expired a day ago", "expired in 1970", "expiry negative", "expiry twice, the last one past"})


def test_as_a_hint_at_the_authorization_endpoint(client: TestClient, shop: Product, issued: Issued) -> None:
    def answer(token: str) -> Response:
        asked = shop.request(id_token_hint=token, prompt="none", nonce=token_urlsafe(8))
        return client.get(f"/authorize?{urlencode(asked)}")

    def opens(token: str) -> bool:
        return query_of(answer(token).headers.get("Location", "")).get("error") != "invalid_request"

    forgiven = OLD_IS_FINE | {"no sid", "empty", "subject nobody", "oversized", "a hundred thousand dots"}
    assert opens(issued.identity.true())
    assert ways_in(forgeries(issued.identity, forgiven=forgiven) | issued.no_id_tokens, opens) == []
    told = query_of(answer(issued.identity.claiming(sub="01900000-0000-7000-8000-000000000000")).headers["Location"])
    assert told["error"] == "login_required", "whoever is hinted at is not the person who is signed in"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_as_a_hint_at_sign_out(
    client: TestClient, visitor: Visitor, shop: Product, issued: Issued, method: str
) -> None:
    """The person is asked, or told that it can not go on; nobody is signed out and nobody is sent away."""

    def opens(token: str) -> bool:
        asked = {"id_token_hint": token, "post_logout_redirect_uri": BYE}
        given: dict[str, Any] = {"params": asked} if method == "GET" else {"data": asked}
        answer = client.request(method, "/sign-out", **given)
        still_there = visitor.opens(shop, prompt="none", nonce=token_urlsafe(8)).headers["Location"]
        return "Location" in answer.headers or "code" not in query_of(still_there)

    forged = forgeries(issued.identity, forgiven=OLD_IS_FINE) | issued.no_id_tokens
    assert ways_in(forged, opens) == []
    assert opens(issued.identity.true())


# --- client assertions ------------------------------------------------------------------------------------------------

# A kid and a typ are not asked of a product (RFC 7523), JWT is as good a typ as any, and a certificate beside the
# signature is not looked at.
ORDINARY = frozenset({"no kid", "no typ", "x5c", "typ of another token, 0"})


@pytest.mark.parametrize("path", ["/token", "/introspection", "/revocation"])
def test_as_a_client_assertion(house: House, client: TestClient, path: str) -> None:
    key = ECKey.generate_key("P-256", {"kid": "mine", "use": "sig"})
    public = key.as_dict(private=False)
    metadata = {"client_id": "robot", "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [public]}}
    with house.database.writing() as session:
        register(session, ClientMetadata.model_validate(metadata), trusted=True, at=house.clock())
    now = int(house.clock().timestamp())
    claims = {"iss": "robot", "sub": "robot", "aud": ISSUER, "iat": now, "exp": now + 60, "jti": "one"}
    pem = key.as_pem(private=True).decode()
    forge = Forge(
        sign=jwk.construct(pem, "ES256").sign,
        public_jwk=public,
        algorithm="ES256",
        typ="client-authentication+jwt",
        claims=claims,
        required=("iss", "sub", "aud", "exp", "jti"),
        now=now,
    )

    def opens(token: str) -> bool:
        proof = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": token}
        form = {"grant_type": "client_credentials", "token": "x"} if path == "/token" else {"token": "x"}
        return client.post(path, data=proof | form).status_code != 401

    assert ways_in(forgeries(forge, forgiven=ORDINARY), opens) == []
    assert opens(forge.true())
