"""An invitation to hatch: a link that an admin hands to somebody, for their beak is nobody else's business.

One per person: the next one kills the one before. What uses it up is a beak that was kept and practised, not a look.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from auth_service.database import Base
from auth_service.errors import Refused
from auth_service.keys.derivation import fingerprint
from auth_service.languages.sentence import Sentence
from auth_service.people.change import hold_changes
from auth_service.people.person import NoSuchPerson, Person
from auth_service.trail.deed import Deed
from auth_service.trail.doer import Doer
from auth_service.trail.entry import record

LIFE = timedelta(days=7)


class Invitation(Base):
    __tablename__ = "invitation"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class InvitationIsGone(Refused):
    status = 410
    title = "This link hatches nothing any more"

    def __init__(self) -> None:
        super().__init__(
            Sentence("It was used, or replaced by a newer one, or seven days have passed. Ask an admin for another.")
        )


@dataclass(frozen=True)
class Link:
    """`secret` is seen only now; of it the database keeps a hash."""

    secret: str = field(repr=False)
    expires_at: datetime

    def url(self, issuer: str) -> str:
        return f"{issuer}/hatching?{urlencode({'invitation': self.secret})}"


def invite(session: Session, person_id: str, *, by: Doer, at: datetime) -> Link:
    """The old beak, if there is one, lives until the new one is hatched. Raises NoSuchPerson."""
    hold_changes(session)  # two admins at once queue here, and whoever hatches meanwhile
    person = session.get(Person, person_id)
    if person is None:
        raise NoSuchPerson
    secret = secrets.token_urlsafe(32)
    link = Link(secret, at + LIFE)
    row = Invitation(
        person_id=person.id,
        secret_hash=fingerprint(secret),
        created_at=at,
        expires_at=link.expires_at,
        used_at=None,
    )
    session.merge(row)
    session.flush()
    record(session, Deed.INVITED, at=at, by=by, whom=person.id)
    return link


def person_invited(session: Session, secret: str, *, at: datetime) -> Person:
    """Whose link this is. Looking uses nothing up. Raises InvitationIsGone."""
    invited = select(Person).join(Invitation, Invitation.person_id == Person.id).where(good_for(secret, at))
    person = session.scalars(invited).one_or_none()
    if person is None or not person.active:
        raise InvitationIsGone
    return person


def use_up(session: Session, secret: str, *, at: datetime) -> None:
    """One statement decides: of any number of tabs one hatches. Raises InvitationIsGone."""
    using = update(Invitation).where(good_for(secret, at)).values(used_at=at).returning(Invitation.person_id)
    if session.execute(using, execution_options={"synchronize_session": False}).first() is None:
        raise InvitationIsGone


def good_for(secret: str, at: datetime) -> ColumnElement[bool]:
    return (Invitation.secret_hash == fingerprint(secret)) & Invitation.used_at.is_(None) & (Invitation.expires_at > at)
