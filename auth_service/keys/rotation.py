"""Rotation: the next key signs, the old one stays published until its last token has died, a new next is made.

On a schedule, by command, and when a key is withdrawn. Spare keys are made before the transaction that may need them,
for a writer on SQLite keeps all others waiting. Any number of processes may try at once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import Fernet
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from auth_service.database import Database
from auth_service.keys.signing_key import LONGEST_HINT, Algorithm, KeyState, SigningKey
from auth_service.trail.deed import Deed
from auth_service.trail.doer import THE_HOUSE
from auth_service.trail.entry import record

PUBLISHED_BEFORE = timedelta(days=1)  # it signs: every product has fetched the key set again by then

Spares = Mapping[Algorithm, SigningKey]


@dataclass(frozen=True)
class Pair:
    """The two keys that every algorithm has at any time."""

    current: SigningKey
    next: SigningKey

    def rotation_at(self, every: timedelta) -> datetime:
        """When the schedule lets the next key sign."""
        since = self.current.signs_from or self.current.created_at
        return max(since + every, self.next.created_at + PUBLISHED_BEFORE)


def make_missing_keys(database: Database, *, sealing: Fernet, at: datetime) -> None:
    """A current and a next key of each algorithm. Several processes may try at once: the unique index lets one win."""
    with database.reading() as session:
        wanted = missing(session)
    made = [SigningKey.make(*kind, sealing=sealing, at=at) for kind in wanted]
    try:
        with database.writing() as session:
            session.add_all(made)
    except IntegrityError:
        pass  # the other process has made them meanwhile


def missing(session: Session) -> list[tuple[Algorithm, KeyState]]:
    there = {(key.algorithm, key.state) for key in session.scalars(select(SigningKey))}
    wanted = [(algorithm, state) for algorithm in Algorithm for state in (KeyState.CURRENT, KeyState.NEXT)]
    return [kind for kind in wanted if kind not in there]


def make_spares(algorithms: Iterable[Algorithm] = Algorithm, *, sealing: Fernet, at: datetime) -> Spares:
    """Takes about 0.1 s of CPU for RS256: to be called outside of a transaction."""
    return {kind: SigningKey.make(kind, KeyState.NEXT, sealing=sealing, at=at) for kind in algorithms}


def rotate(session: Session, spares: Spares, *, at: datetime) -> None:
    """Now, for each algorithm that a spare is given of. Forgets keys that not even an id_token_hint names any more."""
    forgotten = (SigningKey.state == KeyState.RETIRING) & (SigningKey.retires_at < at - LONGEST_HINT)
    session.execute(delete(SigningKey).where(forgotten))
    for algorithm, spare in spares.items():
        pair = locked_pair(session, algorithm)
        pair.current.retire(at)
        succeed(session, pair.next, spare, at=at)


def succeed(session: Session, heir: SigningKey, spare: SigningKey, *, at: datetime) -> None:
    """Step by step, for the unique index suffers no two of a kind in between."""
    session.flush()
    heir.take_over(at)
    session.flush()
    session.add(spare)
    session.flush()


def rotate_when_due(
    database: Database, *, sealing: Fernet, every: timedelta | None, at: datetime
) -> tuple[Algorithm, ...]:
    """What the schedule asks for at `at`, and which kinds this call has rotated. `every` None: no schedule."""
    if every is None:
        return ()
    with database.reading() as session:
        due = [algorithm for algorithm in Algorithm if pair_of(session, algorithm).rotation_at(every) <= at]
    if not due:
        return ()
    spares = make_spares(due, sealing=sealing, at=at)
    with database.writing() as session:
        # Asked again behind the lock: whoever waited for another process finds that it has rotated already.
        still_due = {
            algorithm: spare
            for algorithm, spare in spares.items()
            if locked_pair(session, algorithm).rotation_at(every) <= at
        }
        rotate(session, still_due, at=at)
        if still_due:
            record(session, Deed.KEYS_ROTATED, at=at, by=THE_HOUSE, details={"algorithms": list(still_due)})
    return tuple(still_due)


def locked_pair(session: Session, algorithm: Algorithm) -> Pair:
    """Locks the rows, then reads them anew: the next key of whoever had the lock before is not among those locked."""
    of_kind = SigningKey.algorithm == algorithm
    session.execute(select(SigningKey.kid).where(of_kind).order_by(SigningKey.kid).with_for_update()).all()
    return pair_of(session, algorithm)


def pair_of(session: Session, algorithm: Algorithm) -> Pair:
    keys = select(SigningKey).where(SigningKey.algorithm == algorithm).execution_options(populate_existing=True)
    by_state = {key.state: key for key in session.scalars(keys)}
    return Pair(by_state[KeyState.CURRENT], by_state[KeyState.NEXT])


def remembered(session: Session) -> list[SigningKey]:
    """All that were not withdrawn, those included that only an old id_token_hint may still name; oldest first."""
    trusted = select(SigningKey).where(SigningKey.state != KeyState.WITHDRAWN)
    return list(session.scalars(trusted.order_by(SigningKey.created_at, SigningKey.kid)))


def published(session: Session, *, at: datetime) -> list[SigningKey]:
    """Next, current, and retiring ones that a token may still name; oldest first."""
    return [key for key in remembered(session) if key.is_published(at)]
