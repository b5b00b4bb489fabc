"""Who may be given a task: every active account whose role is assignable, in the order of their ids."""

import hashlib
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, Select, select

from backend.database import listed
from backend.errors import Refused
from backend.people.replica import freshness, person


class NobodyAssignable(Refused):
    title = "There is nobody to give a task to"

    def __init__(self) -> None:
        super().__init__("No active popug may be given tasks just now. Nothing was assigned and nothing was charged.")


class RosterTooOld(Refused):
    status = 503
    title = "We do not know who works here today"

    def __init__(self) -> None:
        super().__init__(
            "The user base does not answer, so we can not be sure who works here. "
            "Nothing was assigned; please try again when it is back.",
            headers={"Retry-After": "30"},
        )


@dataclass(frozen=True)
class Roster:
    """Who may be given tasks, and up to which number the directory had been heard when they were read."""

    people: Sequence[UUID]
    heard: int


@dataclass(frozen=True)
class Lot:
    """By which dice, and among whom, tasks are dealt."""

    dice: random.Random
    roles: Sequence[str]


def who_is_assignable(roles: Sequence[str]) -> Select[UUID]:
    return select(person.c.id).where(person.c.active, person.c.role.in_(roles))


def assignable(connection: Connection, roles: Sequence[str]) -> list[UUID]:
    return list(connection.scalars(who_is_assignable(roles).order_by(person.c.id)))


def require_assignable(connection: Connection, roles: Sequence[str]) -> list[UUID]:
    roster = assignable(connection, roles)
    if not roster:
        raise NobodyAssignable
    return roster


def roster_now(connection: Connection, roles: Sequence[str]) -> Roster:
    """Raises NobodyAssignable. The number first: what is heard between the two is heard once more, never missed."""
    heard = freshness(connection).cursor
    return Roster(require_assignable(connection, roles), heard)


def departed(connection: Connection, among: Collection[UUID], roles: Sequence[str]) -> set[UUID]:
    """Those of a former roster who may not be given tasks any more."""
    asked = listed(connection, id=list(among))
    still_here = person.c.active & person.c.role.in_(roles)
    return set(
        connection.scalars(select(person.c.id).join_from(asked, person, person.c.id == asked.c.id).where(~still_here))
    )


def require_fresh(connection: Connection, now: datetime, *, within: timedelta) -> None:
    """The outage rule of the roster; a replica that hears from auth_service is never too old."""
    if freshness(connection).age(now) > within:
        raise RosterTooOld


def roster_hash(roster: Sequence[UUID]) -> bytes:
    """SHA-256 over the sorted ids, 16 bytes each, so that anyone can tell whom a draw was made among."""
    return hashlib.sha256(b"".join(worker.bytes for worker in sorted(roster))).digest()
