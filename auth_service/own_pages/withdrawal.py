"""Taking back what a product was allowed: the consent goes, and with it everything the product holds."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from auth_service.protocol.authorization_code import AuthorizationCode
from auth_service.protocol.consent import Consent
from auth_service.sessions.ending import end_admissions_to
from auth_service.trail.deed import Deed
from auth_service.trail.doer import Doer
from auth_service.trail.entry import record


def withdraw(session: Session, person_id: str, client_id: str, *, by: Doer, at: datetime) -> None:
    """Nothing happens where there was nothing. A code that is on its way opens nothing any more."""
    consent = delete(Consent).where(Consent.person_id == person_id, Consent.client_id == client_id)
    had_consent = session.execute(consent.returning(Consent.client_id)).first() is not None
    unused = update(AuthorizationCode).where(
        AuthorizationCode.person_id == person_id,
        AuthorizationCode.client_id == client_id,
        AuthorizationCode.used_at.is_(None),
    )
    session.execute(unused.values(used_at=at))
    ended = end_admissions_to(session, person_id=person_id, client_id=client_id, at=at)
    if had_consent or ended:
        record(session, Deed.CONSENT_WITHDRAWN, at=at, by=by, whom=person_id, product=client_id)
