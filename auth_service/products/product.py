"""A product, an OAuth client: what it may ask for and where its answers may go."""
# ruff: noqa: S105 (names of RFC 7591 that only sound like secrets)

import hmac
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import JSON, CheckConstraint, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from auth_service.database import Base
from auth_service.keys.derivation import fingerprint

WITH_A_SECRET = ("client_secret_basic", "client_secret_post")


class Product(Base):
    """Also speaks the interface that Authlib expects of a client (`authlib.oauth2.rfc6749.ClientMixin`)."""

    __tablename__ = "product"
    __table_args__ = (
        CheckConstraint(
            "(secret_hash is null) = (token_endpoint_auth_method in ('none', 'private_key_jwt'))",
            name="product_secret",
        ),
        CheckConstraint(
            "jwks is not null or token_endpoint_auth_method <> 'private_key_jwt'", name="product_that_signs_has_keys"
        ),
    )

    client_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    name: Mapped[str]
    client_uri: Mapped[str | None]
    secret_hash: Mapped[str | None] = mapped_column(String(64))
    token_endpoint_auth_method: Mapped[str] = mapped_column(String(32))
    jwks: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # without keys where a jwks_uri is
    jwks_uri: Mapped[str | None]
    grant_types: Mapped[list[str]] = mapped_column(JSON)
    redirect_uris: Mapped[list[str]] = mapped_column(JSON)
    post_logout_redirect_uris: Mapped[list[str]] = mapped_column(JSON)
    backchannel_logout_uri: Mapped[str | None]
    id_token_signed_response_alg: Mapped[str] = mapped_column(String(16))
    userinfo_signed_response_alg: Mapped[str | None] = mapped_column(String(16))  # none: plain JSON
    scope: Mapped[str]
    trusted: Mapped[bool]
    roles: Mapped[list[str]] = mapped_column(JSON)  # who may enter; with no roles and no people named, everyone
    people: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime]

    def __repr__(self) -> str:
        return f"<Product {self.client_id}>"

    @property
    def is_public(self) -> bool:
        return self.token_endpoint_auth_method == "none"

    @property
    def client_metadata(self) -> dict[str, Any]:
        return {"post_logout_redirect_uris": self.post_logout_redirect_uris}

    def lets_in(self, person_id: str, role: str) -> bool:
        is_open = not self.roles and not self.people
        return is_open or role in self.roles or person_id in self.people

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str | None:
        return self.redirect_uris[0] if len(self.redirect_uris) == 1 else None

    def get_allowed_scope(self, scope: str | None) -> str:
        """What of it this product may have at all, in the order asked."""
        mine = self.scope.split()
        return " ".join(dict.fromkeys(name for name in (scope or "").split() if name in mine))

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris  # exact strings only (RFC 9700 section 2.1)

    def check_client_secret(self, client_secret: str) -> bool:
        return hmac.compare_digest(self.secret_hash or "", fingerprint(client_secret))

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        """A secret may come in the header or in the body (docs/decisions/secret-in-header-or-body.md)."""
        mine = self.token_endpoint_auth_method
        return method == mine or (method in WITH_A_SECRET and mine in WITH_A_SECRET)

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and self.check_grant_type("authorization_code")

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.grant_types


def origin_of(uri: str) -> str:
    """The origin of a redirect URI as a CSP source; of a native application's URI, its scheme."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else f"{parts.scheme}:"


def every_product(session: Session) -> list[Product]:
    return list(session.scalars(select(Product).order_by(Product.created_at, Product.client_id)))


def redirect_uris_of_public_products(session: Session) -> list[str]:
    public = select(Product.redirect_uris).where(Product.token_endpoint_auth_method == "none")
    return [uri for uris in session.scalars(public) for uri in uris]
