"""May this be tried now? And: this was wrong; this was right."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from auth_service.errors import Refused
from auth_service.languages.sentence import Sentence
from auth_service.throttle.failed_tries import FailedTries
from auth_service.throttle.limits import LIMITS, MONTH, NEEDS_A_MOULT, SPANS, Kind

OF_ONE_BEAK = (Kind.BEAK, Kind.DEVICE)
A_DAY = timedelta(days=1)


class TooManyTries(Refused):
    status = 429
    title = "Too many wrong tries"

    def __init__(self, detail: str, wait: timedelta) -> None:
        super().__init__(detail)
        self.headers: Mapping[str, str] = {
            "Retry-After": str(math.ceil(wait.total_seconds())),
            "Cache-Control": "no-store",
        }


@dataclass(frozen=True)
class Try:
    """One try, and where it is counted if it is wrong. Rows are locked in this order, so nobody waits in a circle."""

    counted_at: tuple[tuple[Kind, str], ...]
    plumage: str | None

    @classmethod
    def of(cls, *, plumage: str | None, device: str | None, network: str) -> "Try":
        """From a known device only the device counts, so that nobody can lock its owner out."""
        if device:
            return cls(((Kind.DEVICE, device),), plumage)
        beak = ((Kind.BEAK, plumage),) if plumage else ()
        return cls((*beak, (Kind.ADDRESS, network), (Kind.EVERYONE, "")), plumage)


def refuse_when_too_many(session: Session, this: Try, *, at: datetime) -> bool:
    """Whether there is something to forgive when it turns out to be right. Raises TooManyTries."""
    counted = tuple_(FailedTries.kind, FailedTries.whose).in_(this.counted_at)
    found = list(session.scalars(select(FailedTries).where(counted)))
    if any(needs_a_moult(tries) for tries in found):
        raise TooManyTries(Sentence("This beak was guessed at too often. Ask an admin for a new one."), A_DAY)
    wait = max((free_at(tries) for tries in found), default=at) - at
    if wait > timedelta(0):
        pause = in_words(wait)
        raise TooManyTries(Sentence("There were too many wrong tries. Try again in %(pause)s.", pause=pause), wait)
    return any(tries.kind in OF_ONE_BEAK and tries.count > 0 for tries in found)


def count_failure(session: Session, this: Try, *, at: datetime) -> None:
    for kind, whose in this.counted_at:
        tries = row_for(session, kind, whose, this, at=at)
        since = tries.last_at if kind in OF_ONE_BEAK else tries.first_at
        if at >= since + SPANS[kind]:
            tries.begin_anew(at)
        if at >= tries.month_began_at + MONTH and not needs_a_moult(tries):
            tries.begin_month(at)
        tries.add_one(at)


def forgive(session: Session, this: Try, *, at: datetime) -> None:
    """The right beak came: its pauses are over. What makes a moult due is not forgotten, nor what others tried."""
    for kind, whose in this.counted_at:
        if kind in OF_ONE_BEAK and (tries := session.get(FailedTries, (kind, whose), with_for_update=True)):
            tries.begin_anew(at)


def forget_all(session: Session, plumage: str) -> None:
    """After a moult there is another beak to guess."""
    session.execute(delete(FailedTries).where(FailedTries.plumage == plumage))


def forget_old(session: Session, *, at: datetime) -> None:
    """Tries of more than a month ago, but for those that wait for a moult."""
    old = (FailedTries.last_at < at - MONTH) & (FailedTries.month_count < NEEDS_A_MOULT)
    old_budget = (FailedTries.last_at < at - A_DAY) & FailedTries.kind.not_in(OF_ONE_BEAK)
    session.execute(delete(FailedTries).where(or_(old, old_budget)))


def row_for(session: Session, kind: Kind, whose: str, this: Try, *, at: datetime) -> FailedTries:
    """Locked. Whoever is second to make it takes the row of the first."""
    found = session.get(FailedTries, (kind, whose), with_for_update=True)
    if found:
        return found
    plumage = this.plumage if kind in OF_ONE_BEAK else None
    fresh = {"count": 0, "month_count": 0, "first_at": at, "last_at": at, "month_began_at": at}
    try:
        with session.begin_nested():
            made = FailedTries(kind=kind, whose=whose, plumage=plumage, **fresh)
            session.add(made)
    except IntegrityError:
        return session.get_one(FailedTries, (kind, whose), with_for_update=True)
    return made


def needs_a_moult(tries: FailedTries) -> bool:
    return tries.kind in OF_ONE_BEAK and tries.month_count >= NEEDS_A_MOULT


def free_at(tries: FailedTries) -> datetime:
    return LIMITS[Kind(tries.kind)].ends_at(tries)


def in_words(wait: timedelta) -> Sentence:
    seconds = math.ceil(wait.total_seconds())
    if seconds < 90:
        return Sentence.counted("%(num)s second", "%(num)s seconds", seconds)
    return Sentence.counted("%(num)s minute", "%(num)s minutes", math.ceil(seconds / 60))
