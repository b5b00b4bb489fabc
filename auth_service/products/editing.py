"""A product edited: the members that are given change, the others stay, and what comes of it is checked as a whole."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from auth_service.errors import InvalidInput, Refused, in_words
from auth_service.products.own import own_client_ids
from auth_service.products.product import WITH_A_SECRET, NoSuchProduct, Product
from auth_service.products.registration import ClientMetadata, columns_of
from auth_service.products.scopes import SENTENCES
from auth_service.settings import Settings
from auth_service.trail.deed import Deed
from auth_service.trail.doer import Doer
from auth_service.trail.entry import record

OF_ENTRY = ("trusted", "roles", "people")  # beside the metadata of RFC 7591: who may enter, and whether they are asked


class OwnProduct(Refused):
    status = 409
    title = "The house's own products follow its settings"


class ChangedMeanwhile(Refused):
    status = 409
    title = "Somebody else has changed this meanwhile"


class HasNoSecret(Refused):
    status = 409
    title = "This product proves itself without a secret"


def product_to_change(session: Session, client_id: str, settings: Settings) -> Product:
    """Locked, so that two admins queue. Raises NoSuchProduct, OwnProduct."""
    query = select(Product).where(Product.client_id == client_id).with_for_update(key_share=True)
    product = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if product is None:
        raise NoSuchProduct(f"There is no product {client_id}.")
    if product.client_id in own_client_ids(settings):
        raise OwnProduct(f"{product.name} is registered from the settings at every start. Change it there.")
    return product


def edit(session: Session, product: Product, wanted: Mapping[str, Any], *, at: datetime, by: Doer) -> str | None:
    """`wanted`: members of ClientMetadata and of OF_ENTRY; null puts one back to what it is when left out.

    A secret is answered when the product needs one from now on, and is seen only now. Raises InvalidInput.
    """
    before = members_of(product)
    metadata = validated({**before, **wanted})
    for column, value in columns_of(metadata).items():
        setattr(product, column, value)
    product.trusted = bool(wanted.get("trusted", product.trusted))
    product.roles = list(wanted.get("roles", product.roles) or [])
    product.people = list(wanted.get("people", product.people) or [])
    secret = settle_secret(product, at=at)
    after = members_of(product)
    changed = {name: {"from": before[name], "to": after[name]} for name in after if before[name] != after[name]}
    if changed:
        product.version += 1
        record(session, Deed.PRODUCT_EDITED, at=at, by=by, product=product.client_id, details=told(changed))
    return secret


def renew_secret(session: Session, product: Product, *, overlap: timedelta, at: datetime, by: Doer) -> str:
    """The new secret, seen only now; the old one stays good for `overlap`. Raises HasNoSecret."""
    if product.token_endpoint_auth_method not in WITH_A_SECRET:
        raise HasNoSecret(f"{product.name} uses {product.token_endpoint_auth_method}.")
    secret = secrets.token_urlsafe(32)
    product.take_secret(secret, overlap=overlap, at=at)
    product.version += 1
    details = {"overlap_seconds": int(overlap.total_seconds())}
    record(session, Deed.PRODUCT_SECRET_MADE, at=at, by=by, product=product.client_id, details=details)
    return secret


def refuse_stale(product: Product, version: int | None) -> None:
    """`version`: what the editor looked at. Raises ChangedMeanwhile."""
    if version not in (None, product.version):
        raise ChangedMeanwhile(f"{product.name} was changed while you were editing. Look at it again.")


def members_of(product: Product) -> dict[str, Any]:
    """As they could be registered again."""
    names = set(ClientMetadata.model_fields) - {"client_name", "response_types"}
    members = {name: getattr(product, name) for name in (*sorted(names), *OF_ENTRY)}
    # Words that nobody knows could be registered once.
    scope = " ".join(word for word in product.scope.split() if word in SENTENCES)
    return members | {"client_name": product.name, "scope": scope, "jwks": product.registered_jwks}


def validated(members: Mapping[str, Any]) -> ClientMetadata:
    """Raises InvalidInput."""
    try:
        return ClientMetadata.model_validate(dict(members))
    except ValidationError as error:
        raise InvalidInput([in_words(problem) for problem in error.errors()]) from None


def settle_secret(product: Product, *, at: datetime) -> str | None:
    """After a change of the method: a secret where one is needed now, none where it is not."""
    if product.token_endpoint_auth_method not in WITH_A_SECRET:
        product.drop_secrets()
        return None
    if product.secret_hash:
        return None
    secret = secrets.token_urlsafe(32)
    product.take_secret(secret, overlap=timedelta(0), at=at)
    return secret


def told(changed: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """For the trail; of keys it says only that they are others now."""
    return {name: values if name != "jwks" else {} for name, values in changed.items()}
