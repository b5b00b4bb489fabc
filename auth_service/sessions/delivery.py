"""The queue of logout notices (OpenID Connect Back-Channel Logout): a row in the transaction that ends the session,
posted afterwards with growing pauses. Any number of processes may deliver; a row is leased before it is posted."""

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from secrets import token_urlsafe

import httpx2
from sqlalchemy import Index, String, select, text, update
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from auth_service.clock import Clock, seconds
from auth_service.database import Base, Database
from auth_service.keys.keyring import Keyring
from auth_service.keys.tokens import LOGOUT, issue
from auth_service.products.product import Product
from auth_service.sessions.destination import Network, NotAllowed, as_it_stands, destination_of

log = logging.getLogger(__name__)

EVENT = "http://schemas.openid.net/event/backchannel-logout"
LEASE = timedelta(seconds=30)
TOKEN_LIFE = timedelta(minutes=2)
PAUSES = tuple(timedelta(seconds=pause) for pause in (1, 5, 30, 120, 600, 1800, 3600, 3600, 3600))
DEADLINE_SECONDS = 5.0


class LogoutDelivery(Base):
    __tablename__ = "logout_delivery"
    __table_args__ = (
        Index(
            "logout_delivery_due",
            "due_at",
            sqlite_where=text("delivered_at is null and dead_at is null"),
            postgresql_where=text("delivered_at is null and dead_at is null"),
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    uri: Mapped[str]
    client_id: Mapped[str]
    algorithm: Mapped[str] = mapped_column(String(16))
    sub: Mapped[str] = mapped_column(String(36))
    sid: Mapped[str] = mapped_column(String(36))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int]
    delivered_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    last_error: Mapped[str | None]

    @classmethod
    def due(cls, product: Product, *, sub: str, sid: str, at: datetime) -> "LogoutDelivery":
        return cls(
            id=str(uuid7()),
            uri=product.backchannel_logout_uri,
            client_id=product.client_id,
            algorithm=product.id_token_signed_response_alg,
            sub=sub,
            sid=sid,
            created_at=at,
            due_at=at,
            attempts=0,
        )

    def succeeded(self, at: datetime) -> None:
        self.delivered_at, self.last_error = at, None

    def failed(self, error: str, at: datetime) -> None:
        self.last_error = error[:300]
        if self.attempts > len(PAUSES):
            self.dead_at = at
        else:
            self.due_at = at + PAUSES[self.attempts - 1]


Post = Callable[[str, dict[str, str]], str | None]  # (uri, form) -> what went wrong, if anything


def deliver_due(database: Database, *, keyring: Keyring, issuer: str, clock: Clock, post: Post) -> int:
    """Posts what is due and answers how many notices were tried."""
    tried = 0
    while notice := lease_one(database, clock()):
        error = post(notice.uri, {"logout_token": logout_token(notice, keyring=keyring, issuer=issuer, at=clock())})
        with database.writing() as session:
            row = session.get_one(LogoutDelivery, notice.id)
            row.failed(error, clock()) if error else row.succeeded(clock())
        tried += 1
    return tried


def lease_one(database: Database, now: datetime) -> LogoutDelivery | None:
    waiting = LogoutDelivery.delivered_at.is_(None) & LogoutDelivery.dead_at.is_(None) & (LogoutDelivery.due_at <= now)
    oldest = select(LogoutDelivery.id).where(waiting).order_by(LogoutDelivery.due_at).limit(1)
    with database.reading() as session:
        candidate = session.scalar(oldest)
    if candidate is None:
        return None
    taking = update(LogoutDelivery).where(LogoutDelivery.id == candidate, waiting)
    lease = taking.values(due_at=now + LEASE, attempts=LogoutDelivery.attempts + 1).returning(LogoutDelivery)
    with database.writing() as session:
        return session.scalars(lease).one_or_none()  # none: another process was faster


def logout_token(notice: LogoutDelivery, *, keyring: Keyring, issuer: str, at: datetime) -> str:
    claims = {
        "iss": issuer,
        "sub": notice.sub,
        "aud": notice.client_id,
        "iat": seconds(at),
        "exp": seconds(at + TOKEN_LIFE),
        "jti": token_urlsafe(16),
        "events": {EVENT: {}},
        "sid": notice.sid,
    }
    return issue(claims, signer=keyring.signer(notice.algorithm), typ=LOGOUT)


def post_over_http(client: httpx2.Client, *, networks: Sequence[Network], our_own: Collection[str]) -> Post:
    """`our_own` URIs come from the settings and not from a registration; they may be anywhere."""

    def post(uri: str, form: dict[str, str]) -> str | None:
        try:
            to = as_it_stands(uri) if uri in our_own else destination_of(uri, networks)
            answer = client.post(
                to.url,
                data=form,
                headers=to.headers,
                extensions=to.extensions,
                timeout=DEADLINE_SECONDS,
                follow_redirects=False,
            )
        except NotAllowed as refusal:
            return f"refused: {refusal}"
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            return f"{type(error).__name__}: {error}"
        return None if answer.status_code in (200, 204) else f"answered {answer.status_code}"

    return post
