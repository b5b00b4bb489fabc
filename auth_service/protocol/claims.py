"""What a scope tells about a person (OpenID Connect Core section 5.4), in the ID token and at userinfo alike."""

from typing import Any

from auth_service.people.person import Person


def claims_about(person: Person, scope: str, *, issuer: str) -> dict[str, Any]:
    by_scope: dict[str, dict[str, Any]] = {
        "profile": {"name": person.name, "picture": person.picture(issuer)},
        "email": {"email": person.email, "email_verified": True},  # an admin gave it; nobody enters their own
        "roles": {"role": person.role, "roles": [person.role]},
    }
    claims: dict[str, Any] = {"sub": person.id}
    for name in scope.split():
        claims |= by_scope.get(name, {})
    return claims


CLAIMS_SUPPORTED = [
    *("iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "sid", "acr", "amr"),
    *("name", "picture", "email", "email_verified", "role", "roles"),
]
