"""grant_type=authorization_code (RFC 6749 section 4.1.3): a code becomes tokens, once.

Four of Authlib's habits are replaced here: it deletes the code only after the tokens are saved (so that two exchanges
at once both win), keeps what a replayed code has issued, asks PKCE of public clients only, and keeps codes in clear.
"""

from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749 import InvalidGrantError, grants
from authlib.oauth2.rfc7636 import CodeChallenge

from auth_service.keys.derivation import fingerprint
from auth_service.people.person import Person
from auth_service.protocol import access_token, refresh_token
from auth_service.protocol.authorization_code import LIFE, AuthorizationCode, consume, find_code
from auth_service.protocol.client_authentication import METHODS
from auth_service.protocol.messages import ProtocolRequest
from auth_service.protocol.requested_claims import read_claims
from auth_service.protocol.scopes import grantable
from auth_service.sessions.admission import end_admission
from auth_service.sessions.browser_session import BrowserSession

if TYPE_CHECKING:
    from auth_service.protocol.provider import Provider


class CodeExchange(grants.AuthorizationCodeGrant):
    request: ProtocolRequest
    server: "Provider"

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def save_authorization_code(self, code: str, request: ProtocolRequest) -> None:
        browser: BrowserSession = request.user  # whom Authlib calls the user is, here, a browser signed in by one
        person = self.server.session.get_one(Person, browser.person_id)
        asked = request.fields
        row = AuthorizationCode(
            code_hash=fingerprint(code),
            client_id=self.client.client_id,
            person_id=browser.person_id,
            session_id=browser.id,
            redirect_uri=asked.get("redirect_uri"),
            scope=grantable(request.scope, person),
            nonce=asked.get("nonce"),
            requested_claims=read_claims(asked.get("claims")).kept_for(self.client),
            code_challenge=asked.data["code_challenge"],
            code_challenge_method=asked.data["code_challenge_method"],
            signed_in_at=browser.signed_in_at,
            expires_at=self.server.house.clock() + LIFE,
            admission_id=AuthorizationCode.new_admission_id(),
        )
        self.server.session.add(row)

    def query_authorization_code(self, code: str, client: Any) -> AuthorizationCode | None:
        found = find_code(self.server.session, code, client.client_id)
        if found and found.used_at:
            self.replayed(found)
        return found if found and self.server.house.clock() < found.expires_at else None

    def authenticate_user(self, code: AuthorizationCode) -> Person | None:
        session, now = self.server.session, self.server.house.clock()
        if not consume(session, code, at=now):
            self.replayed(code)
        browser = session.get_one(BrowserSession, code.session_id)
        if browser.ended_at is not None:
            return None  # signed out, dismissed or moulted while the code was on its way
        self.request.admission = code.admission(now)
        session.add(self.request.admission)
        session.flush()
        person: Person = session.get_one(Person, code.person_id)
        return person

    def replayed(self, code: AuthorizationCode) -> None:
        """Someone holds a copy: what the code has issued ends (RFC 6749 section 4.1.2). Raises InvalidGrantError."""
        end_admission(self.server.session, code.admission_id, at=self.server.house.clock())
        raise InvalidGrantError("This code was used already; what it had issued is revoked.")

    def delete_authorization_code(self, authorization_code: AuthorizationCode) -> None:
        """It was consumed before anything was issued; the row stays, so that a replay is noticed."""

    def generate_token(self, *_: Any, **given: Any) -> dict[str, Any]:
        house, user, admission = self.server.house, given["user"], self.request.admission_made
        granted = grantable(given["scope"], user)
        answer = access_token.as_answer(access_token.for_person(user, admission, granted, house), granted)
        if given["include_refresh_token"] and "offline_access" in granted.split():
            first = refresh_token.first_token(self.server.session, admission, at=house.clock())
            answer["refresh_token"] = first
        return answer


class ProofKey(CodeChallenge):
    """PKCE by S256 from every product (RFC 9700 section 2.1.1); Authlib would take `plain`, or none at all."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]
    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
