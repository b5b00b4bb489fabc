"""Hiring, moulting, and every change of a person that others must hear of: the rules behind REST and command line."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth_service.beaks import BeakShape
from auth_service.people.change import next_change
from auth_service.people.egg import Egg
from auth_service.people.person import EmailTaken, LastAdmin, Person, Role
from auth_service.people.roster import find_person, free_plumage, other_admins
from auth_service.people.views import PersonChange
from auth_service.sessions.ending import end_everything
from auth_service.throttle.throttle import forget_all
from auth_service.trail.deed import Deed
from auth_service.trail.doer import THE_HOUSE, Doer
from auth_service.trail.entry import record


def hire(
    session: Session,
    *,
    name: str,
    email: str,
    role: Role,
    at: datetime,
    rng: Random,
    egg: Egg,
    demo: bool = False,
    by: Doer = THE_HOUSE,
) -> tuple[Person, BeakShape]:
    """A new person and the beak that was hatched for them; from here on only its seal exists. Raises EmailTaken."""
    number = next_change(session)
    refuse_taken_email(session, email)
    beak = egg.with_plumage(free_plumage(session, rng))
    person = Person.hired(
        name=name,
        email=email,
        role=role,
        plumage=beak.plumage,
        beak_seal=egg.seal,
        change=number,
        at=at,
        demo=demo,
    )
    session.add(person)
    session.flush()
    record(session, Deed.HIRED, at=at, by=by, whom=person.id, details={"role": role})
    return person, beak


def moult(
    session: Session, person_id: str, *, egg: Egg, at: datetime, by: Doer = THE_HOUSE
) -> tuple[Person, BeakShape]:
    """A new beak for an old plumage. The old beak is dead at once, and so is everything it opened."""
    person = wear(session, person_id, egg.seal, Deed.MOULTED, at=at, by=by)
    return person, egg.with_plumage(person.plumage)


def wear(session: Session, person_id: str, beak_seal: str, deed: Deed, *, at: datetime, by: Doer) -> Person:
    """From now on this beak and no other; sealed before, since that is slow. Sessions and refresh tokens end."""
    number = next_change(session)
    person = find_person(session, person_id)
    person.moult(beak_seal)
    person.change = number
    end_everything(session, person.id, at=at)
    forget_all(session, person.plumage)
    record(session, deed, at=at, by=by, whom=person.id)
    return person


def change_person(
    session: Session, person_id: str, wanted: PersonChange, *, at: datetime, by: Doer = THE_HOUSE
) -> Person:
    """Raises EmailTaken, LastAdmin, NoSuchPerson."""
    number = next_change(session)
    person = find_person(session, person_id)
    if wanted.email is not None and wanted.email.casefold() != person.email_key:
        refuse_taken_email(session, wanted.email)
    refuse_losing_the_last_admin(session, person, wanted)
    trusted_before = person.version
    for deed, details in deeds_in(wanted, person):
        record(session, deed, at=at, by=by, whom=person.id, details=details)
    apply(wanted, person)
    person.change = number
    if person.version != trusted_before:
        end_everything(session, person.id, at=at)
    return person


def deeds_in(wanted: PersonChange, person: Person) -> Iterator[tuple[Deed, Mapping[str, Any]]]:
    """What the change comes to for the trail; asking for what is so already is no deed."""
    if wanted.name not in (None, person.name):
        yield Deed.RENAMED, {"from": person.name, "to": wanted.name}
    if wanted.email not in (None, person.email):
        yield Deed.ADDRESS_CHANGED, {"from": person.email, "to": wanted.email}
    if wanted.role not in (None, person.role):
        yield Deed.ROLE_CHANGED, {"from": person.role, "to": wanted.role}
    if wanted.locale not in (None, person.locale):
        yield Deed.LANGUAGE_CHANGED, {"from": person.locale, "to": wanted.locale}
    if wanted.active not in (None, person.active):
        yield (Deed.RESTORED if wanted.active else Deed.DISMISSED), {}


def apply(wanted: PersonChange, person: Person) -> None:
    if wanted.name is not None:
        person.call(wanted.name)
    if wanted.email is not None:
        person.write_to(wanted.email)
    if wanted.locale is not None:
        person.locale = wanted.locale
    if wanted.role is not None and wanted.role != person.role:
        person.take_role(wanted.role)
    if wanted.active is False and person.active:
        person.dismiss()
    if wanted.active is True and not person.active:
        person.restore()


def refuse_taken_email(session: Session, email: str) -> None:
    if session.scalar(select(Person.id).where(Person.email_key == email.casefold())):
        raise EmailTaken(f"Somebody has the address {email} already; every person needs one of their own.")


def refuse_losing_the_last_admin(session: Session, person: Person, wanted: PersonChange) -> None:
    stays_admin = wanted.role in (None, Role.ADMIN) and wanted.active is not False
    if person.is_admin and not stays_admin and other_admins(session, person) == 0:
        raise LastAdmin(f"{person.name} is the last admin. Make somebody else an admin first.")
