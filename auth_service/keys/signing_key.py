"""A signing key as a row: born `next`, then `current`, then `retiring`, and gone when nothing names it any more.

A key that someone else may have got hold of is `withdrawn`, from whichever state, and its row is kept for the record.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jose import jwk
from jose.backends.base import Key
from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from auth_service.database import Base
from auth_service.keys.ed25519 import EDDSA

LONGEST_TOKEN = timedelta(hours=1)  # no token of ours lives longer, clock differences included
LONGEST_HINT = timedelta(days=7)  # as long as a session: for its id_token_hint, which may have expired


class Algorithm(StrEnum):
    RS256 = "RS256"
    ES256 = "ES256"
    EDDSA = EDDSA


class KeyState(StrEnum):
    NEXT = "next"
    CURRENT = "current"
    RETIRING = "retiring"
    WITHDRAWN = "withdrawn"


class SigningKey(Base):
    __tablename__ = "signing_key"
    __table_args__ = (
        CheckConstraint("state in ('next', 'current', 'retiring', 'withdrawn')", name="signing_key_state"),
        # Two processes that start at once can not both make the current key.
        Index(
            "one_signing_key_of_a_state",
            "algorithm",
            "state",
            unique=True,
            sqlite_where=text("state in ('next', 'current')"),
            postgresql_where=text("state in ('next', 'current')"),
        ),
    )

    kid: Mapped[str] = mapped_column(String(36), primary_key=True)
    algorithm: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    public_jwk: Mapped[dict[str, Any]] = mapped_column(JSON)
    sealed_private_key: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    signs_from: Mapped[datetime | None]  # of a next key none: that depends on the schedule
    retires_at: Mapped[datetime | None]  # then its last token is dead and it leaves the JWKS
    withdrawn_at: Mapped[datetime | None]

    @classmethod
    def make(cls, algorithm: Algorithm, state: KeyState, *, sealing: Fernet, at: datetime) -> "SigningKey":
        kid = str(uuid7())
        pem = new_private_key(algorithm)
        public = of_our_own(pem, algorithm).public_key().to_dict()
        return cls(
            kid=kid,
            algorithm=algorithm,
            state=state,
            public_jwk={**public, "kid": kid, "use": "sig", "alg": algorithm},
            sealed_private_key=sealing.encrypt(pem),
            created_at=at,
            signs_from=at if state == KeyState.CURRENT else None,
        )

    def take_over(self, at: datetime) -> None:
        self.state, self.signs_from = KeyState.CURRENT, at

    def retire(self, at: datetime) -> None:
        self.state, self.retires_at = KeyState.RETIRING, at + LONGEST_TOKEN

    def withdraw(self, at: datetime) -> None:
        """Nobody needs the private half of it any more."""
        self.state, self.withdrawn_at, self.sealed_private_key = KeyState.WITHDRAWN, at, b""

    def is_published(self, at: datetime) -> bool:
        return self.state != KeyState.WITHDRAWN and (self.retires_at is None or at <= self.retires_at)

    def private_key(self, sealing: Fernet) -> Key:
        return of_our_own(sealing.decrypt(self.sealed_private_key), self.algorithm)

    def public_key(self) -> Key:
        return jwk.construct(self.public_jwk, self.algorithm)


def of_our_own(pem: bytes, algorithm: str) -> Key:
    """Just made, or vouched for by its seal, so the slow check of its primes is left out."""
    key = serialization.load_pem_private_key(pem, password=None, unsafe_skip_rsa_key_validation=True)
    kind = jwk.get_key(algorithm)
    if kind is None:
        raise ValueError(f"no such algorithm: {algorithm}")
    return kind(key, algorithm)


def new_private_key(algorithm: Algorithm) -> bytes:
    """PEM, PKCS 8."""
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
    match algorithm:
        case Algorithm.RS256:
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        case Algorithm.ES256:
            key = ec.generate_private_key(ec.SECP256R1())
        case Algorithm.EDDSA:
            key = ed25519.Ed25519PrivateKey.generate()
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
