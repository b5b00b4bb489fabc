"""Rotation: the next key signs, the old one stays published until its last token has died, a new next is made."""

from datetime import datetime

from cryptography.fernet import Fernet
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from auth_service.database import Database
from auth_service.keys.signing_key import Algorithm, KeyState, SigningKey


def make_missing_keys(database: Database, *, sealing: Fernet, at: datetime) -> None:
    """A current and a next key of each algorithm. Several processes may try at once: the unique index lets one win."""
    with database.reading() as session:
        if len(missing(session)) == 0:
            return
    try:
        with database.writing() as session:
            session.add_all(SigningKey.make(*kind, sealing=sealing, at=at) for kind in missing(session))
    except IntegrityError:
        pass  # the other process has made them meanwhile


def missing(session: Session) -> list[tuple[Algorithm, KeyState]]:
    there = {(key.algorithm, key.state) for key in session.scalars(select(SigningKey))}
    wanted = [(algorithm, state) for algorithm in Algorithm for state in (KeyState.CURRENT, KeyState.NEXT)]
    return [kind for kind in wanted if kind not in there]


def rotate(session: Session, *, sealing: Fernet, at: datetime) -> None:
    session.execute(delete(SigningKey).where(SigningKey.retires_at < at))
    for algorithm in Algorithm:
        keys = select(SigningKey).where(SigningKey.algorithm == algorithm).with_for_update()
        by_state = {key.state: key for key in session.scalars(keys)}
        by_state[KeyState.CURRENT].retire(at)
        session.flush()
        by_state[KeyState.NEXT].take_over()
        session.flush()
        session.add(SigningKey.make(algorithm, KeyState.NEXT, sealing=sealing, at=at))


def published(session: Session, *, at: datetime) -> list[SigningKey]:
    """Next, current, and retiring ones that a token may still name; oldest first."""
    keys = session.scalars(select(SigningKey).order_by(SigningKey.created_at, SigningKey.kid))
    return [key for key in keys if key.retires_at is None or at <= key.retires_at]
