"""A person, and the rules about one person."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from auth_service.database import SORTED_TEXT, Base
from auth_service.errors import Refused
from auth_service.keys.derivation import keyed


class Role(StrEnum):
    WORKER = "worker"
    MANAGER = "manager"
    ACCOUNTANT = "accountant"
    ADMIN = "admin"


class Person(Base):
    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("role in ('worker', 'manager', 'accountant', 'admin')", name="person_role"),
        Index("person_by_name", "name_key", "id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(SORTED_TEXT)
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str] = mapped_column(String(16))
    active: Mapped[bool]
    demo: Mapped[bool]
    version: Mapped[int]  # moves when what a token says of the person is no longer true
    plumage: Mapped[str] = mapped_column(String(4), unique=True)
    beak_seal: Mapped[str]
    portrait_version: Mapped[int]
    locale: Mapped[str | None] = mapped_column(String(35))  # BCP 47; None until they have said it
    change: Mapped[int] = mapped_column(BigInteger, unique=True)
    created_at: Mapped[datetime]

    @classmethod
    def hired(
        cls, *, name: str, email: str, role: Role, plumage: str, beak_seal: str, change: int, at: datetime, demo: bool
    ) -> "Person":
        person = cls(
            id=str(uuid7()),
            role=role,
            active=True,
            demo=demo,
            version=1,
            plumage=plumage,
            beak_seal=beak_seal,
            portrait_version=1,
            change=change,
            created_at=at,
        )
        person.call(name)
        person.write_to(email)
        return person

    def call(self, name: str) -> None:
        self.name, self.name_key = name, name.casefold()

    def write_to(self, email: str) -> None:
        self.email, self.email_key = email, email.casefold()

    def take_role(self, role: Role) -> None:
        self.role, self.version = role, self.version + 1

    def dismiss(self) -> None:
        self.active, self.version = False, self.version + 1

    def restore(self) -> None:
        self.active, self.version = True, self.version + 1

    def moult(self, beak_seal: str) -> None:
        self.beak_seal, self.version = beak_seal, self.version + 1
        self.portrait_version += 1

    def reads(self, language: str) -> bool:
        """Whether this is their language already; ru-RU is one who reads ru."""
        return self.locale is not None and self.locale.partition("-")[0].lower() == language

    @property
    def is_admin(self) -> bool:
        return self.active and self.role == Role.ADMIN

    def picture(self, issuer: str) -> str:
        return f"{issuer}/people/{self.id}/portrait.svg?v={self.portrait_version}"

    def portrait_seed(self, portrait_key: bytes) -> bytes:
        """Never made from the secret outline (sign_in.md)."""
        return keyed(portrait_key, self.id, str(self.portrait_version))


class NoSuchPerson(Refused):
    status = 404
    title = "There is no such person"


class NobodyMatches(Refused):
    status = 409
    title = "Nobody matches"


class Dismissed(Refused):
    status = 409
    title = "This person is dismissed"


class EmailTaken(Refused):
    status = 409
    title = "Somebody else has this e-mail address"


class LastAdmin(Refused):
    status = 409
    title = "The last admin can not be dismissed or given another role"
