"""The strict token module against forged tokens of many kinds, cross-checked with joserfc."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from auth_service.house import House
from auth_service.keys import tokens
from auth_service.keys.tokens import TokenRefused
from auth_service.tests.conftest import Member, MovableClock
from auth_service.tests.product import BACKEND, ISSUER, Product
from auth_service.tests.visitor import Visitor

REQUIRED = ("iss", "sub", "aud", "jti", "client_id", "scope")


class Forge:
    """Makes tokens that are right but for one thing. The own keys are ours to sign with; `stranger` is not."""

    def __init__(self, house: House, ann: Member) -> None:
        self.house, self.signer = house, house.keyring.signer("ES256")
        now = int(house.clock().timestamp())
        self.claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": ISSUER,
            "sub": ann.id,
            "client_id": "backend",
            "scope": "people:read",
            "jti": "one",
            "iat": now,
            "exp": now + 300,
            "ver": 1,
        }
        self.stranger = ECKey.generate_key("P-256")

    def signed(self, claims: dict[str, Any] | None = None, **header: Any) -> str:
        """With our own key, whatever the header says."""
        given = {"alg": "ES256", "kid": self.signer.kid, "typ": "at+jwt"} | header
        parts = [encoded({name: value for name, value in given.items() if value is not None})]
        parts.append(encoded(self.claims if claims is None else claims))
        signature = self.signer.key.sign(".".join(parts).encode())
        return ".".join([*parts, b64(signature)])

    def without(self, name: str) -> str:
        return self.signed({key: value for key, value in self.claims.items() if key != name})

    def changed(self, **claims: Any) -> str:
        return self.signed(self.claims | claims)

    def by_stranger(self, **header: Any) -> str:
        given = {"alg": "ES256", "kid": self.signer.kid, "typ": "at+jwt"} | header
        return jwt.encode(given, self.claims, self.stranger)

    def with_signature(self, header: dict[str, Any], signature: Callable[[bytes], bytes]) -> str:
        message = f"{encoded(header)}.{encoded(self.claims)}"
        return f"{message}.{b64(signature(message.encode()))}"

    def hmac_with_public_key(self) -> str:
        """The oldest confusion: HS256, with the public key for a secret."""
        public = next(key for key in self.house.keyring.jwks()["keys"] if key["kid"] == self.signer.kid)
        pem = ECKey.import_key(public).as_pem(private=False)
        header = {"alg": "HS256", "kid": self.signer.kid, "typ": "at+jwt"}
        return self.with_signature(header, lambda message: hmac.digest(pem, message, "sha256"))

    def by_rsa_under_ec_kid(self) -> str:
        header = {"alg": "RS256", "kid": self.signer.kid, "typ": "at+jwt"}
        return self.with_signature(header, self.house.keyring.signer("RS256").key.sign)

    def tampered(self) -> str:
        header, _, signature = self.signed().split(".")
        return f"{header}.{encoded(self.claims | {'scope': 'people:write'})}.{signature}"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def encoded(value: Any) -> str:
    return b64(json.dumps(value).encode())


FORGERIES: dict[str, Callable[[Forge], str]] = {
    "empty": lambda _: "",
    "not a token": lambda _: "abc",
    "two parts": lambda forge: forge.signed().rsplit(".", 1)[0],
    "four parts": lambda forge: forge.signed() + ".x",
    "no signature": lambda forge: forge.signed().rsplit(".", 1)[0] + ".",
    "truncated": lambda forge: forge.signed()[:-2],
    "padded": lambda forge: forge.signed() + "==",
    "with a space": lambda forge: forge.signed() + " x",
    "oversized": lambda forge: forge.changed(filler="x" * 5000),
    "tampered claims": Forge.tampered,
    "signature of another token": lambda forge: (
        forge.signed().rsplit(".", 1)[0] + "." + forge.changed(x=1).rsplit(".", 1)[1]
    ),
    "by a stranger under our kid": lambda forge: forge.by_stranger(),
    "by a stranger with the key inside": lambda forge: forge.by_stranger(jwk=forge.stranger.as_dict(private=False)),
    "alg none": lambda forge: forge.with_signature(
        {"alg": "none", "kid": forge.signer.kid, "typ": "at+jwt"}, lambda _: b"x"
    ),
    "alg nOnE": lambda forge: forge.signed(alg="nOnE"),
    "no alg": lambda forge: forge.signed(alg=None),
    "alg as a list": lambda forge: forge.signed(alg=["ES256"]),
    "hmac with the public key": Forge.hmac_with_public_key,
    "hmac with an empty key": lambda forge: forge.with_signature(
        {"alg": "HS256", "kid": forge.signer.kid, "typ": "at+jwt"}, lambda m: hmac.new(b"", m, hashlib.sha256).digest()
    ),
    "our rsa key under the kid of ec": Forge.by_rsa_under_ec_kid,
    "alg of another curve": lambda forge: forge.signed(alg="ES384"),
    "no kid": lambda forge: forge.signed(kid=None),
    "unknown kid": lambda forge: forge.signed(kid="nobody"),
    "kid as a number": lambda forge: forge.signed(kid=1),
    "kid as a path": lambda forge: forge.signed(kid="../../dev/null"),
    "no typ": lambda forge: forge.signed(typ=None),
    "typ of an id token": lambda forge: forge.signed(typ="JWT"),
    "typ of a logout token": lambda forge: forge.signed(typ="logout+jwt"),
    "typ in capitals": lambda forge: forge.signed(typ="AT+JWT"),
    "unknown crit": lambda forge: forge.signed(crit=["exp"]),
    "b64 false": lambda forge: forge.signed(b64=False, crit=["b64"]),
    "jku": lambda forge: forge.signed(jku="https://evil.example/jwks"),
    "x5u": lambda forge: forge.signed(x5u="https://evil.example/cert"),
    "zip": lambda forge: forge.signed(zip="DEF"),
    "header is a list": lambda forge: f"{encoded([1])}.{encoded(forge.claims)}.eA",
    "header is no json": lambda forge: f"{b64(b'{')}.{encoded(forge.claims)}.eA",
    "claims are a list": lambda forge: forge.signed([1]),  # type: ignore[arg-type]
    "deeply nested header": lambda _: f"{b64(b'[' * 2500)}.eA.eA",
    **{f"no {name}": lambda forge, name=name: forge.without(name) for name in (*REQUIRED, "exp", "iat")},  # type: ignore[misc]
    "foreign issuer": lambda forge: forge.changed(iss="https://evil.example"),
    "issuer with a slash": lambda forge: forge.changed(iss=ISSUER + "/"),
    "issuer as a list": lambda forge: forge.changed(iss=[ISSUER]),
    "foreign audience": lambda forge: forge.changed(aud="backend"),
    "audience as a list": lambda forge: forge.changed(aud=[ISSUER, "backend"]),
    "empty subject": lambda forge: forge.changed(sub=""),
    "subject as a number": lambda forge: forge.changed(sub=1),
    "expired": lambda forge: forge.changed(exp=forge.claims["iat"]),
    "expiry as text": lambda forge: forge.changed(exp=str(forge.claims["exp"])),
    "expiry as true": lambda forge: forge.changed(exp=True),
    "expiry as infinity": lambda forge: forge.changed(exp=float("inf")),
    "issued in the future": lambda forge: forge.changed(iat=forge.claims["iat"] + 120),
    "not valid yet": lambda forge: forge.changed(nbf=forge.claims["iat"] + 120),
    "nbf as text": lambda forge: forge.changed(nbf="soon"),
}


@pytest.fixture
def forge(house: House, ann: Member) -> Forge:
    return Forge(house, ann)


def read(token: str, house: House) -> tokens.Claims:
    return tokens.read(
        token,
        keyring=house.keyring,
        typ=tokens.ACCESS,
        issuer=ISSUER,
        audience=ISSUER,
        required=REQUIRED,
        now=house.clock(),
    )


@pytest.mark.parametrize("kind", FORGERIES)
def test_a_forged_token_is_refused(forge: Forge, house: House, kind: str) -> None:
    with pytest.raises(TokenRefused):
        read(FORGERIES[kind](forge), house)


def test_what_the_forge_makes_is_right_but_for_the_one_thing(forge: Forge, house: House) -> None:
    assert read(forge.signed(), house) == forge.claims


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_our_tokens_read_the_same_with_joserfc(forge: Forge, house: House) -> None:
    for algorithm in ("RS256", "ES256", "EdDSA"):
        token = tokens.issue(forge.claims, signer=house.keyring.signer(algorithm), typ="at+jwt")
        keys = KeySet.import_key_set(dict(house.keyring.jwks()))  # type: ignore[arg-type]
        assert jwt.decode(token, keys, algorithms=[algorithm]).claims == forge.claims == read(token, house)


def test_a_forged_token_opens_no_door(forge: Forge, client: TestClient) -> None:
    for kind, make in FORGERIES.items():
        token = make(forge)
        headers = {"Authorization": f"Bearer {token}"}
        assert client.get("/people", headers=headers).status_code == 401, kind


def test_tokens_of_other_kinds_are_no_access_tokens(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member
) -> None:
    issued = visitor.tokens_for(shop, ann.beak)
    for name in ("id_token", "refresh_token"):
        headers = {"Authorization": f"Bearer {issued[name]}"}
        assert client.get("/userinfo", headers=headers).status_code == 401


def test_a_token_of_a_rotated_key_is_read_until_it_expires(
    client: TestClient, house: House, clock: MovableClock
) -> None:
    from auth_service.keys.rotation import make_spares, rotate

    answer = client.post("/token", data={"grant_type": "client_credentials"}, auth=BACKEND).json()
    headers = {"Authorization": f"Bearer {answer['access_token']}"}
    before = {key["kid"] for key in client.get("/jwks").json()["keys"]}
    with house.database.writing() as session:
        rotate(session, make_spares(sealing=house.keys.sealing, at=clock()), at=clock())
    house.keyring.forget()
    assert client.get("/people", headers=headers).status_code == 200
    newer = client.post("/token", data={"grant_type": "client_credentials"}, auth=BACKEND).json()["access_token"]
    kid = json.loads(base64.urlsafe_b64decode(newer.split(".")[0] + "=="))["kid"]
    assert kid in before, "the next key was published before it signed"
    assert len(client.get("/jwks").json()["keys"]) == 9
    clock.advance(hours=2)
    house.keyring.forget()
    assert len(client.get("/jwks").json()["keys"]) == 6


def test_jwks_holds_public_keys_only(client: TestClient) -> None:
    for key in client.get("/jwks").json()["keys"]:
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & set(key)
        assert key["use"] == "sig"
