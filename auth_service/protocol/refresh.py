"""grant_type=refresh_token (RFC 6749 section 6): tokens renewed, the refresh token rotated, a stolen copy noticed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidScopeError, grants
from sqlalchemy import bindparam, select

from auth_service.keys.derivation import fingerprint
from auth_service.people.person import Person
from auth_service.products.product import Product
from auth_service.protocol import access_token
from auth_service.protocol.client_authentication import METHODS
from auth_service.protocol.messages import ProtocolRequest
from auth_service.protocol.refresh_token import RefreshToken, Turn, successor_of, take_turn
from auth_service.protocol.scopes import grantable
from auth_service.sessions.admission import Admission, end_admission

if TYPE_CHECKING:
    from auth_service.protocol.provider import Provider


PRESENTED = (
    select(RefreshToken, Admission, Person)
    .join(Admission, Admission.id == RefreshToken.admission_id)
    .join(Person, Person.id == Admission.person_id)
    .where(RefreshToken.token_hash == bindparam("token_hash"))
)


@dataclass(frozen=True, repr=False)
class Presented:
    """A refresh token as it was presented, with the rows behind it; the interface that Authlib expects of a token."""

    text: str
    row: RefreshToken
    admission: Admission
    person: Person

    def check_client(self, client: Product) -> bool:
        return self.admission.client_id == client.client_id

    def get_scope(self) -> str:
        return self.admission.scope


class Refresh(grants.RefreshTokenGrant):
    request: ProtocolRequest
    server: "Provider"

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def authenticate_refresh_token(self, text: str) -> Presented | None:
        session = self.server.session
        found = session.execute(PRESENTED, {"token_hash": fingerprint(text)}).one_or_none()
        if found is None or found.Admission.ended_at:
            return None
        return Presented(text, found.RefreshToken, found.Admission, found.Person)

    def authenticate_user(self, presented: Presented) -> Person:
        session, house = self.server.session, self.server.house
        turn = take_turn(session, presented.text, presented.row, key=house.keys.succession, at=house.clock())
        if turn is Turn.REUSED:
            end_admission(session, presented.admission.id, at=house.clock())
        if turn in (Turn.REUSED, Turn.DEAD):
            raise InvalidGrantError("The refresh token is not valid any more; sign in again.")
        self.request.admission = presented.admission
        person = presented.person
        if not (person.active and self.request.client.lets_in(person.id, person.role)):
            raise InvalidGrantError("This person may not enter this product any more.")
        return person

    def generate_token(self, *_: Any, **given: Any) -> dict[str, Any]:
        """A narrower scope narrows this access token, never the family (RFC 6749 section 6)."""
        house, presented, user = self.server.house, self.request.refresh_token, given["user"]
        granted = grantable(given["scope"], user)
        if not granted:
            raise InvalidScopeError
        answer = access_token.as_answer(access_token.for_person(user, presented.admission, granted, house), granted)
        return answer | {"refresh_token": successor_of(presented.text, house.keys.succession)}

    def revoke_old_credential(self, refresh_token: Presented) -> None:
        """Its turn was taken in authenticate_user, before anything was issued."""
