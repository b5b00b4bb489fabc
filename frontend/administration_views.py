"""The answers of auth_service's administration, as far as pages read them. Instants are ISO 8601 in UTC."""

from typing import Any, Literal, TypedDict


class Popug(TypedDict):
    id: str
    name: str
    email: str
    role: str
    active: bool
    version: int
    plumage: str
    picture: str
    created_at: str


class Hatched(Popug):
    beak_shape: str  # told this once


class Invitation(TypedDict):
    hatching_url: str  # told this once
    hatching_expires_at: str


class Invited(Popug, Invitation):
    pass


class Roster(TypedDict):
    items: list[Popug]
    next: str | None


class PersonName(TypedDict):
    id: str
    name: str


class ProductName(TypedDict):
    client_id: str
    client_name: str


class Product(TypedDict):
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
    people: list[PersonName]
    has_secret: bool
    previous_secret_expires_at: str | None
    created_at: str
    is_ours: bool
    version: int


class NewProduct(Product):
    client_secret: str | None  # told this once


class Products(TypedDict):
    items: list[Product]
    next: str | None


class NewSecret(TypedDict):
    client_secret: str  # told this once
    previous_secret_expires_at: str | None


class UriCheck(TypedDict):
    ok: bool
    problem: str
    hint: str


class Check(TypedDict):
    name: str
    ok: bool
    detail: str


class SignInTest(TypedDict):
    checks: list[Check]
    id_token_claims: dict[str, Any]
    userinfo: dict[str, Any]
    scope: str


class SignedIn(TypedDict):
    id: str
    person: PersonName
    signed_in_at: str
    seen_at: str
    ended_at: str | None
    address: str | None
    device: str | None
    products: list[ProductName]


class SignedInPage(TypedDict):
    items: list[SignedIn]
    next: str | None


class Delivery(TypedDict):
    id: str
    client_id: str
    client_name: str
    person: PersonName | None
    session_id: str | None
    uri: str
    state: Literal["waiting", "delivered", "dead"]
    attempts: int
    created_at: str
    due_at: str
    delivered_at: str | None
    dead_at: str | None
    last_error: str | None


class Deliveries(TypedDict):
    items: list[Delivery]
    next: str | None


class Key(TypedDict):
    kid: str
    algorithm: str
    state: Literal["next", "current", "retiring", "withdrawn"]
    created_at: str
    signs_from: str | None
    retires_at: str | None


class Keys(TypedDict):
    items: list[Key]
    next_rotation_at: str | None


class Doer(TypedDict, total=False):
    """Either a person or a product."""

    id: str
    name: str
    client_id: str
    client_name: str


class TrailEntry(TypedDict):
    id: str
    at: str
    what: str
    by: Doer | None
    whom: PersonName | None
    product: ProductName | None
    address: str | None
    device: str | None
    details: dict[str, Any]


class Trail(TypedDict):
    items: list[TrailEntry]
    next: str | None
