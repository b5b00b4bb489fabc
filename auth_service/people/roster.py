"""Questions about many people: by id, by plumage, by name, a random one."""

from collections.abc import Sequence
from random import Random

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.orm import Session

from auth_service.beaks import random_plumage
from auth_service.people.person import NobodyMatches, NoSuchPerson, Person, Role


def find_person(session: Session, person_id: str) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise NoSuchPerson
    return person


def with_plumage(session: Session, plumage: str) -> Person | None:
    return session.scalars(select(Person).where(Person.plumage == plumage)).one_or_none()


def known_as(session: Session, email_or_id: str) -> Person:
    """For the command line, where people type an address rather than an id."""
    wanted = or_(Person.email_key == email_or_id.casefold(), Person.id == email_or_id)
    person = session.scalars(select(Person).where(wanted)).one_or_none()
    if person is None:
        raise NoSuchPerson(f"There is no person {email_or_id}.")
    return person


def is_empty(session: Session) -> bool:
    return session.scalar(select(Person.id).limit(1)) is None


def other_admins(session: Session, person: Person) -> int:
    admins = select(func.count()).where(Person.role == Role.ADMIN, Person.active, Person.id != person.id)
    return session.execute(admins).scalar_one()


def draw(session: Session, *, roles: Sequence[Role], count: int, rng: Random) -> list[Person]:
    """Distinct active people, as many as there are up to `count`. Raises NobodyMatches."""
    criteria = [Person.active, Person.role.in_(roles)] if roles else [Person.active]
    ids = session.scalars(select(Person.id).where(*criteria).order_by(Person.id)).all()
    if not ids:
        raise NobodyMatches("No active person has " + (" or ".join(roles) or "any role") + ".")
    drawn = rng.sample(ids, min(count, len(ids)))
    people = {person.id: person for person in session.scalars(select(Person).where(Person.id.in_(drawn)))}
    return [people[person_id] for person_id in drawn]


def by_name(
    session: Session,
    *,
    role: Role | None = None,
    active: bool | None = None,
    search: str = "",
    after: Sequence[str] | None = None,
    limit: int,
) -> list[Person]:
    """One page, ordered by name then id; `after` is the last row of the page before."""
    criteria: list[ColumnElement[bool]] = []
    if role:
        criteria.append(Person.role == role)
    if active is not None:
        criteria.append(Person.active == active)
    if search:
        key = search.casefold()
        criteria.append(
            or_(Person.name_key.contains(key, autoescape=True), Person.email_key.contains(key, autoescape=True))
        )
    if after:
        criteria.append(tuple_(Person.name_key, Person.id) > tuple(after))
    page = select(Person).where(*criteria).order_by(Person.name_key, Person.id).limit(limit)
    return list(session.scalars(page))


def free_plumage(session: Session, rng: Random) -> str:
    while with_plumage(session, plumage := random_plumage(rng)):
        continue
    return plumage


def everyone(session: Session) -> list[Person]:
    return list(session.scalars(select(Person).order_by(Person.name_key, Person.id)))
