"""A browser that someone signed in with. Its id is the `sid` of tokens; of the cookie it keeps a hash."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from uuid_utils.compat import uuid7

from auth_service.database import Base
from auth_service.keys.derivation import fingerprint
from auth_service.trail.doer import Doer

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=7)


class BrowserSession(Base):
    __tablename__ = "browser_session"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    cookie_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    signed_in_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str | None] = mapped_column(String(64))  # from where, and with what, at the latest sign-in
    device: Mapped[str | None] = mapped_column(String(300))

    def is_alive(self, at: datetime) -> bool:
        return self.ended_at is None and at < self.seen_at + IDLE and at < self.signed_in_at + ABSOLUTE


def open_session(session: Session, person_id: str, *, at: datetime, by: Doer) -> tuple[BrowserSession, str]:
    """A new row at every sign-in, with the secret for the cookie: an id from before is never carried over."""
    cookie = secrets.token_urlsafe(32)
    opened = BrowserSession(
        id=str(uuid7()),
        cookie_hash=fingerprint(cookie),
        person_id=person_id,
        signed_in_at=at,
        seen_at=at,
        address=by.address,
        device=by.device,
    )
    session.add(opened)
    session.flush()
    return opened, cookie


def session_of(session: Session, cookie: str | None, *, at: datetime) -> BrowserSession | None:
    if not cookie:
        return None
    query = select(BrowserSession).where(BrowserSession.cookie_hash == fingerprint(cookie))
    found = session.scalars(query).one_or_none()
    return found if found and found.is_alive(at) else None
