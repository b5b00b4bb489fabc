"""An admission: one person let into one product by one authorization code. All that the code brought hangs under it.

It is the family of the refresh tokens; access tokens name it in their `jti`. Ending it ends everything at once.
"""

import secrets
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from auth_service.database import Base


class Admission(Base):
    __tablename__ = "admission"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("product.client_id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("browser_session.id"), index=True)
    scope: Mapped[str]
    requested_claims: Mapped[dict[str, list[str]] | None] = mapped_column(JSON(none_as_null=True))  # by place
    signed_in_at: Mapped[datetime]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    def claims_for(self, place: str) -> list[str]:
        """Asked for by name, beside those of the scopes."""
        return (self.requested_claims or {}).get(place, [])

    def new_jti(self) -> str:
        return f"{self.id}.{secrets.token_urlsafe(9)}"


class RevokedToken(Base):
    """A single access token that its client gave back (RFC 7009) before it expired."""

    __tablename__ = "revoked_token"

    jti: Mapped[str] = mapped_column(String(80), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


def end_admission(session: Session, admission_id: str, *, at: datetime) -> None:
    alive = (Admission.id == admission_id) & Admission.ended_at.is_(None)
    session.execute(update(Admission).where(alive).values(ended_at=at))
