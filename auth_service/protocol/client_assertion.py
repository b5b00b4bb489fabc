"""private_key_jwt (RFC 7523 section 3, OpenID Connect Core section 9): a product proves itself with a key of its own.

The token is for us, short-lived and good for once: each `jti` is kept in the database until the token has expired.
"""

import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

from authlib.oauth2.rfc6749 import InvalidClientError
from sqlalchemy import String
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from auth_service.clock import seconds
from auth_service.database import Base
from auth_service.house import House
from auth_service.keys.derivation import fingerprint
from auth_service.keys.foreign_tokens import Jwk, claims_signed_by
from auth_service.keys.tokens import Claims, TokenRefused, header_of, payload_of
from auth_service.products.product import Product
from auth_service.protocol.messages import ProtocolRequest

METHOD = "private_key_jwt"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CLOCK_DIFFERENCE_SECONDS = 60
LONGEST_LIFE_SECONDS = 3600


class UsedAssertion(Base):
    """A client assertion that was accepted; it is not accepted again."""

    __tablename__ = "used_assertion"

    jti_hash: Mapped[str] = mapped_column(String(64), primary_key=True)  # of client_id and jti together
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ClientAssertion:
    """One of Authlib's client authentication methods."""

    def __init__(self, house: House, session: Session) -> None:
        self.house, self.session = house, session

    def __call__(self, query_client: Callable[[str], Product | None], asked: ProtocolRequest) -> Product | None:
        assertion = asked.fields.get("client_assertion")
        if assertion is None:
            return None
        if asked.fields.get("client_assertion_type") != ASSERTION_TYPE:
            raise refusal(f"The client_assertion_type must be {ASSERTION_TYPE}.")
        try:
            product = query_client(str(payload_of(assertion).get("sub")))
            claims = claims_signed_by(self.keys_of(product) if product else [], assertion)
        except TokenRefused:
            raise refusal("The client_assertion is not signed with a registered key of this product.") from None
        if product is None or asked.fields.get("client_id") not in (None, product.client_id):
            raise refusal("The client_assertion is not that of this client_id.")
        self.check(claims, product, called=asked.uri)
        return product

    def keys_of(self, product: Product) -> list[Jwk]:
        if product.jwks_uri:
            return self.house.product_keys.known(product.jwks_uri)
        return product.jwks["keys"] if product.jwks else []

    def check(self, claims: Claims, product: Product, *, called: str) -> None:
        if not claims.get("iss") == claims.get("sub") == product.client_id:
            raise refusal("The client_assertion must have the client_id as iss and as sub.")
        check_audience(claims.get("aud"), issuer=self.house.issuer, called=called)
        check_times(claims, seconds(self.house.clock()))
        self.use_up(claims, product)

    def use_up(self, claims: Claims, product: Product) -> None:
        jti = claims.get("jti")
        if not isinstance(jti, str) or not jti:
            raise refusal("The client_assertion has no jti.")
        row = UsedAssertion(
            jti_hash=fingerprint(f"{product.client_id} {jti}"),
            expires_at=datetime.fromtimestamp(claims["exp"] + CLOCK_DIFFERENCE_SECONDS, self.house.clock().tzinfo),
        )
        try:
            with self.session.begin_nested():  # the primary key decides, between processes as well
                self.session.add(row)
        except IntegrityError:
            raise refusal("The client_assertion was used before; make a new one for each request.") from None


def fetch_keys_for(asked: ProtocolRequest, house: House) -> None:
    """Of the product that the assertion is said to come from, if it publishes its keys and this one is new to us."""
    assertion = asked.fields.get("client_assertion") or ""
    try:
        kid, client_id = header_of(assertion).get("kid"), str(payload_of(assertion).get("sub"))
    except TokenRefused:
        return  # it is refused in its turn
    with house.database.reading() as session:
        product = session.get(Product, client_id)
    if product and product.active and product.jwks_uri:
        house.product_keys.look_up(product.jwks_uri, kid)


def check_audience(audience: Any, *, issuer: str, called: str) -> None:
    """The issuer (RFC 10070); older clients name the token endpoint, or the endpoint that they call."""
    ours = {issuer, f"{issuer}/token", called}
    named = audience if isinstance(audience, list) else [audience]
    if not named or not all(isinstance(one, str) and one in ours for one in named):
        raise refusal(f"The client_assertion must have the aud {issuer}, and no other.")


def check_times(claims: Claims, now: int) -> None:
    dates = {name: claims[name] for name in ("exp", "iat", "nbf") if name in claims}
    if "exp" not in dates or not all(is_date(value) for value in dates.values()):
        raise refusal("The client_assertion needs an exp, and its dates must be numbers.")
    if claims["exp"] <= now - CLOCK_DIFFERENCE_SECONDS:
        raise refusal("The client_assertion has expired.")
    if claims["exp"] > now + LONGEST_LIFE_SECONDS + CLOCK_DIFFERENCE_SECONDS:
        raise refusal("The client_assertion lives too long; one hour at most.")
    if max(dates.get("iat", now), dates.get("nbf", now)) > now + CLOCK_DIFFERENCE_SECONDS:
        raise refusal("The client_assertion is not valid yet.")


def is_date(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def refusal(description: str) -> InvalidClientError:
    return InvalidClientError(description, status_code=401)
