"""Tokens that a product signed: verified with one of the keys it has registered, as strictly as our own."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jose import jwk
from jose.exceptions import JOSEError

from auth_service.keys.ed25519 import EDDSA
from auth_service.keys.pss import HASHES
from auth_service.keys.tokens import Claims, TokenRefused, decoded, header_of

Jwk = Mapping[str, Any]

KINDS = {  # algorithm -> the key type and curve it goes with
    "RS256": ("RSA", None),
    "RS384": ("RSA", None),
    "RS512": ("RSA", None),
    **dict.fromkeys(HASHES, ("RSA", None)),
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "ES512": ("EC", "P-521"),
    EDDSA: ("OKP", "Ed25519"),
}
TYPES = (None, "jwt", "client-authentication+jwt")
HEADERS_THAT_CHANGE_THE_RULES = frozenset({"crit", "b64", "zip", "jku", "jwk", "x5u"})
PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
SMALLEST_RSA_MODULUS_CHARACTERS = 342  # 2048 bits in base64url
MOST_KEYS = 10
MOST_KEYS_FETCHED = 30


def claims_signed_by(keys: list[Jwk], token: str) -> Claims:
    """Raises TokenRefused."""
    header = header_of(token)
    if HEADERS_THAT_CHANGE_THE_RULES & set(header):
        raise TokenRefused("unexpected header")
    if not is_known_type(header.get("typ")):
        raise TokenRefused("of another type")
    for key in fitting(keys, header):
        try:
            return decoded(token, jwk.construct(dict(key), header["alg"]), header["alg"])
        except (TokenRefused, JOSEError, ValueError, TypeError, KeyError):
            continue
    raise TokenRefused("not signed with a registered key")


def is_known_type(typ: object) -> bool:
    return typ is None or (isinstance(typ, str) and typ.lower() in TYPES)


def fitting(keys: list[Jwk], header: Claims) -> Iterator[Jwk]:
    """A `kid` is a hint, which some clients leave out; the key decides which algorithm may be used with it."""
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in KINDS:
        raise TokenRefused("not an algorithm we take")
    for key in keys:
        is_of_its_kind = (key["kty"], key.get("crv")) == KINDS[algorithm]
        if is_of_its_kind and key.get("alg", algorithm) == algorithm and kid in (None, key.get("kid", kid)):
            yield key


def checked_jwks(jwks: dict[str, Any]) -> dict[str, Any]:
    """A key set as it is registered: some public keys for signatures. Raises ValueError."""
    keys = jwks.get("keys")
    if not isinstance(keys, list) or not 0 < len(keys) <= MOST_KEYS:
        raise ValueError(f"must have 1 to {MOST_KEYS} keys")
    for key in keys:
        check_key(key)
    return {"keys": keys}


def usable_keys(document: Any) -> list[Jwk]:
    """Of a key set that was fetched: it may hold keys for other uses, or of kinds that we do not know."""
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list):
        raise ValueError("is not a key set")
    return [key for key in keys[:MOST_KEYS_FETCHED] if is_usable(key)]


def is_usable(key: Any) -> bool:
    try:
        check_key(key)
    except ValueError:
        return False
    return True


def check_key(key: Any) -> None:
    if not isinstance(key, dict) or PRIVATE_MEMBERS & set(key):
        raise ValueError("may hold public keys only")
    if key.get("use", "sig") != "sig":
        raise ValueError("may hold keys for signatures only")
    fits = [name for name, kind in KINDS.items() if kind == (key.get("kty"), key.get("crv"))]
    if not fits or key.get("alg", fits[0]) not in fits:
        raise ValueError(f"has a key that fits none of {', '.join(KINDS)}")
    if key["kty"] == "RSA" and not re.fullmatch(rf"[\w-]{{{SMALLEST_RSA_MODULUS_CHARACTERS},}}", str(key.get("n"))):
        raise ValueError("has an RSA key of less than 2048 bits")
    try:
        jwk.construct(key, key.get("alg", fits[0]))
    except (JOSEError, ValueError, TypeError, KeyError) as error:
        raise ValueError("has a key that can not be read") from error
