"""Server-side sessions: the browser holds one random id; the row its SHA-256, the person, and their sealed tokens.

A session dies after 12 idle hours, after 7 days whatever happens, at sign-out, and when the provider says so
(security.md; ASVS 5.0 7.3). A new sign-in always gets a new id (session fixation).
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NewType

from sqlalchemy import Column, Connection, Integer, LargeBinary, Row, String, Table, delete, insert, or_, select, update

from frontend.database import UtcTime, metadata
from frontend.vault import Vault

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=7)
TOUCH_EVERY = timedelta(minutes=5)

SessionId = NewType("SessionId", str)  # the cookie's value; never stored
SessionHash = NewType("SessionHash", str)

sessions = Table(
    "session",
    metadata,
    Column("id_hash", String(64), primary_key=True),
    Column("person_id", String(64), nullable=False, index=True),
    Column("sid", String(255), nullable=False, index=True),  # the provider's name of its own session
    Column("name", String(255), nullable=False),
    Column("role", String(32), nullable=False),
    Column("portrait_version", Integer, nullable=False),
    Column("access_token", LargeBinary, nullable=False),
    Column("access_expires_at", UtcTime, nullable=False),
    Column("refresh_token", LargeBinary),
    Column("id_token", LargeBinary, nullable=False),
    Column("people_token", LargeBinary),
    Column("people_expires_at", UtcTime),
    Column("turn", Integer, nullable=False),  # counts the refreshes
    Column("refreshing_until", UtcTime),  # somebody is renewing the tokens: nobody else asks before
    Column("resting_until", UtcTime),  # the provider was away: nobody asks before
    Column("opened_at", UtcTime, nullable=False),
    Column("idle_expires_at", UtcTime, nullable=False, index=True),
    Column("absolute_expires_at", UtcTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Who signed in, as the ID token told."""

    id: str
    name: str
    role: str
    version: int  # of the portrait
    sid: str


@dataclass(frozen=True, slots=True)
class Tokens:
    access_token: str
    access_expires_at: datetime
    refresh_token: str | None
    id_token: str


@dataclass(frozen=True, slots=True)
class BrowserSession:
    id_hash: SessionHash
    person: Person
    access_token: str
    access_expires_at: datetime
    people_token: str | None
    people_expires_at: datetime | None
    turn: int
    resting_until: datetime | None
    opened_at: datetime
    idle_expires_at: datetime
    absolute_expires_at: datetime

    def is_alive(self, now: datetime) -> bool:
        return now < self.idle_expires_at and now < self.absolute_expires_at

    def is_resting(self, now: datetime) -> bool:
        return self.resting_until is not None and now < self.resting_until

    def wants_a_touch(self, now: datetime) -> bool:
        return self.idle_expires_at - now < IDLE - TOUCH_EVERY


def hash_of(session_id: SessionId) -> SessionHash:
    return SessionHash(hashlib.sha256(session_id.encode()).hexdigest())


def open_session(connection: Connection, vault: Vault, person: Person, tokens: Tokens, *, at: datetime) -> SessionId:
    """A new session under a new id; the caller ends the old one."""
    session_id = SessionId(secrets.token_urlsafe(32))
    place = hash_of(session_id)
    row: dict[str, Any] = {
        "id_hash": place,
        "person_id": person.id,
        "sid": person.sid,
        "name": person.name,
        "role": person.role,
        "portrait_version": person.version,
        "access_token": vault.seal(tokens.access_token, place=place),
        "access_expires_at": tokens.access_expires_at,
        "refresh_token": tokens.refresh_token and vault.seal(tokens.refresh_token, place=place),
        "id_token": vault.seal(tokens.id_token, place=place),
        "turn": 0,
        "opened_at": at,
        "idle_expires_at": at + IDLE,
        "absolute_expires_at": at + ABSOLUTE,
    }
    connection.execute(insert(sessions).values(row))
    return session_id


def find_session(connection: Connection, vault: Vault, place: SessionHash, *, at: datetime) -> BrowserSession | None:
    row = connection.execute(select(sessions).where(sessions.c.id_hash == place)).one_or_none()
    found = row and session_of(row, vault)
    return found if found and found.is_alive(at) else None


def living_among(connection: Connection, places: Sequence[SessionHash], *, at: datetime) -> set[SessionHash]:
    alive = (sessions.c.idle_expires_at > at) & (sessions.c.absolute_expires_at > at)
    query = select(sessions.c.id_hash).where(sessions.c.id_hash.in_(places), alive)
    return {SessionHash(place) for place in connection.scalars(query)}


def session_of(row: Row[Any], vault: Vault) -> BrowserSession:
    return BrowserSession(
        id_hash=SessionHash(row.id_hash),
        person=Person(id=row.person_id, name=row.name, role=row.role, version=row.portrait_version, sid=row.sid),
        access_token=vault.unseal(row.access_token, place=row.id_hash),
        access_expires_at=row.access_expires_at,
        people_token=vault.unseal(row.people_token, place=row.id_hash) if row.people_token else None,
        people_expires_at=row.people_expires_at,
        turn=row.turn,
        resting_until=row.resting_until,
        opened_at=row.opened_at,
        idle_expires_at=row.idle_expires_at,
        absolute_expires_at=row.absolute_expires_at,
    )


def touch(connection: Connection, session: BrowserSession, *, at: datetime) -> None:
    connection.execute(update(sessions).where(sessions.c.id_hash == session.id_hash).values(idle_expires_at=at + IDLE))


def refresh_token_of(connection: Connection, vault: Vault, session: BrowserSession) -> str | None:
    sealed = connection.execute(
        select(sessions.c.refresh_token).where(sessions.c.id_hash == session.id_hash)
    ).scalar_one_or_none()
    return vault.unseal(sealed, place=session.id_hash) if sealed else None


def end_session(connection: Connection, vault: Vault, place: SessionHash) -> str | None:
    """Ends it and gives its ID token back, the hint for the provider; None when there was none."""
    gone = connection.execute(
        delete(sessions).where(sessions.c.id_hash == place).returning(sessions.c.id_token)
    ).scalar_one_or_none()
    return vault.unseal(gone, place=place) if gone else None


def end_sessions_of(connection: Connection, *, sid: str | None, person_id: str | None) -> int:
    """Ends the session the provider calls `sid`, or all of the person's when it names only them; returns how many."""
    if sid is None and person_id is None:
        return 0
    whose = sessions.c.sid == sid if sid is not None else sessions.c.person_id == person_id
    return connection.execute(delete(sessions).where(whose)).rowcount


def forget_the_dead(connection: Connection, *, at: datetime) -> int:
    over = or_(sessions.c.idle_expires_at <= at, sessions.c.absolute_expires_at <= at)
    return connection.execute(delete(sessions).where(over)).rowcount
