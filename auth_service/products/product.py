"""A product, an OAuth client: what it may ask for and where its answers may go."""
# ruff: noqa: S105 (names of RFC 7591 that only sound like secrets)

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import JSON, CheckConstraint, String, or_, select, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column, validates

from auth_service.database import SORTED_TEXT, Base
from auth_service.errors import Refused
from auth_service.keys.derivation import fingerprint

WITH_A_SECRET = ("client_secret_basic", "client_secret_post")


class NoSuchProduct(Refused):
    status = 404
    title = "There is no such product"


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
    name_key: Mapped[str] = mapped_column(SORTED_TEXT)
    secret_hash: Mapped[str | None] = mapped_column(String(64))
    previous_secret_hash: Mapped[str | None] = mapped_column(String(64))  # good as well, for as long as was decided
    previous_secret_expires_at: Mapped[datetime | None]
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
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)  # moves with each edit, so that nobody overwrites unseen
    created_at: Mapped[datetime]

    @validates("name")
    def find_by_name(self, _column: str, name: str) -> str:
        self.name_key = name.casefold()
        return name

    def __repr__(self) -> str:
        return f"<Product {self.client_id}>"

    @property
    def is_public(self) -> bool:
        return self.token_endpoint_auth_method == "none"

    @property
    def registered_jwks(self) -> dict[str, Any] | None:
        return self.jwks if self.jwks and self.jwks.get("keys") else None

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

    def knows_secret(self, secret: str, *, at: datetime) -> bool:
        """Its own, or the one before while that is still good; either takes the same time."""
        shown = fingerprint(secret)
        is_current = hmac.compare_digest(self.secret_hash or "", shown)
        is_previous = hmac.compare_digest(self.previous_secret_hash or "", shown)
        return is_current or (is_previous and self.previous_secret_is_good(at))

    def previous_secret_is_good(self, at: datetime) -> bool:
        return self.previous_secret_expires_at is not None and at < self.previous_secret_expires_at

    def take_secret(self, secret: str, *, overlap: timedelta, at: datetime) -> None:
        """The old one stays good for `overlap`; one that was older still is dead."""
        self.previous_secret_hash = self.secret_hash if overlap else None
        self.previous_secret_expires_at = at + overlap if overlap and self.secret_hash else None
        self.secret_hash = fingerprint(secret)

    def drop_secrets(self) -> None:
        self.secret_hash = self.previous_secret_hash = self.previous_secret_expires_at = None

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


def by_name(
    session: Session, *, search: str = "", after: Sequence[str] | None = None, limit: int | None = None
) -> list[Product]:
    """One page, ordered by name; `after` is name_key and client_id of the last row of the page before."""
    query = select(Product).order_by(Product.name_key, Product.client_id).limit(limit)
    if search:
        key = search.casefold()
        found = or_(Product.name_key.contains(key, autoescape=True), Product.client_id.contains(key, autoescape=True))
        query = query.where(found)
    if after:
        query = query.where(tuple_(Product.name_key, Product.client_id) > tuple(after))
    return list(session.scalars(query))


def find_product(session: Session, client_id: str) -> Product:
    product = session.get(Product, client_id)
    if product is None:
        raise NoSuchProduct(f"There is no product {client_id}.")
    return product


def every_product(session: Session) -> list[Product]:
    return list(session.scalars(select(Product).order_by(Product.created_at, Product.client_id)))


def redirect_uris_of_public_products(session: Session) -> list[str]:
    public = select(Product.redirect_uris).where(Product.token_endpoint_auth_method == "none", Product.active)
    return [uri for uris in session.scalars(public) for uri in uris]
