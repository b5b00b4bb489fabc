"""The strict token module: the one place where python-jose is called, because it forgives what must not be forgiven.

It accepts a token without `aud` or `exp`, with an unknown `crit`, with any `typ`, and tries a key set key by key.
Here each of these is decided before the signature is looked at (RFC 8725 sections 3.1, 3.11 and 3.12).
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jose import jws, jwt
from jose.backends.base import Key
from jose.exceptions import JOSEError

from auth_service.clock import seconds
from auth_service.keys.keyring import Keyring, Signer

ACCESS = "at+jwt"  # RFC 9068 section 2.1
LOGOUT = "logout+jwt"  # OpenID Connect Back-Channel Logout section 2.4
IDENTITY = "JWT"

LONGEST_TOKEN_CHARACTERS = 4096
LONGEST_LIFE_SECONDS = 3600  # and none that we issue comes near it
CLOCK_DIFFERENCE_SECONDS = 60  # for `iat` and `nbf`; `exp` is exact, the clock is our own
COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
HEADERS_WE_SET = frozenset({"alg", "kid", "typ"})
# The times are checked below, against the clock we were handed.
OUR_OWN_CHECKS = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_at_hash": False}

Claims = Mapping[str, Any]


class TokenRefused(Exception):
    """Not one of our tokens, or not of the kind that was asked for, or no longer. The message is for logs and tests."""


def issue(claims: Claims, *, signer: Signer, typ: str) -> str:
    return jws.sign(dict(claims), signer.key, headers={"kid": signer.kid, "typ": typ}, algorithm=signer.algorithm)


def read(
    token: str,
    *,
    keyring: Keyring,
    typ: str,
    issuer: str,
    audience: str | None,
    required: tuple[str, ...],
    now: datetime,
    expired_is_fine: bool = False,
) -> Claims:
    """The claims of a token of ours. `audience` None: any single one. Raises TokenRefused."""
    claims = verified(token, header_of(token), keyring=keyring, typ=typ, is_hint=expired_is_fine)
    check_claims(claims, issuer=issuer, audience=audience, required=required)
    check_times(claims, seconds(now), expired_is_fine=expired_is_fine)
    return claims


def header_of(token: str) -> Claims:
    """Looks at the length and the form first."""
    if len(token) > LONGEST_TOKEN_CHARACTERS:
        raise TokenRefused("too long")
    if not COMPACT.fullmatch(token):
        raise TokenRefused("not a signed token in compact form")
    try:
        return jws.get_unverified_header(token)
    except (JOSEError, ValueError, RecursionError) as error:
        raise TokenRefused("unreadable header") from error


def payload_of(token: str) -> Claims:
    """What a token says, before anyone has looked at its signature: for finding out whose key to try."""
    header_of(token)
    try:
        return jwt.get_unverified_claims(token)
    except (JOSEError, ValueError, RecursionError) as error:
        raise TokenRefused("unreadable claims") from error


def verified(token: str, header: Claims, *, keyring: Keyring, typ: str, is_hint: bool) -> Claims:
    if strange := set(header) - HEADERS_WE_SET:  # crit, jku, jwk, x5u, b64, zip …
        raise TokenRefused(f"unexpected header {sorted(strange)}")
    if header.get("typ") != typ:
        raise TokenRefused("of another type")
    kid = header.get("kid")
    verifier = keyring.verifier(kid, of_hint=is_hint) if isinstance(kid, str) else None
    if verifier is None:
        raise TokenRefused("unknown key")
    if header.get("alg") != verifier.algorithm:
        raise TokenRefused("not the algorithm of its key")
    claims = keyring.seen.claims_of(token, verifier)
    if claims is None:
        claims = decoded(token, verifier.key, verifier.algorithm)
        keyring.seen.remember(token, verifier, claims)
    return claims


def decoded(token: str, key: Key, algorithm: str) -> Claims:
    try:
        return jwt.decode(token, key, algorithms=[algorithm], options=OUR_OWN_CHECKS | {"verify_aud": False})
    except (JOSEError, ValueError, RecursionError) as error:
        raise TokenRefused("bad signature or claims") from error


def check_claims(claims: Claims, *, issuer: str, audience: str | None, required: tuple[str, ...]) -> None:
    for name in required:
        if not isinstance(claims.get(name), str) or not claims[name]:
            raise TokenRefused(f"without {name}")
    if claims.get("iss") != issuer:
        raise TokenRefused("from another issuer")
    if not isinstance(claims.get("aud"), str) or (audience is not None and claims["aud"] != audience):
        raise TokenRefused("for another audience")


def check_times(claims: Claims, now: int, *, expired_is_fine: bool) -> None:
    for name in ("exp", "iat", "nbf"):
        if not is_whole_number(claims.get(name, 0 if name == "nbf" else None)):
            raise TokenRefused(f"without a good {name}")
    if claims["exp"] <= now and not expired_is_fine:
        raise TokenRefused("expired")
    if claims["exp"] - claims["iat"] > LONGEST_LIFE_SECONDS:
        raise TokenRefused("lives longer than any of ours")
    if max(claims["iat"], claims.get("nbf", 0)) > now + CLOCK_DIFFERENCE_SECONDS:
        raise TokenRefused("not valid yet")


def is_whole_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
