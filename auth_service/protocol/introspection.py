"""POST /introspection (RFC 7662): is this token alive, and what does it say? For the products it concerns."""

from typing import Any

from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from fastapi import APIRouter, Request, Response

from auth_service.house import House
from auth_service.products.product import Product
from auth_service.protocol.client_authentication import METHODS_WITH_PROOF, transaction_for
from auth_service.protocol.found_token import FoundToken, find_token, token_is_given
from auth_service.protocol.messages import ProtocolRequest, endpoint
from auth_service.protocol.provider import Provider

router = APIRouter(include_in_schema=False)


class Introspection(IntrospectionEndpoint):
    CLIENT_AUTH_METHODS = METHODS_WITH_PROOF
    server: Provider

    def query_token(self, token_string: str, token_type_hint: str | None) -> FoundToken | None:
        return find_token(token_string, self.server.session, self.server.house)

    def check_params(self, request: ProtocolRequest, client: Product) -> None:
        token_is_given(request)

    def check_permission(self, token: FoundToken, client: Product, request: Any) -> bool:
        return token.concerns(client)

    def introspect_token(self, token: FoundToken) -> dict[str, Any]:
        return {"active": True, **token.claims}


@endpoint(router, "POST", "/introspection")
def introspect(_: Request, asked: ProtocolRequest, house: House) -> Response:
    with transaction_for(asked, house, writes=False) as session:
        return Provider(house, session).answer_at(Introspection, asked)
