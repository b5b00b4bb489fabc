"""The products that know a person: those they allowed something, and those of the company that they entered."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from auth_service.products.product import Product
from auth_service.products.scopes import SENTENCES
from auth_service.protocol.consent import Consent
from auth_service.sessions.admission import Admission


@dataclass(frozen=True)
class ProductView:
    client_id: str
    name: str
    uri: str | None
    trusted: bool  # of the company: it opens without asking
    sees: list[str]
    since: datetime
    is_open: bool


def products_of(session: Session, person_id: str) -> list[ProductView]:
    """By name. A product whose consent was withdrawn is gone from here until it is allowed anew."""
    entered = (
        select(
            Admission.client_id,
            func.min(Admission.created_at).label("since"),
            func.sum(case((Admission.ended_at.is_(None), 1), else_=0)).label("alive"),
        )
        .where(Admission.person_id == person_id)
        .group_by(Admission.client_id)
        .subquery()
    )
    query = (
        select(Product, Consent, entered.c.since, entered.c.alive)
        .outerjoin(Consent, (Consent.client_id == Product.client_id) & (Consent.person_id == person_id))
        .outerjoin(entered, entered.c.client_id == Product.client_id)
        .where(Consent.client_id.is_not(None) | entered.c.alive.is_not(None))
        .order_by(Product.client_id)
    )
    rows = sorted(session.execute(query), key=lambda row: row[0].name.casefold())
    return [
        view(session, person_id, product, consent, since, bool(alive))
        for product, consent, since, alive in rows
        if consent or (alive if not product.trusted else since)
    ]


def view(
    session: Session, person_id: str, product: Product, consent: Consent | None, since: datetime, is_open: bool
) -> ProductView:
    scope = consent.scope if consent else latest_scope(session, person_id, product.client_id)
    return ProductView(
        client_id=product.client_id,
        name=product.name,
        uri=product.client_uri,
        trusted=product.trusted,
        sees=[SENTENCES[name] for name in scope.split() if name in SENTENCES],
        since=consent.given_at if consent else since,
        is_open=is_open,
    )


def latest_scope(session: Session, person_id: str, client_id: str) -> str:
    mine = select(Admission.scope).where(Admission.person_id == person_id, Admission.client_id == client_id)
    return session.scalar(mine.order_by(Admission.created_at.desc()).limit(1)) or ""
