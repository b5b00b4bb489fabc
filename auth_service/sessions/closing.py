"""A product switched off, and on again: nobody enters meanwhile, and what it was let in for is over."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from auth_service.products.product import Product
from auth_service.sessions.admission import Admission
from auth_service.trail.deed import Deed
from auth_service.trail.doer import Doer
from auth_service.trail.entry import record


def switch(session: Session, product: Product, *, active: bool, at: datetime, by: Doer) -> None:
    if active == product.active:
        return
    product.active, product.version = active, product.version + 1
    if not active:
        alive = (Admission.client_id == product.client_id) & Admission.ended_at.is_(None)
        session.execute(update(Admission).where(alive).values(ended_at=at))
    deed = Deed.PRODUCT_ENABLED if active else Deed.PRODUCT_DISABLED
    record(session, deed, at=at, by=by, product=product.client_id)
