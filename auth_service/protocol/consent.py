"""What a person has allowed a product to know, remembered per person and product."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from auth_service.database import Base


class Consent(Base):
    __tablename__ = "consent"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("product.client_id"), primary_key=True)
    scope: Mapped[str]
    given_at: Mapped[datetime]


def has_consented(session: Session, *, person_id: str, client_id: str, scope: str) -> bool:
    consent = session.get(Consent, (person_id, client_id))
    return consent is not None and set(scope.split()) <= set(consent.scope.split())


def remember_consent(session: Session, *, person_id: str, client_id: str, scope: str, at: datetime) -> None:
    """Adds to what was allowed before."""
    before = session.get(Consent, (person_id, client_id))
    allowed = " ".join(dict.fromkeys([*(before.scope.split() if before else []), *scope.split()]))
    session.merge(Consent(person_id=person_id, client_id=client_id, scope=allowed, given_at=at))
