"""The provider: Authlib's authorization server, bound to Starlette and to one request's transaction.

One is made per request, which costs a few dictionaries: Authlib's hooks are not handed the request, and so find its
session and the house here.
"""
# mypy: disable-error-code="no-untyped-call"

from collections.abc import Mapping
from typing import Any

import orjson
from authlib.oauth2 import AuthorizationServer, OAuth2Error
from authlib.oauth2.rfc6749 import TokenEndpoint
from authlib.oauth2.rfc9207 import IssuerParameter
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from auth_service.house import House
from auth_service.products.product import Product
from auth_service.products.scopes import SUPPORTED
from auth_service.protocol.client_assertion import METHOD, ClientAssertion
from auth_service.protocol.client_authentication import (
    credentials_are_sane,
    no_parameter_is_repeated,
)
from auth_service.protocol.client_credentials import ClientCredentials
from auth_service.protocol.client_secret import ClientSecret, in_body, in_header
from auth_service.protocol.code_exchange import CodeExchange, ProofKey
from auth_service.protocol.descriptions import described
from auth_service.protocol.id_token import IdToken
from auth_service.protocol.messages import Answer, ProtocolRequest
from auth_service.protocol.refresh import Refresh
from auth_service.sessions.browser_session import BrowserSession

WITH_ID = select(Product).where(Product.client_id == bindparam("client_id"))


class Provider(AuthorizationServer):
    def __init__(self, house: House, session: Session) -> None:
        super().__init__(scopes_supported=SUPPORTED)
        self.house, self.session = house, session
        self.register_grant(CodeExchange, [ProofKey(), IdToken(house)])
        self.register_grant(Refresh, [IdToken(house)])
        self.register_grant(ClientCredentials)
        self.register_client_auth_method("client_secret_basic", ClientSecret(house, in_header))
        self.register_client_auth_method("client_secret_post", ClientSecret(house, in_body))
        self.register_client_auth_method(METHOD, ClientAssertion(house, session))
        self.register_extension(Issuer(house.issuer))

    def answer_token_request(self, asked: ProtocolRequest) -> Answer:
        answer: Answer = self.create_token_response(asked)
        return answer

    def refuse(self, asked: ProtocolRequest, error: OAuth2Error) -> Answer:
        answer: Answer = self.handle_error_response(asked, error)
        return answer

    def handle_error_response(self, request: ProtocolRequest, error: OAuth2Error) -> Any:
        return super().handle_error_response(request, described(error))

    def answer_at(self, endpoint: type[TokenEndpoint], asked: ProtocolRequest) -> Answer:
        """At introspection or revocation."""
        try:
            no_parameter_is_repeated(asked)
            credentials_are_sane(asked)
        except OAuth2Error as error:
            return self.refuse(asked, error)
        self.register_endpoint(endpoint)
        answer: Answer = self.create_endpoint_response(endpoint.ENDPOINT_NAME, asked)
        return answer

    def issue_code(self, asked: ProtocolRequest, browser: BrowserSession) -> Answer:
        grant = self.get_authorization_grant(asked)
        answer: Answer = self.create_authorization_response(asked, browser, grant)
        return answer

    def refuse_authorization(self, asked: ProtocolRequest, error: OAuth2Error) -> Answer:
        answer = self.refuse(asked, error)
        self.execute_hook("after_create_authorization_response", answer)  # `iss` belongs on errors as well
        return answer

    def query_client(self, client_id: str) -> Product | None:
        """None as well for one that was switched off: to a program it is as if it were not there."""
        product = self.session.scalars(WITH_ID, {"client_id": client_id}).one_or_none()
        return product if product and product.active else None

    def validate_requested_scope(self, scope: str | None) -> None:
        """Unknown scopes are ignored rather than refused (OpenID Connect Core section 3.1.2.1)."""

    def create_oauth2_request(self, request: ProtocolRequest) -> ProtocolRequest:
        return request

    def save_token(self, token: Mapping[str, Any], request: ProtocolRequest) -> None:
        """Nothing to save: access tokens are self-contained, refresh tokens are rows already."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Answer:
        if not isinstance(body, str):
            body = orjson.dumps(body)
        return Answer(body, 303 if status == 302 else status, headers=dict(headers))


class Issuer(IssuerParameter):
    """`iss` on every authorization answer (RFC 9207)."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def get_issuer(self) -> str:
        return self.issuer
