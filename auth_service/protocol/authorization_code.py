"""The authorization code as a row: sixty seconds, once, for one product (RFC 6749 section 4.1.2)."""

from datetime import datetime, timedelta

from sqlalchemy import JSON, ForeignKey, Index, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column
from uuid_utils.compat import uuid7

from auth_service.database import Base
from auth_service.keys.derivation import fingerprint
from auth_service.sessions.admission import Admission

LIFE = timedelta(seconds=60)


class AuthorizationCode(Base):
    """Also speaks the interface that Authlib expects of a code."""

    __tablename__ = "authorization_code"
    __table_args__ = (Index("authorization_code_nonce", "client_id", "nonce"),)

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("product.client_id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    session_id: Mapped[str] = mapped_column(ForeignKey("browser_session.id"))
    redirect_uri: Mapped[str | None]  # as it was asked: none when the product left it out
    scope: Mapped[str]
    nonce: Mapped[str | None]
    requested_claims: Mapped[dict[str, list[str]] | None] = mapped_column(JSON(none_as_null=True))
    code_challenge: Mapped[str] = mapped_column(String(128))
    code_challenge_method: Mapped[str] = mapped_column(String(8))
    signed_in_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    admission_id: Mapped[str] = mapped_column(String(36))  # of the admission that the exchange will make

    def get_redirect_uri(self) -> str | None:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    @staticmethod
    def new_admission_id() -> str:
        return str(uuid7())

    def admission(self, at: datetime) -> Admission:
        return Admission(
            id=self.admission_id,
            client_id=self.client_id,
            person_id=self.person_id,
            session_id=self.session_id,
            scope=self.scope,
            requested_claims=self.requested_claims,
            signed_in_at=self.signed_in_at,
            created_at=at,
        )


def find_code(session: Session, code: str, client_id: str) -> AuthorizationCode | None:
    found = session.get(AuthorizationCode, fingerprint(code))
    return found if found and found.client_id == client_id else None


def consume(session: Session, code: AuthorizationCode, *, at: datetime) -> bool:
    """One statement decides: of any number of exchanges at once, one consumes the code."""
    unused = (AuthorizationCode.code_hash == code.code_hash) & AuthorizationCode.used_at.is_(None)
    statement = update(AuthorizationCode).where(unused).values(used_at=at).returning(AuthorizationCode.code_hash)
    return session.execute(statement, execution_options={"synchronize_session": False}).first() is not None


def nonce_was_redeemed(session: Session, client_id: str, nonce: str) -> bool:
    """A nonce that went into an ID token must not go into a second one. Asking again before that is a reload."""
    redeemed = select(AuthorizationCode.code_hash).where(
        AuthorizationCode.client_id == client_id,
        AuthorizationCode.nonce == nonce,
        AuthorizationCode.used_at.is_not(None),
    )
    return session.scalar(redeemed.limit(1)) is not None
