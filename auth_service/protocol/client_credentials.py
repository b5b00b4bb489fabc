"""grant_type=client_credentials (RFC 6749 section 4.4): a product speaks for itself. Nothing is stored."""

from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749 import InvalidScopeError, grants

from auth_service.protocol import access_token
from auth_service.protocol.client_authentication import METHODS_WITH_PROOF
from auth_service.protocol.messages import ProtocolRequest
from auth_service.protocol.scopes import grantable_to_product

if TYPE_CHECKING:
    from auth_service.protocol.provider import Provider


class ClientCredentials(grants.ClientCredentialsGrant):
    request: ProtocolRequest
    server: "Provider"

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS_WITH_PROOF

    def validate_requested_scope(self) -> None:
        """All it may have when it names none; else exactly what it may have of what it named."""
        product = self.request.client
        allowed = product.get_allowed_scope(self.request.payload.scope or product.scope)
        self.request.scope = grantable_to_product(allowed)
        if not self.request.scope:
            raise InvalidScopeError

    def generate_token(self, *_: Any, **__: Any) -> dict[str, Any]:
        scope = self.request.scope
        token = access_token.for_product(self.request.client.client_id, scope, self.server.house)
        return access_token.as_answer(token, scope)
