"""The provider: Authlib's authorization server, bound to Starlette and to one request's transaction.

One is made per request, which costs a few dictionaries: Authlib's hooks are not handed the request, and so find its
session and the house here.
"""

from collections.abc import Mapping
from typing import Any

import orjson
from authlib.oauth2 import AuthorizationServer
from authlib.oauth2.rfc9207 import IssuerParameter
from sqlalchemy.orm import Session

from auth_service.house import House
from auth_service.products.product import Product
from auth_service.protocol.client_credentials import ClientCredentials
from auth_service.protocol.code_exchange import CodeExchange, ProofKey
from auth_service.protocol.id_token import IdToken
from auth_service.protocol.messages import Answer, ProtocolRequest
from auth_service.protocol.refresh import Refresh
from auth_service.protocol.scopes import SUPPORTED


class Provider(AuthorizationServer):  # type: ignore[misc]
    def __init__(self, house: House, session: Session) -> None:
        super().__init__(scopes_supported=SUPPORTED)
        self.house, self.session = house, session
        self.register_grant(CodeExchange, [ProofKey(), IdToken(house)])
        self.register_grant(Refresh, [IdToken(house)])
        self.register_grant(ClientCredentials)
        self.register_extension(Issuer(house.issuer))

    def query_client(self, client_id: str) -> Product | None:
        return self.session.get(Product, client_id)

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


class Issuer(IssuerParameter):  # type: ignore[misc]
    """`iss` on every authorization answer (RFC 9207)."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def get_issuer(self) -> str:
        return self.issuer
