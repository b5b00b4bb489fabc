"""Forged tokens of every kind, one list for all who take tokens: each is right but for one thing.

The forge holds the true key, so that nothing but the one thing can be what a verifier refuses. `Forge.true()` is the
token that must be taken. What a place forgives on purpose, it names where it uses the list.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwe, jwt
from joserfc.jwk import ECKey, RSAKey
from joserfc.jwk import import_key as import_jwk

STRANGER = ECKey.generate_key("P-256", {"kid": "stranger"})
STRANGERS_RSA = RSAKey.generate_key(2048, {"kid": "stranger"})
TYPES = ("JWT", "at+jwt", "logout+jwt", "dpop+jwt", "secevent+jwt")
P256_ORDER_BYTES = 32


@dataclass(frozen=True)
class Forge:
    """`sign` makes a JWS signature with the true private key; `other_kid` names a key of another algorithm."""

    sign: Callable[[bytes], bytes]
    public_jwk: Mapping[str, Any]
    algorithm: str
    typ: str
    claims: Mapping[str, Any]
    required: tuple[str, ...]
    other_kid: str = "another"
    now: int = field(kw_only=True)

    @property
    def header(self) -> dict[str, Any]:
        return {"alg": self.algorithm, "kid": self.public_jwk["kid"], "typ": self.typ}

    def true(self) -> str:
        return self.signed(self.header, self.claims)

    def signed(self, header: Any, claims: Any) -> str:
        return self.signed_text(json.dumps(header).encode(), json.dumps(claims).encode())

    def signed_text(self, header: bytes, claims: bytes) -> str:
        message = f"{base64url(header)}.{base64url(claims)}"
        return f"{message}.{base64url(self.sign(message.encode()))}"

    def headed(self, **changes: Any) -> str:
        """None leaves a header out."""
        header = {name: value for name, value in (self.header | changes).items() if value is not None}
        return self.signed(header, self.claims)

    def claiming(self, **changes: Any) -> str:
        return self.signed(self.header, {**self.claims, **changes})

    def without(self, name: str) -> str:
        return self.signed(self.header, {key: value for key, value in self.claims.items() if key != name})

    def with_signature(self, signature: bytes | Callable[[bytes], bytes], **header: Any) -> str:
        message = f"{packed(self.header | header)}.{packed(self.claims)}"
        made = signature(message.encode()) if callable(signature) else signature
        return f"{message}.{base64url(made)}"

    def by_mac(self, secret: bytes) -> str:
        """The oldest confusion: HS256 with something public for a secret."""
        return self.with_signature(lambda message: hmac.digest(secret, message, hashlib.sha256), alg="HS256")

    def by_stranger(self, claims: Mapping[str, Any] | None = None, **header: Any) -> str:
        key, algorithm = (STRANGERS_RSA, "RS256") if self.algorithm == "RS256" else (STRANGER, "ES256")
        given = self.header | {"alg": algorithm} | header
        return jwt.encode(given, dict(claims or self.claims), key, algorithms=[algorithm], registry=None)

    def public_pem(self) -> bytes:
        return bytes(import_jwk(dict(self.public_jwk)).as_pem(private=False))

    def encrypted(self) -> str:
        """A signed token inside an encrypted one, for the same key."""
        key = import_jwk({name: value for name, value in self.public_jwk.items() if name not in ("use", "alg")})
        algorithm = "RSA-OAEP" if self.algorithm == "RS256" else "ECDH-ES"
        header = {"alg": algorithm, "enc": "A128GCM", "kid": self.public_jwk["kid"], "typ": self.typ, "cty": "JWT"}
        return jwe.encrypt_compact(header, self.true(), key)


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def packed(value: Any) -> str:
    return base64url(json.dumps(value).encode())


def parts(forge: Forge) -> list[str]:
    return forge.true().split(".")


def tampered(forge: Forge) -> str:
    header, _, signature = parts(forge)
    return ".".join([header, packed({**forge.claims, "scope": "people:write", "role": "admin"}), signature])


def twice(forge: Forge, name: str, last: Any) -> str:
    """A name that is there twice; readers of JSON take the last one."""
    claims = json.dumps(dict(forge.claims))[:-1] + f", {json.dumps(name)}: {json.dumps(last)}}}"
    return forge.signed_text(json.dumps(forge.header).encode(), claims.encode())


def alg_twice(forge: Forge) -> str:
    header = json.dumps(forge.header)[:-1] + ', "alg": "none"}'
    return forge.signed_text(header.encode(), json.dumps(forge.claims).encode())


Kind = Callable[[Forge], str]

OF_THE_FORM: dict[str, Kind] = {
    "empty": lambda _: "",
    "not a token": lambda _: "parrot",
    "dots alone": lambda _: "..",
    "one part": lambda forge: parts(forge)[0],
    "two parts": lambda forge: ".".join(parts(forge)[:2]),
    "no signature": lambda forge: ".".join([*parts(forge)[:2], ""]),
    "four parts": lambda forge: forge.true() + ".x",
    "five parts": lambda forge: forge.true() + ".x.x",
    "a token in a token": lambda forge: forge.signed(forge.header, forge.true()),
    "an encrypted token": Forge.encrypted,
    "truncated": lambda forge: forge.true()[:-3],
    "without its first letter": lambda forge: forge.true()[1:],
    "padded": lambda forge: forge.true() + "==",
    "a space at the end": lambda forge: forge.true() + " ",
    "a newline at the end": lambda forge: forge.true() + "\n",
    "a newline inside": lambda forge: ".\n".join(parts(forge)),
    "a NUL at the end": lambda forge: forge.true() + "\0",
    "two tokens": lambda forge: f"{forge.true()} {forge.true()}",
    "in standard base64": lambda forge: forge.claiming(x="???>>>").replace("-", "+").replace("_", "/") + "+",
    "full-width letters": lambda forge: forge.true().replace("e", "\N{FULLWIDTH LATIN SMALL LETTER E}"),
    "a zero-width space": lambda forge: forge.true() + "\N{ZERO WIDTH SPACE}",
    "Cyrillic": lambda _: "попуг.попуг.попуг",
    "oversized": lambda forge: forge.claiming(filler="x" * 10_000),
    "a hundred thousand dots": lambda _: "." * 60_000,
}
OF_THE_SIGNATURE: dict[str, Kind] = {
    "claims changed after signing": tampered,
    "header changed after signing": lambda forge: ".".join([packed(forge.header | {"x": 1}), *parts(forge)[1:]]),
    "signature of another token": lambda forge: ".".join([*parts(forge)[:2], forge.claiming(x=1).split(".")[2]]),
    "signature of zeros": lambda forge: forge.with_signature(b"\0" * len(forge.sign(b""))),
    "signature of ones": lambda forge: forge.with_signature(b"\xff" * len(forge.sign(b""))),
    "signature twice": lambda forge: forge.with_signature(lambda message: forge.sign(message) * 2),
    "one byte of signature": lambda forge: forge.with_signature(b"\x01"),
    "alg none": lambda forge: ".".join([packed(forge.header | {"alg": "none"}), parts(forge)[1], ""]),
    "alg none, signed": lambda forge: forge.headed(alg="none"),
    "alg nOnE": lambda forge: ".".join([packed(forge.header | {"alg": "nOnE"}), parts(forge)[1], ""]),
    "alg NONE, signed": lambda forge: forge.headed(alg="NONE"),
    "no alg": lambda forge: forge.headed(alg=None),
    "alg empty": lambda forge: forge.headed(alg=""),
    "alg in other letters": lambda forge: forge.headed(alg=forge.algorithm.lower()),
    "alg as a list": lambda forge: forge.headed(alg=[forge.algorithm]),
    "alg as an object": lambda forge: forge.headed(alg={}),
    "alg of another curve": lambda forge: forge.headed(alg="ES384"),
    "alg of another kind of key": lambda forge: forge.headed(alg="PS256"),
    "alg unknown": lambda forge: forge.headed(alg="ES999"),
    "alg twice": alg_twice,
    "HS256 with the public key as PEM": lambda forge: forge.by_mac(forge.public_pem()),
    "HS256 with the public key as PEM, stripped": lambda forge: forge.by_mac(forge.public_pem().strip()),
    "HS256 with the public key as JSON": lambda forge: forge.by_mac(json.dumps(forge.public_jwk).encode()),
    "HS256 with the key id": lambda forge: forge.by_mac(str(forge.public_jwk["kid"]).encode()),
    "HS256 with an empty key": lambda forge: forge.by_mac(b""),
    "by a stranger under our kid": lambda forge: forge.by_stranger(),
    "by a stranger under a kid of their own": lambda forge: forge.by_stranger(kid="stranger"),
    "by a stranger without kid": lambda forge: jwt.encode(
        {"alg": "ES256", "typ": forge.typ}, dict(forge.claims), STRANGER
    ),
    "by another issuer with its own key": lambda forge: forge.by_stranger(
        {**forge.claims, "iss": "https://evil.example"}
    ),
}
OF_THE_HEADER: dict[str, Kind] = {
    "no kid": lambda forge: forge.headed(kid=None),
    "kid unknown": lambda forge: forge.headed(kid="nobody"),
    "kid empty": lambda forge: forge.headed(kid=""),
    "kid of another key": lambda forge: forge.headed(kid=forge.other_kid),
    "kid as a path": lambda forge: forge.headed(kid="../../../../dev/null"),
    "kid as SQL": lambda forge: forge.headed(kid="' UNION SELECT 'x' --"),
    "kid as an address": lambda forge: forge.headed(kid="https://evil.example/key"),
    "kid as a number": lambda forge: forge.headed(kid=7),
    "kid as a list": lambda forge: forge.headed(kid=[forge.public_jwk["kid"]]),
    "kid with a NUL": lambda forge: forge.headed(kid=f"{forge.public_jwk['kid']}\0"),
    "kid of a thousand letters": lambda forge: forge.headed(kid="k" * 1000),
    "no typ": lambda forge: forge.headed(typ=None),
    "typ empty": lambda forge: forge.headed(typ=""),
    "typ as a list": lambda forge: forge.headed(typ=[forge.typ]),
    **{
        f"typ of another token, {number}": lambda forge, number=number: forge.headed(  # type: ignore[misc]
            typ=[typ for typ in TYPES if typ != forge.typ][number]
        )
        for number in range(len(TYPES) - 1)
    },
    "crit of what nobody knows": lambda forge: forge.headed(crit=["wings"], wings=2),
    "crit of what everyone knows": lambda forge: forge.headed(crit=["exp"]),
    "crit empty": lambda forge: forge.headed(crit=[]),
    "crit as text": lambda forge: forge.headed(crit="b64"),
    "b64 false": lambda forge: forge.headed(b64=False, crit=["b64"]),
    "b64 false without crit": lambda forge: forge.headed(b64=False),
    "jku": lambda forge: forge.headed(jku="https://evil.example/jwks"),
    "jku of a stranger": lambda forge: forge.by_stranger(jku="https://evil.example/jwks", kid="stranger"),
    "jwk": lambda forge: forge.headed(jwk=dict(forge.public_jwk)),
    "jwk of a stranger": lambda forge: forge.by_stranger(jwk=STRANGER.as_dict(private=False)),
    "x5u": lambda forge: forge.headed(x5u="https://evil.example/cert"),
    "x5c": lambda forge: forge.headed(x5c=["MIIB"]),
    "zip": lambda forge: forge.headed(zip="DEF"),
    "header as a list": lambda forge: forge.signed([forge.header], forge.claims),
    "header as text": lambda forge: forge.signed("header", forge.claims),
    "header as null": lambda forge: forge.signed(None, forge.claims),
    "header is no JSON": lambda forge: forge.signed_text(b"{", json.dumps(forge.claims).encode()),
    "header is no UTF-8": lambda forge: forge.signed_text(b'{"alg":"\xff"}', json.dumps(forge.claims).encode()),
    "header without end": lambda forge: f"{base64url(b'[' * 2500)}.{packed(forge.claims)}.AAAA",
    "header of deep objects": lambda forge: forge.signed_text(b'{"a":' * 400 + b"1" + b"}" * 400, b"{}"),
}
OF_THE_CLAIMS: dict[str, Kind] = {
    "claims as a list": lambda forge: forge.signed(forge.header, [dict(forge.claims)]),
    "claims as text": lambda forge: forge.signed(forge.header, "claims"),
    "claims as null": lambda forge: forge.signed(forge.header, None),
    "claims are no JSON": lambda forge: forge.signed_text(json.dumps(forge.header).encode(), b"{"),
    "claims are no UTF-8": lambda forge: forge.signed_text(json.dumps(forge.header).encode(), b'{"sub":"\xff"}'),
    "claims without end": lambda forge: forge.signed_text(json.dumps(forge.header).encode(), b"[" * 2500),
    "no claims": lambda forge: forge.signed(forge.header, {}),
    "another issuer": lambda forge: forge.claiming(iss="https://evil.example"),
    "issuer with a slash": lambda forge: forge.claiming(iss=f"{forge.claims['iss']}/"),
    "issuer as a list": lambda forge: forge.claiming(iss=[forge.claims["iss"]]),
    "issuer as null": lambda forge: forge.claiming(iss=None),
    "another audience": lambda forge: forge.claiming(aud="https://evil.example"),
    "two audiences": lambda forge: forge.claiming(aud=[forge.claims["aud"], "https://evil.example"]),
    "audience empty": lambda forge: forge.claiming(aud=""),
    "audience as an empty list": lambda forge: forge.claiming(aud=[]),
    "audience as a number": lambda forge: forge.claiming(aud=1),
    "audience as an object": lambda forge: forge.claiming(aud={str(forge.claims["aud"]): True}),
    "subject empty": lambda forge: forge.claiming(sub=""),
    "subject as a number": lambda forge: forge.claiming(sub=1),
    "subject as a list": lambda forge: forge.claiming(sub=[forge.claims["sub"]]),
    "subject nobody": lambda forge: forge.claiming(sub="01900000-0000-7000-8000-000000000000"),
    "expired a day ago": lambda forge: forge.claiming(exp=forge.now - 86_400),
    "expired in 1970": lambda forge: forge.claiming(exp=0),
    "expiry negative": lambda forge: forge.claiming(exp=-forge.now),
    "expiry as text": lambda forge: forge.claiming(exp=str(forge.claims["exp"])),
    "expiry as words": lambda forge: forge.claiming(exp="tomorrow"),
    "expiry as true": lambda forge: forge.claiming(exp=True),
    "expiry as null": lambda forge: forge.claiming(exp=None),
    "expiry as a list": lambda forge: forge.claiming(exp=[forge.claims["exp"]]),
    "expiry as infinity": lambda forge: forge.claiming(exp=float("inf")),
    "expiry as no number": lambda forge: forge.claiming(exp=float("nan")),
    "expiry beyond all calendars": lambda forge: forge.claiming(exp=10**30),
    "expiry twice, the last one past": lambda forge: twice(forge, "exp", forge.now - 86_400),
    "audience twice, the last one another": lambda forge: twice(forge, "aud", "https://evil.example"),
    "issued tomorrow": lambda forge: forge.claiming(iat=forge.now + 86_400, exp=forge.now + 86_700),
    "issued as words": lambda forge: forge.claiming(iat="yesterday"),
    "issued as true": lambda forge: forge.claiming(iat=True),
    "not valid before tomorrow": lambda forge: forge.claiming(nbf=forge.now + 86_400),
    "not valid before words": lambda forge: forge.claiming(nbf="soon"),
}
KINDS: dict[str, Kind] = OF_THE_FORM | OF_THE_SIGNATURE | OF_THE_HEADER | OF_THE_CLAIMS


def forgeries(forge: Forge, *, forgiven: frozenset[str] = frozenset()) -> dict[str, str]:
    """Every kind but those that a place forgives on purpose, by name."""
    unknown = forgiven - set(KINDS) - {f"no {name}" for name in forge.required}
    if unknown:
        raise LookupError(f"there are no such kinds: {sorted(unknown)}")
    missing: dict[str, str] = {f"no {name}": forge.without(name) for name in forge.required}
    made = {name: kind(forge) for name, kind in KINDS.items()} | missing
    return {name: token for name, token in made.items() if name not in forgiven}
