"""POST /revocation (RFC 7009): a product gives a token back. Giving back what is dead already is fine."""

from typing import Any

from authlib.oauth2.rfc7009 import RevocationEndpoint
from fastapi import APIRouter, Request, Response

from auth_service.house import House
from auth_service.products.product import Product
from auth_service.protocol.client_authentication import METHODS, transaction_for
from auth_service.protocol.found_token import FoundToken, find_token, token_is_given
from auth_service.protocol.messages import ProtocolRequest, endpoint
from auth_service.protocol.provider import Provider

router = APIRouter(include_in_schema=False)


class Revocation(RevocationEndpoint):
    CLIENT_AUTH_METHODS = METHODS
    server: Provider

    def query_token(self, token_string: str, token_type_hint: str | None) -> FoundToken | None:
        return find_token(token_string, self.server.session, self.server.house)

    def check_params(self, request: ProtocolRequest, client: Product) -> None:
        token_is_given(request)

    def revoke_token(self, token: FoundToken, request: Any) -> None:
        token.revoke(self.server.session, at=self.server.house.clock())


@endpoint(router, "POST", "/revocation")
def revoke(_: Request, asked: ProtocolRequest, house: House) -> Response:
    with transaction_for(asked, house, writes=True) as session:
        return Provider(house, session).answer_at(Revocation, asked)
