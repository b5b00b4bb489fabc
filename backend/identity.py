"""Access token to Actor: who asks, what they may do, and what counts while auth_service is away (the outage rule)."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, Engine

from backend.business_day import Clock
from backend.database import reading
from backend.errors import Forbidden, Refused
from backend.people.feed import Feed
from backend.people.replica import Person, find_person, freshness
from backend.people.roster import RosterTooOld
from backend.tokens import AccessToken, InvalidTokenError, TokenReader, UnixTime

log = logging.getLogger(__name__)

SCOPE = "ates"
STALE_FOR = timedelta(minutes=55)


class Unauthenticated(Refused):
    status = 401
    title = "Please sign in"
    challenge = 'Bearer error="invalid_token"'

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": self.challenge})


class TokenMissing(Unauthenticated):
    challenge = "Bearer"  # RFC 6750 section 3.1: no error code when there was no token

    def __init__(self) -> None:
        super().__init__("This needs an access token. Please sign in.")


class TokenInvalid(Unauthenticated):
    def __init__(self) -> None:
        super().__init__("The access token is not valid here. Please sign in again.")


class TokenExpired(Unauthenticated):
    def __init__(self) -> None:
        super().__init__("The access token has expired. Please sign in again.")


class TokenOutdated(Unauthenticated):
    def __init__(self) -> None:
        super().__init__("Your account was changed after this access token was made. Please sign in again.")


class Dismissed(Unauthenticated):
    def __init__(self) -> None:
        super().__init__("This account is closed.")


class UnknownPerson(Unauthenticated):
    def __init__(self) -> None:
        super().__init__("We do not know this account yet. Please try again in a moment.")


class InsufficientScope(Forbidden):
    title = "The access token does not cover this"

    def __init__(self) -> None:
        challenge = f'Bearer error="insufficient_scope", scope="{SCOPE}"'
        super().__init__(f"This needs the scope {SCOPE}.", headers={"WWW-Authenticate": challenge})


class PeopleOnly(Forbidden):
    def __init__(self) -> None:
        super().__init__("This is for people; the access token stands for a program.")


class RoleTooSmall(Forbidden):
    title = "Your role does not open this"


@dataclass(frozen=True)
class Actor:
    """The person behind a request. `stale`: the token had expired, and is accepted because auth_service is away."""

    id: UUID
    name: str
    version: int
    role: str
    stale: bool = False

    def require(self, *roles: str, to: str) -> None:
        if self.role not in roles:
            raise RoleTooSmall(f"Only {' and '.join(f'{role}s' for role in roles)} may {to}.")

    def require_live(self) -> None:
        """For what an expired token never opens, whatever the state of auth_service."""
        if self.stale:
            raise RosterTooOld


class Doorman:
    def __init__(self, engine: Engine, reader: TokenReader, feed: Feed, clock: Clock) -> None:
        self.engine = engine
        self.reader = reader
        self.feed = feed
        self.clock = clock
        self.acquainted: set[UUID] = set()

    def greet(self, authorization: str | None) -> AccessToken:
        """The verified token of a person we know of; may ask auth_service, so never call it inside a transaction."""
        token = self.read_token(authorization)
        if SCOPE not in token.scopes:
            raise InsufficientScope
        if token.person_id is None:
            raise PeopleOnly
        self.get_acquainted(token.person_id)
        return token

    def recognise(self, authorization: str | None) -> AccessToken | None:
        """At once, without asking anybody: whose token was read a moment ago. None for all others: greet them."""
        scheme, _, text = (authorization or "").partition(" ")
        token = self.reader.recall(text) if scheme.lower() == "bearer" else None
        if token is None or SCOPE not in token.scopes or token.person_id not in self.acquainted:
            return None
        return token if token.valid_from <= int(self.clock().timestamp()) else None

    def read_token(self, authorization: str | None) -> AccessToken:
        scheme, _, text = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not text:
            raise TokenMissing
        try:
            return self.reader.read(text, UnixTime(int(self.clock().timestamp())))
        except InvalidTokenError as error:
            log.info("token refused: %s", error)
            raise TokenInvalid from None

    def get_acquainted(self, person_id: UUID) -> None:
        """Someone hired a second ago may be here before the feed told us."""
        if person_id in self.acquainted:
            return
        with reading(self.engine) as connection:
            known = find_person(connection, person_id) is not None
        if known or self.feed.sync_everything():
            self.acquainted.add(person_id)

    def admit(self, connection: Connection, token: AccessToken, now: datetime) -> Actor:
        """The decision, made with what the replica says inside this very transaction."""
        person = find_person(connection, token.person_id) if token.person_id else None
        if person is None or token.role is None or token.version is None:
            raise UnknownPerson
        if token.version < person.version:
            raise Dismissed if not person.active else TokenOutdated
        if not person.active and token.version == person.version:
            raise Dismissed
        role = token.role if token.version > person.version else person.role
        return Actor(person.id, person.name, person.version, role, stale=is_stale(connection, token, person, now))


def is_stale(connection: Connection, token: AccessToken, person: Person, now: datetime) -> bool:
    """An expired token is refused, unless our own feed says that nobody could have got a new one."""
    expired_at = datetime.fromtimestamp(token.expires_at, UTC)
    if now < expired_at:
        return False
    if now - expired_at >= STALE_FOR or freshness(connection).reachable:
        raise TokenExpired
    log.warning("stale token of %s accepted, expired at %s: auth_service is away", person.id, expired_at)
    return True
