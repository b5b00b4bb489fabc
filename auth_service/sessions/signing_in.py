"""From a recognised beak to a signed-in browser."""

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from auth_service.keys.derivation import fingerprint
from auth_service.sessions.browser_session import BrowserSession, open_session
from auth_service.sessions.ending import end_sessions
from auth_service.trail.deed import Deed
from auth_service.trail.doer import Doer
from auth_service.trail.entry import record


def signed_in(
    session: Session, person_id: str, *, before: BrowserSession | None, at: datetime, by: Doer
) -> tuple[BrowserSession, str]:
    """The session and the secret for its cookie, which is new each time: the old one is dead (ASVS 5.0, 7.2.4).

    Whoever proves themselves again keeps their session, so that their products stay open. Someone else ends it.
    """
    record(session, Deed.SIGNED_IN, at=at, by=by, whom=person_id)
    if before and before.person_id == person_id:
        cookie = secrets.token_urlsafe(32)
        before.cookie_hash, before.signed_in_at, before.seen_at = fingerprint(cookie), at, at
        before.address, before.device = by.address, by.device
        return before, cookie
    if before:
        end_sessions(session, [before.id], at=at)
    return open_session(session, person_id, at=at, by=by)
