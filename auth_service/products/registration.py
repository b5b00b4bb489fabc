"""Registration: client metadata (RFC 7591 section 2, OpenID Connect Registration) becomes a product."""
# ruff: noqa: S105 (names of RFC 7591 that only sound like secrets)

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy.orm import Session

from auth_service.errors import Refused
from auth_service.keys.derivation import fingerprint
from auth_service.keys.foreign_tokens import checked_jwks
from auth_service.products.product import WITH_A_SECRET, Product
from auth_service.products.scopes import DEFAULT, known_scope
from auth_service.products.uris import redirect_uri, web_uri
from auth_service.trail.deed import Deed
from auth_service.trail.doer import THE_HOUSE, Doer
from auth_service.trail.entry import record

MOST_URIS = 50


class ClientIdTaken(Refused):
    status = 409
    title = "A product with this client_id is registered already"


def one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be one line of printable text")
    return text


def each_once(uris: list[str]) -> list[str]:
    if repeated := next((uri for uri in uris if uris.count(uri) > 1), None):
        raise ValueError(f"has {repeated} twice")
    return uris


ProductName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), AfterValidator(one_line)
]
WebUri = Annotated[str, AfterValidator(web_uri)]
RedirectUris = Annotated[
    list[Annotated[str, AfterValidator(redirect_uri)]], Field(max_length=MOST_URIS), AfterValidator(each_once)
]
SigningAlgorithm = Literal["RS256", "ES256", "EdDSA"]
GrantType = Literal["authorization_code", "refresh_token", "client_credentials"]


class ClientMetadata(BaseModel):
    """Members that we do not know are ignored, as RFC 7591 section 2 asks; null is as good as left out."""

    model_config = ConfigDict(extra="ignore")

    client_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._~-]{1,100}$")] = Field(
        default_factory=lambda: secrets.token_urlsafe(12)
    )
    client_name: ProductName = "A product"
    client_uri: WebUri | None = None
    redirect_uris: RedirectUris = []
    post_logout_redirect_uris: RedirectUris = []
    backchannel_logout_uri: WebUri | None = None
    token_endpoint_auth_method: Literal["client_secret_basic", "client_secret_post", "private_key_jwt", "none"] = (
        "client_secret_basic"
    )
    jwks: Annotated[dict[str, Any], AfterValidator(checked_jwks)] | None = None
    jwks_uri: WebUri | None = None
    grant_types: list[GrantType] = []
    response_types: list[Literal["code"]] = ["code"]
    id_token_signed_response_alg: SigningAlgorithm = "RS256"
    userinfo_signed_response_alg: SigningAlgorithm | None = None
    scope: Annotated[str, AfterValidator(known_scope)] = DEFAULT

    @model_validator(mode="before")
    @classmethod
    def null_is_absent(cls, given: Any) -> Any:
        return {name: value for name, value in given.items() if value is not None} if isinstance(given, dict) else given

    @model_validator(mode="after")
    def fill_in_grant_types(self) -> Self:
        if not self.grant_types:
            self.grant_types = ["authorization_code", "refresh_token"] if self.redirect_uris else ["client_credentials"]
        return self

    @model_validator(mode="after")
    def agree_with_each_other(self) -> Self:
        if "authorization_code" in self.grant_types and not self.redirect_uris:
            raise disagreement("redirect_uris", "are needed for the authorization code flow")
        if "client_credentials" in self.grant_types and self.token_endpoint_auth_method == "none":
            raise disagreement("grant_types", "client_credentials needs a product that can keep a secret")
        if self.token_endpoint_auth_method == "private_key_jwt" and not (self.jwks or self.jwks_uri):
            raise disagreement("jwks", "private_key_jwt needs jwks, the public keys, or the jwks_uri to find them at")
        if self.jwks and self.jwks_uri:
            raise disagreement("jwks_uri", "jwks and jwks_uri exclude each other (RFC 7591 section 2)")
        return self


def disagreement(member: str, sentence: str) -> PydanticCustomError:
    """Of members with one another; spoken of at the one that would have to change (`errors.in_words`)."""
    return PydanticCustomError("disagreement", "{sentence}", {"member": member, "sentence": sentence})


def register(
    session: Session,
    metadata: ClientMetadata,
    *,
    trusted: bool,
    at: datetime,
    roles: Sequence[str] = (),
    people: Sequence[str] = (),
    by: Doer = THE_HOUSE,
) -> tuple[Product, str | None]:
    """The product and its secret, which is seen only now. `roles`, `people`: who may enter. Raises ClientIdTaken."""
    if session.get(Product, metadata.client_id):
        raise ClientIdTaken(f"There is a product {metadata.client_id} already.")
    secret = secrets.token_urlsafe(32) if metadata.token_endpoint_auth_method in WITH_A_SECRET else None
    product = Product(
        **columns_of(metadata),
        trusted=trusted,
        roles=list(roles),
        people=list(people),
        created_at=at,
        secret_hash=secret and fingerprint(secret),
    )
    session.add(product)
    session.flush()
    record(session, Deed.PRODUCT_ADDED, at=at, by=by, product=product.client_id, details={"name": product.name})
    return product, secret


def columns_of(metadata: ClientMetadata) -> dict[str, Any]:
    columns = metadata.model_dump(exclude={"client_name", "response_types"})
    if metadata.jwks_uri:
        columns["jwks"] = {"keys": []}  # so that older processes, and the table, see a product that has keys
    return columns | {"name": metadata.client_name}


def as_registered(product: Product, secret: str | None) -> dict[str, Any]:
    """The answer of RFC 7591 section 3.2.1."""
    answer: dict[str, Any] = {
        "client_id": product.client_id,
        "client_id_issued_at": int(product.created_at.timestamp()),
        "client_name": product.name,
        "redirect_uris": product.redirect_uris,
        "post_logout_redirect_uris": product.post_logout_redirect_uris,
        "token_endpoint_auth_method": product.token_endpoint_auth_method,
        "grant_types": product.grant_types,
        "response_types": ["code"] if product.check_response_type("code") else [],
        "id_token_signed_response_alg": product.id_token_signed_response_alg,
        "scope": product.scope,
    }
    optional: dict[str, Any] = {
        "client_uri": product.client_uri,
        "jwks": None if product.jwks_uri else product.jwks,
        "jwks_uri": product.jwks_uri,
        "userinfo_signed_response_alg": product.userinfo_signed_response_alg,
        "backchannel_logout_uri": product.backchannel_logout_uri,
    }
    answer |= {name: value for name, value in optional.items() if value}
    return answer | ({"client_secret": secret, "client_secret_expires_at": 0} if secret else {})
