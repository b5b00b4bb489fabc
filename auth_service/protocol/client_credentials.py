"""grant_type=client_credentials (RFC 6749 section 4.4): a product speaks for itself. Nothing is stored."""

from typing import Any

from authlib.oauth2.rfc6749 import InvalidScopeError, grants

from auth_service.protocol import access_token


class ClientCredentials(grants.ClientCredentialsGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]  # noqa: RUF012

    def validate_requested_scope(self) -> None:
        """All it may have when it names none; else exactly what it may have of what it named."""
        wanted = self.request.payload.scope or self.client.scope
        self.request.scope = self.client.get_allowed_scope(wanted)
        if not self.request.scope:
            raise InvalidScopeError

    def generate_token(self, **_: Any) -> dict[str, Any]:
        scope = self.request.scope
        return access_token.as_answer(access_token.for_product(self.client.client_id, scope, self.server.house), scope)
