"""What is told about a person (OpenID Connect Core section 5.4), in the ID token and at userinfo alike."""

from collections.abc import Iterable
from typing import Any

from auth_service.people.person import Person

CLAIMS_OF_SCOPES = {
    "profile": ("name", "picture", "locale"),
    "email": ("email", "email_verified"),
    "roles": ("role", "roles"),
}


def claims_about(person: Person, scope: str, *, issuer: str, also: Iterable[str] = ()) -> dict[str, Any]:
    """`also`: claims asked for by name. What is not known is left out (section 5.3.2)."""
    every: dict[str, Any] = {
        "name": person.name,
        "picture": person.picture(issuer),
        "locale": person.locale,
        "email": person.email,
        "email_verified": True,  # an admin gave it; nobody enters their own
        "role": person.role,
        "roles": [person.role],
    }
    told = {name for granted in scope.split() for name in CLAIMS_OF_SCOPES.get(granted, ())} | set(also)
    return {"sub": person.id} | {name: value for name, value in every.items() if name in told and value is not None}


CLAIMS_SUPPORTED = [
    *("iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "sid", "acr", "amr"),
    *("name", "picture", "locale", "email", "email_verified", "role", "roles"),
]
