"""An entry of the trail. The database refuses to change or delete one (migration 0004)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column
from uuid_utils.compat import uuid7

from auth_service.database import Base
from auth_service.trail.deed import Deed
from auth_service.trail.doer import Doer


class TrailEntry(Base):
    """Without foreign keys: it says what was, whatever becomes of those whom it names."""

    __tablename__ = "trail"
    __table_args__ = (
        Index("trail_by_time", "at", "id"),
        Index("trail_of_doer", "by_person_id", "at"),
        Index("trail_of_person", "whom_id", "at"),
        Index("trail_of_product", "client_id", "at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(String(32))
    by_person_id: Mapped[str | None] = mapped_column(String(36))
    by_client_id: Mapped[str | None] = mapped_column(String(100))
    whom_id: Mapped[str | None] = mapped_column(String(36))
    client_id: Mapped[str | None] = mapped_column(String(100))  # of the product that it was done to or at
    address: Mapped[str | None] = mapped_column(String(64))
    device: Mapped[str | None] = mapped_column(String(300))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)


def record(
    session: Session,
    what: Deed,
    *,
    at: datetime,
    by: Doer,
    whom: str | None = None,
    product: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """In the transaction of the deed itself, so that neither is kept without the other.

    `whom` is the id of a person, `product` a client_id. `details` are words for admins: never a beak, secret or token.
    """
    entry = TrailEntry(
        id=str(uuid7()),
        at=at,
        what=what,
        by_person_id=by.person_id,
        by_client_id=by.client_id,
        whom_id=whom,
        client_id=product,
        address=by.address,
        device=by.device,
        details=dict(details or {}),
    )
    session.add(entry)
