"""What an admin sees of a product and sends about one. Built while the session is open."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from auth_service.administration.naming import PersonNamed
from auth_service.errors import InvalidInput
from auth_service.house import House
from auth_service.people.person import Person, Role
from auth_service.products.own import own_client_ids
from auth_service.products.product import Product
from auth_service.products.registration import ClientMetadata

MOST_PEOPLE = 1000


class ProductView(BaseModel):
    client_id: str
    client_name: str
    client_uri: str | None
    redirect_uris: list[str]
    post_logout_redirect_uris: list[str]
    backchannel_logout_uri: str | None
    token_endpoint_auth_method: str
    jwks: dict[str, Any] | None
    jwks_uri: str | None
    grant_types: list[str]
    scope: str
    id_token_signed_response_alg: str
    userinfo_signed_response_alg: str | None
    trusted: bool
    active: bool
    roles: list[str]
    people: list[PersonNamed]
    has_secret: bool
    previous_secret_expires_at: datetime | None
    created_at: datetime
    is_ours: bool
    version: int

    @classmethod
    def of(cls, product: Product, session: Session, house: House) -> "ProductView":
        return cls(**fields_of(product, session, house))


class ProductWithSecret(ProductView):
    """The secret is told this once, and only when there is a new one."""

    client_secret: str | None = Field(default=None, repr=False)

    @classmethod
    def told(cls, product: Product, secret: str | None, session: Session, house: House) -> "ProductWithSecret":
        return cls(**fields_of(product, session, house), client_secret=secret)


class ProductPage(BaseModel):
    items: list[ProductView]
    next: str | None


class Entry(BaseModel):
    """Who may enter: with no roles and no people named, everyone."""

    trusted: bool = False
    roles: Annotated[list[Role], Field(max_length=len(Role))] = []
    people: Annotated[list[str], Field(max_length=MOST_PEOPLE)] = []


class NewProduct(ClientMetadata, Entry):
    """Metadata of RFC 7591. What we do not know is refused here: somebody typed it and means it."""

    model_config = ConfigDict(extra="forbid")


class ProductChange(BaseModel):
    """Members that are left out stay as they are; null puts one back to what it is when left out at registration."""

    model_config = ConfigDict(extra="forbid")

    client_name: str | None = None
    client_uri: str | None = None
    redirect_uris: list[str] | None = None
    post_logout_redirect_uris: list[str] | None = None
    backchannel_logout_uri: str | None = None
    token_endpoint_auth_method: str | None = None
    jwks: dict[str, Any] | None = None
    jwks_uri: str | None = None
    grant_types: list[str] | None = None
    response_types: list[str] | None = None
    id_token_signed_response_alg: str | None = None
    userinfo_signed_response_alg: str | None = None
    scope: str | None = None
    trusted: bool | None = None
    roles: Annotated[list[Role], Field(max_length=len(Role))] | None = None
    people: Annotated[list[str], Field(max_length=MOST_PEOPLE)] | None = None
    active: bool | None = None
    version: int | None = Field(default=None, description="What you looked at; when it has moved since, 409.")

    def members(self) -> dict[str, Any]:
        """What was given of the product itself."""
        return self.model_dump(exclude_unset=True, exclude={"active", "version"})


def fields_of(product: Product, session: Session, house: House) -> dict[str, Any]:
    named = ProductView.model_fields.keys() - {"client_name", "jwks", "people", "has_secret", "is_ours"}
    overlaps = product.previous_secret_is_good(house.clock())
    return {name: getattr(product, name) for name in named} | {
        "client_name": product.name,
        "people": people_named(session, product.people),
        "jwks": product.registered_jwks,
        "has_secret": product.secret_hash is not None,
        "previous_secret_expires_at": product.previous_secret_expires_at if overlaps else None,
        "is_ours": product.client_id in own_client_ids(house.settings),
    }


def people_named(session: Session, ids: list[str]) -> list[PersonNamed]:
    if not ids:
        return []
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)).order_by(Person.name_key))
    return [PersonNamed(id=person_id, name=name) for person_id, name in rows]


def refuse_strangers(session: Session, ids: list[str] | None) -> None:
    """Raises InvalidInput when somebody is named who is not there."""
    known = set(session.scalars(select(Person.id).where(Person.id.in_(ids)))) if ids else set()
    errors = [
        {"field": f"people.{place}", "message": "is nobody's id"}
        for place, one in enumerate(ids or [])
        if one not in known
    ]
    if errors:
        raise InvalidInput(errors)
