"""The end of a session: admissions end with it, and every product that took part is owed a logout token."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from auth_service.products.product import Product
from auth_service.sessions.admission import Admission
from auth_service.sessions.browser_session import BrowserSession
from auth_service.sessions.delivery import LogoutDelivery


def end_everything(session: Session, person_id: str, *, at: datetime) -> None:
    """After dismissal, a new role or a moult: nothing that was opened before stays open."""
    alive = select(BrowserSession.id).where(BrowserSession.person_id == person_id, BrowserSession.ended_at.is_(None))
    end_sessions(session, session.scalars(alive).all(), at=at)
    end_admissions = update(Admission).where(Admission.person_id == person_id, Admission.ended_at.is_(None))
    session.execute(end_admissions.values(ended_at=at))


def end_sessions(session: Session, session_ids: Sequence[str], *, at: datetime) -> None:
    """Whoever ends a session first queues its notices; a second ending finds nothing left to end."""
    ending = update(BrowserSession).where(BrowserSession.id.in_(session_ids), BrowserSession.ended_at.is_(None))
    ended = session.execute(ending.values(ended_at=at).returning(BrowserSession.id)).scalars().all()
    queue_notices(session, ended, at=at)
    admissions = update(Admission).where(Admission.session_id.in_(ended), Admission.ended_at.is_(None))
    session.execute(admissions.values(ended_at=at))


def queue_notices(session: Session, session_ids: Sequence[str], *, at: datetime) -> None:
    taking_part = (
        select(Product, Admission.person_id, Admission.session_id)
        .join(Admission, Product.client_id == Admission.client_id)
        .where(Admission.session_id.in_(session_ids), Product.backchannel_logout_uri.is_not(None))
    )
    for product, sub, sid in {(product, sub, sid) for product, sub, sid in session.execute(taking_part)}:
        session.add(LogoutDelivery.due(product, sub=sub, sid=sid, at=at))
