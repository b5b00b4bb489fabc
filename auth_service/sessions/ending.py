"""The end of a session: admissions end with it, and every product that took part is owed a logout token."""

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Ended:
    """A session that was alive until now, and whose it was."""

    id: str
    person_id: str


def end_sessions(session: Session, session_ids: Sequence[str], *, at: datetime) -> list[Ended]:
    """Whoever ends a session first queues its notices; a second ending finds nothing left to end."""
    ending = update(BrowserSession).where(BrowserSession.id.in_(session_ids), BrowserSession.ended_at.is_(None))
    rows = session.execute(ending.values(ended_at=at).returning(BrowserSession.id, BrowserSession.person_id))
    ended = [Ended(*row) for row in rows]
    ids = [each.id for each in ended]
    queue_notices(session, ids, at=at)
    admissions = update(Admission).where(Admission.session_id.in_(ids), Admission.ended_at.is_(None))
    session.execute(admissions.values(ended_at=at))
    return ended


def end_admissions_to(session: Session, *, person_id: str, client_id: str, at: datetime) -> int:
    """One product loses one person, whose sessions go on. It is told as if they had ended. How many there were."""
    alive = (Admission.person_id == person_id) & (Admission.client_id == client_id) & Admission.ended_at.is_(None)
    ending = update(Admission).where(alive).values(ended_at=at).returning(Admission.session_id)
    session_ids = session.execute(ending, execution_options={"synchronize_session": False}).scalars().all()
    queue_notices(session, list(set(session_ids)), at=at, client_id=client_id)
    return len(session_ids)


def queue_notices(session: Session, session_ids: Sequence[str], *, at: datetime, client_id: str | None = None) -> None:
    """To every product that took part, or to one."""
    taking_part = (
        select(Product, Admission.person_id, Admission.session_id)
        .join(Admission, Product.client_id == Admission.client_id)
        .where(Admission.session_id.in_(session_ids), Product.backchannel_logout_uri.is_not(None))
    )
    if client_id:
        taking_part = taking_part.where(Product.client_id == client_id)
    for product, sub, sid in {(product, sub, sid) for product, sub, sid in session.execute(taking_part)}:
        session.add(LogoutDelivery.due(product, sub=sub, sid=sid, at=at))
