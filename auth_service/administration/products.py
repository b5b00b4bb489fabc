"""Products, registered and edited by admins; their secrets."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from auth_service.administration.admin import ACCESS_TOKEN, Admin, problems
from auth_service.administration.product_views import (
    NewProduct,
    ProductChange,
    ProductPage,
    ProductView,
    ProductWithSecret,
    refuse_strangers,
)
from auth_service.database import Reading, Writing
from auth_service.house import TheHouse
from auth_service.paging import MOST, USUAL, cursor, row_at
from auth_service.products.editing import edit, product_to_change, refuse_stale, renew_secret
from auth_service.products.product import by_name, find_product
from auth_service.products.registration import ClientMetadata, register
from auth_service.products.uris import check_redirect_uri
from auth_service.sessions.closing import switch

router = APIRouter(tags=["products"], dependencies=[ACCESS_TOKEN], responses=problems())

A_MONTH_SECONDS = 30 * 24 * 3600


class Overlap(BaseModel):
    model_config = ConfigDict(extra="forbid")

    overlap_seconds: int = Field(ge=0, le=A_MONTH_SECONDS, description="How long the old secret stays good.")
    version: int | None = Field(default=None, description="What you looked at; when it has moved since, 409.")


class NewSecret(BaseModel):
    client_secret: str = Field(repr=False, description="Told this once.")
    previous_secret_expires_at: datetime | None


@router.get("/products", summary="Products by name")
def products(
    _: Admin,
    session: Reading,
    house: TheHouse,
    q: Annotated[str, Query(max_length=100, description="Part of the name or of the client_id.")] = "",
    after: Annotated[str | None, Query(max_length=1000)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = USUAL,
) -> ProductPage:
    place = row_at(house.keys.cursor, "products", after)
    found = by_name(session, search=q, after=place, limit=limit + 1)
    page = found[:limit]
    row = [page[-1].name_key, page[-1].client_id] if len(found) > limit else None
    return ProductPage(
        items=[ProductView.of(product, session, house) for product in page],
        next=cursor(house.keys.cursor, "products", row) if row else None,
    )


@router.post("/products", status_code=201, summary="Register a product", responses=problems(409))
def add(wanted: NewProduct, by: Admin, session: Writing, house: TheHouse) -> ProductWithSecret:
    refuse_strangers(session, wanted.people)
    metadata = ClientMetadata.model_validate(wanted.model_dump(exclude={"trusted", "roles", "people"}))
    product, secret = register(
        session,
        metadata,
        trusted=wanted.trusted,
        roles=wanted.roles,
        people=wanted.people,
        at=house.clock(),
        by=by,
    )
    return ProductWithSecret.told(product, secret, session, house)


@router.get("/products/{client_id}", summary="One product", responses=problems(404))
def product(client_id: str, _: Admin, session: Reading, house: TheHouse) -> ProductView:
    return ProductView.of(find_product(session, client_id), session, house)


@router.patch("/products/{client_id}", summary="Edit a product, switch it off or on", responses=problems(404, 409))
def change(client_id: str, wanted: ProductChange, by: Admin, session: Writing, house: TheHouse) -> ProductWithSecret:
    """A secret is in the answer when the product needs one from now on and had none."""
    found = product_to_change(session, client_id, house.settings)
    refuse_stale(found, wanted.version)
    refuse_strangers(session, wanted.people)
    secret = edit(session, found, wanted.members(), at=house.clock(), by=by)
    if wanted.active is not None:
        switch(session, found, active=wanted.active, at=house.clock(), by=by)
    session.flush()
    return ProductWithSecret.told(found, secret, session, house)


@router.post("/products/{client_id}/secret", status_code=201, summary="Make a new secret", responses=problems(404, 409))
def new_secret(client_id: str, wanted: Overlap, by: Admin, session: Writing, house: TheHouse) -> NewSecret:
    found = product_to_change(session, client_id, house.settings)
    refuse_stale(found, wanted.version)
    overlap = timedelta(seconds=wanted.overlap_seconds)
    secret = renew_secret(session, found, overlap=overlap, at=house.clock(), by=by)
    return NewSecret(client_secret=secret, previous_secret_expires_at=found.previous_secret_expires_at)


class RedirectUri(BaseModel):
    model_config = ConfigDict(extra="forbid")

    redirect_uri: Annotated[str, Field(max_length=10_000)]


class RedirectUriVerdict(BaseModel):
    ok: bool
    problem: str
    hint: str


@router.post("/redirect-uri-check", summary="Whether a redirect URI could be registered")
def redirect_uri_check(wanted: RedirectUri, _: Admin) -> RedirectUriVerdict:
    verdict = check_redirect_uri(wanted.redirect_uri)
    return RedirectUriVerdict(ok=verdict.ok, problem=verdict.problem, hint=verdict.hint)
