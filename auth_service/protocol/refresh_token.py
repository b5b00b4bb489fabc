"""Refresh tokens as rows: opaque, stored as a hash, each good for one rotation (RFC 9700 section 4.14.2).

A successor is derived from its predecessor with a key of ours. So the same refresh asked twice within a few seconds,
because the first answer was lost or two tabs asked at once, gets the same successor, and yet no token is stored.
"""

import base64
import secrets
from datetime import datetime, timedelta
from enum import Enum, auto

from sqlalchemy import ForeignKey, String, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from auth_service.database import Base
from auth_service.keys.derivation import fingerprint, keyed
from auth_service.sessions.admission import Admission

IDLE = timedelta(hours=12)
SAME_SUCCESSOR_FOR = timedelta(seconds=10)


class RefreshToken(Base):
    __tablename__ = "refresh_token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    admission_id: Mapped[str] = mapped_column(ForeignKey("admission.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class Turn(Enum):
    """What presenting a refresh token came to."""

    ROTATED = auto()
    REPEATED = auto()  # within the window: the same successor again
    REUSED = auto()  # after it: someone holds a copy
    DEAD = auto()


def first_token(session: Session, admission: Admission, *, at: datetime) -> str:
    token = secrets.token_urlsafe(32)
    session.add(RefreshToken(token_hash=fingerprint(token), admission_id=admission.id, expires_at=at + IDLE))
    return token


def successor_of(token: str, key: bytes) -> str:
    return base64.urlsafe_b64encode(keyed(key, token)).decode().rstrip("=")


def take_turn(session: Session, token: str, row: RefreshToken, *, key: bytes, at: datetime) -> Turn:
    """One statement decides who rotates; whoever comes second reads when the first one did."""
    if row.expires_at <= at:
        return Turn.DEAD
    unused = (RefreshToken.token_hash == row.token_hash) & RefreshToken.used_at.is_(None)
    taking = update(RefreshToken).where(unused).values(used_at=at).returning(RefreshToken.token_hash)
    if session.execute(taking, execution_options={"synchronize_session": False}).first():
        successor = fingerprint(successor_of(token, key))
        session.add(RefreshToken(token_hash=successor, admission_id=row.admission_id, expires_at=at + IDLE))
        session.flush()
        return Turn.ROTATED
    session.refresh(row)
    return Turn.REPEATED if row.used_at and at < row.used_at + SAME_SUCCESSOR_FOR else Turn.REUSED
