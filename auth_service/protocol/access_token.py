"""Access tokens (RFC 9068): signed, self-contained, five minutes."""

from datetime import timedelta
from secrets import token_urlsafe
from typing import Any

from auth_service.clock import seconds
from auth_service.house import House
from auth_service.keys.tokens import ACCESS, issue
from auth_service.people.person import Person
from auth_service.protocol.scopes import audience_and_scope
from auth_service.sessions.admission import Admission

LIFE = timedelta(minutes=5)


def for_person(person: Person, admission: Admission, scope: str, house: House) -> str:
    about_person = {
        "sub": person.id,
        "jti": admission.new_jti(),
        "auth_time": seconds(admission.signed_in_at),
        "sid": admission.session_id,
        "role": person.role,
        "ver": person.version,
    }
    return signed(about_person, client_id=admission.client_id, scope=scope, house=house)


def for_product(client_id: str, scope: str, house: House) -> str:
    """Client credentials: the product speaks for itself, so it is the subject (RFC 9068 section 2.2)."""
    return signed({"sub": client_id, "jti": token_urlsafe(16)}, client_id=client_id, scope=scope, house=house)


def signed(claims: dict[str, Any], *, client_id: str, scope: str, house: House) -> str:
    now = house.clock()
    audience, its_scope = audience_and_scope(scope, issuer=house.issuer)
    claims |= {
        "iss": house.issuer,
        "aud": audience,
        "iat": seconds(now),
        "exp": seconds(now + LIFE),
        "client_id": client_id,
        "scope": its_scope,
    }
    return issue(claims, signer=house.keyring.signer("ES256"), typ=ACCESS)


def as_answer(access_token: str, scope: str) -> dict[str, Any]:
    return {"access_token": access_token, "token_type": "Bearer", "expires_in": LIFE.seconds, "scope": scope}
