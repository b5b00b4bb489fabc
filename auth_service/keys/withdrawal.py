"""Withdrawal: a key that someone else may hold signs nothing more, and nothing that it signed counts any longer."""

from datetime import datetime

from sqlalchemy.orm import Session

from auth_service.errors import Refused
from auth_service.keys.rotation import Spares, locked_pair, succeed
from auth_service.keys.signing_key import Algorithm, KeyState, SigningKey
from auth_service.trail.deed import Deed
from auth_service.trail.doer import THE_HOUSE, Doer
from auth_service.trail.entry import record


class NoSuchKey(Refused):
    status = 404
    title = "There is no such key"


def withdraw(session: Session, kid: str, spares: Spares, *, at: datetime, by: Doer = THE_HOUSE) -> SigningKey:
    """The next key takes the place of a current one at once, a spare that of a next one. Raises NoSuchKey.

    This process is told by `keyring.forget()` after the commit; others know within two seconds.
    """
    key = session.get(SigningKey, kid)
    if key is None:
        raise NoSuchKey(f"There is no key {kid}.")
    algorithm = Algorithm(key.algorithm)
    pair = locked_pair(session, algorithm)  # also reads `key` anew
    was = key.state
    if was == KeyState.WITHDRAWN:
        return key
    key.withdraw(at)
    details = {"kid": kid, "algorithm": algorithm, "was": was}
    record(session, Deed.KEY_WITHDRAWN, at=at, by=by, details=details)
    if was == KeyState.CURRENT:
        succeed(session, pair.next, spares[algorithm], at=at)
    elif was == KeyState.NEXT:
        session.flush()
        session.add(spares[algorithm])
    session.flush()
    return key
