"""The signing keys as an admin sees them: what signs, what will, what did, and what must not any more."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth_service.keys.rotation import pair_of
from auth_service.keys.signing_key import Algorithm, KeyState, SigningKey


@dataclass(frozen=True)
class KeyShown:
    kid: str
    algorithm: str
    state: str
    created_at: datetime
    signs_from: datetime | None  # of a next key: when the schedule lets it sign
    retires_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class KeysShown:
    items: list[KeyShown]
    next_rotation_at: datetime | None  # none: only by command


def overview(session: Session, *, every: timedelta | None, at: datetime) -> KeysShown:
    """Oldest first. A key whose last token has died is not shown, a withdrawn one always is."""
    keys = session.scalars(select(SigningKey).order_by(SigningKey.created_at, SigningKey.kid)).all()
    planned = {kind: pair_of(session, kind).rotation_at(every) for kind in Algorithm} if every and keys else {}
    items = [
        KeyShown(
            kid=key.kid,
            algorithm=key.algorithm,
            state=key.state,
            created_at=key.created_at,
            signs_from=planned.get(Algorithm(key.algorithm)) if key.state == KeyState.NEXT else key.signs_from,
            retires_at=key.retires_at,
            withdrawn_at=key.withdrawn_at,
        )
        for key in keys
        if key.state == KeyState.WITHDRAWN or key.is_published(at)
    ]
    return KeysShown(items, min(planned.values(), default=None))
