"""The demo cast: made once where there is nobody, with their beaks in `demo.json` so that a visitor can try each role.

Never in production: with a https issuer the service refuses to start while a demo person exists.
"""

import json
import os
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth_service.errors import CannotStart
from auth_service.house import House
from auth_service.people.egg import lay
from auth_service.people.hiring import hire, moult
from auth_service.people.person import Person, Role
from auth_service.people.roster import is_empty

CAST = (
    ("Polly Ashbrook", Role.ADMIN),
    ("Basil Greenwing", Role.MANAGER),
    ("Marisol Quetzal", Role.MANAGER),
    ("Penny Farthingale", Role.ACCOUNTANT),
    ("Kiwi Larkspur", Role.WORKER),
    ("Rio Marrow", Role.WORKER),
    ("Jade Conure", Role.WORKER),
    ("Captain Flint", Role.WORKER),
    ("Mango Tidewater", Role.WORKER),
    ("Iago Feathers", Role.WORKER),
    ("Saffron Lorikeet", Role.WORKER),
    ("Archie Crackjaw", Role.WORKER),
    ("Luna Cockatiel", Role.WORKER),
    ("Gosha Popugaev", Role.WORKER),
)


def demo_file(house: House) -> Path:
    return house.settings.var / "demo.json"


def refuse_demo_in_production(session: Session, house: House) -> None:
    if house.settings.is_https and (
        house.settings.demo or session.scalar(select(Person.id).where(Person.demo).limit(1))
    ):
        raise CannotStart(
            "This installation has demo people, whose beaks are public, and a https issuer. "
            "Start with an empty database and without AUTH_SERVICE_DEMO."
        )


def set_the_stage(session: Session, house: House) -> None:
    """The cast where there is nobody; new beaks for it when demo.json was lost, since nobody can know the old ones."""
    if is_empty(session):
        write_cast(house, [on_stage(*hire_one(session, house, name, role)) for name, role in CAST])
    elif not demo_file(house).exists():
        cast = session.scalars(select(Person).where(Person.demo).order_by(Person.created_at, Person.id)).all()
        write_cast(house, [on_stage(*new_beak(session, house, person)) for person in cast])


def hire_one(session: Session, house: House, name: str, role: Role) -> tuple[Person, str]:
    email = f"{name.lower().replace(' ', '.')}@uberpopug.example"
    person, beak = hire(
        session,
        name=name,
        email=email,
        role=role,
        at=house.clock(),
        rng=house.rng,
        egg=lay(house.rng, house.proof),
        demo=True,
    )
    return person, str(beak)


def new_beak(session: Session, house: House, person: Person) -> tuple[Person, str]:
    moulted, beak = moult(session, person.id, egg=lay(house.rng, house.proof), at=house.clock())
    return moulted, str(beak)


def on_stage(person: Person, beak_shape: str) -> dict[str, str]:
    return {"name": person.name, "email": person.email, "role": person.role, "beak_shape": beak_shape}


def write_cast(house: House, cast: list[dict[str, str]]) -> None:
    """Whole or not at all, and for the owner's eyes only."""
    file = demo_file(house)
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(f".{os.getpid()}")
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(cast, indent=1))
    unfinished.replace(file)


def read_cast(house: House) -> list[dict[str, Any]]:
    if not house.settings.demo or not demo_file(house).exists():
        return []
    cast: list[dict[str, Any]] = json.loads(demo_file(house).read_text())
    return cast
