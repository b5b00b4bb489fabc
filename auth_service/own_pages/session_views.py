"""A person's sessions as their page shows them, with the products each one opened and what those were told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth_service.own_pages.device import Device
from auth_service.own_pages.visitor import Visitor
from auth_service.products.product import Product
from auth_service.sessions.admission import Admission
from auth_service.sessions.browser_session import ABSOLUTE, IDLE, BrowserSession
from auth_service.sessions.delivery import LogoutDelivery
from auth_service.throttle.caller import network_of

MOST_OPEN = 100
MOST_ENDED = 10


@dataclass(frozen=True)
class Notice:
    """What a product was told of the sign-out: `state` is delivered, waiting, dead, or deaf for one that takes none."""

    state: str
    at: datetime | None = None
    attempts: int = 0

    @classmethod
    def of(cls, delivery: LogoutDelivery) -> "Notice":
        if delivery.delivered_at:
            return cls("delivered", delivery.delivered_at, delivery.attempts)
        if delivery.dead_at:
            return cls("dead", delivery.dead_at, delivery.attempts)
        return cls("waiting", delivery.due_at, delivery.attempts)


@dataclass(frozen=True)
class Reached:
    name: str
    notice: Notice


@dataclass(frozen=True)
class SessionView:
    id: str
    device: Device
    address: str | None
    is_this: bool
    is_near: bool
    signed_in_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    products: list[Reached]


def sessions_of(session: Session, visitor: Visitor, *, at: datetime) -> tuple[list[SessionView], list[SessionView]]:
    """Those that are open, this one first, and the last ones that ended."""
    alive = (
        BrowserSession.ended_at.is_(None)
        & (BrowserSession.seen_at > at - IDLE)
        & (BrowserSession.signed_in_at > at - ABSOLUTE)
    )
    mine = select(BrowserSession).where(BrowserSession.person_id == visitor.person.id)
    latest = (BrowserSession.seen_at.desc(), BrowserSession.id.desc())
    is_open = session.scalars(mine.where(alive).order_by(*latest).limit(MOST_OPEN)).all()
    ended = session.scalars(mine.where(~alive).order_by(*latest).limit(MOST_ENDED)).all()
    reached = products_reached(session, [each.id for each in (*is_open, *ended)])
    here = visitor.browser
    views = [view(each, here, reached.get(each.id, [])) for each in (*is_open, *ended)]
    open_views = sorted(views[: len(is_open)], key=lambda each: not each.is_this)
    return open_views, views[len(is_open) :]


def view(browser: BrowserSession, here: BrowserSession, products: list[Reached]) -> SessionView:
    return SessionView(
        id=browser.id,
        device=Device.of(browser.device),
        address=browser.address,
        is_this=browser.id == here.id,
        is_near=network_of(browser.address or "") == network_of(here.address or ""),
        signed_in_at=browser.signed_in_at,
        seen_at=browser.seen_at,
        ended_at=browser.ended_at,
        products=products,
    )


def products_reached(session: Session, session_ids: Sequence[str]) -> dict[str, list[Reached]]:
    """By session. A product that was entered twice in one session is told once."""
    query = (
        select(Admission.session_id, Product.client_id, Product.name)
        .join(Product, Product.client_id == Admission.client_id)
        .where(Admission.session_id.in_(session_ids))
        .distinct()
        .order_by(Product.name)
    )
    told = notices(session, session_ids)
    found: dict[str, list[Reached]] = {}
    for session_id, client_id, name in session.execute(query):
        found.setdefault(session_id, []).append(Reached(name, told.get((session_id, client_id), Notice("deaf"))))
    return found


def notices(session: Session, session_ids: Sequence[str]) -> dict[tuple[str, str], Notice]:
    """The latest of each session and product."""
    query = select(LogoutDelivery).where(LogoutDelivery.sid.in_(session_ids)).order_by(LogoutDelivery.created_at)
    return {(each.sid, each.client_id): Notice.of(each) for each in session.scalars(query)}
