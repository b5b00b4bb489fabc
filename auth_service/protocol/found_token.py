"""A token that a product asks about or gives back: found again, whichever kind it is (RFC 7009, RFC 7662)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from authlib.oauth2.rfc6749 import InvalidRequestError
from sqlalchemy.orm import Session

from auth_service.clock import seconds
from auth_service.house import House
from auth_service.keys.derivation import fingerprint
from auth_service.keys.tokens import ACCESS, TokenRefused, read
from auth_service.people.bearer import REQUIRED_CLAIMS, InvalidToken, behind
from auth_service.products.product import Product
from auth_service.protocol.messages import ProtocolRequest
from auth_service.protocol.refresh_token import RefreshToken
from auth_service.sessions.admission import Admission, RevokedToken, end_admission


@dataclass(frozen=True)
class FoundToken:
    """Alive. `claims` is what introspection tells of it."""

    client_id: str
    claims: dict[str, Any]
    admission_id: str | None  # of a refresh token; an access token is revoked by itself

    def check_client(self, client: Product) -> bool:
        return self.client_id == client.client_id

    def concerns(self, client: Product) -> bool:
        """Whoever it was issued to, and the API it was made for, may ask about it; nobody else learns anything."""
        return client.client_id in (self.client_id, self.claims.get("aud"))

    def revoke(self, session: Session, *, at: datetime) -> None:
        if self.admission_id:
            end_admission(session, self.admission_id, at=at)
        else:
            expires_at = datetime.fromtimestamp(self.claims["exp"], UTC)
            session.merge(RevokedToken(jti=self.claims["jti"], expires_at=expires_at))

    def is_expired(self) -> bool:
        return False

    def is_revoked(self) -> bool:
        return False


def token_is_given(asked: ProtocolRequest) -> None:
    """We look for both kinds whatever the hint says, and one that nobody knows is ignored (RFC 7009 section 2.1)."""
    if not asked.fields.get("token"):
        raise InvalidRequestError("The token is missing.")


def find_token(text: str, session: Session, house: House) -> FoundToken | None:
    """An access token has dots in it, a refresh token never has."""
    return (find_access_token if "." in text else find_refresh_token)(text, session, house)


def find_access_token(text: str, session: Session, house: House) -> FoundToken | None:
    try:
        claims = read(
            text,
            keyring=house.keyring,
            typ=ACCESS,
            issuer=house.issuer,
            audience=None,
            required=REQUIRED_CLAIMS,
            now=house.clock(),
        )
        behind(session, claims)
    except (TokenRefused, InvalidToken):
        return None
    return FoundToken(claims["client_id"], dict(claims) | {"token_type": "Bearer"}, None)


def find_refresh_token(text: str, session: Session, house: House) -> FoundToken | None:
    row = session.get(RefreshToken, fingerprint(text))
    if row is None or row.used_at or row.expires_at <= house.clock():
        return None
    admission = session.get_one(Admission, row.admission_id)
    if admission.ended_at:
        return None
    claims = {
        "iss": house.issuer,
        "sub": admission.person_id,
        "client_id": admission.client_id,
        "scope": admission.scope,
        "exp": seconds(row.expires_at),
        "token_type": "refresh_token",
    }
    return FoundToken(admission.client_id, claims, admission.id)
