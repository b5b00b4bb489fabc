"""Signing keys in an admin's hands: what there is, a rotation now, and the withdrawal of a key that was stolen."""

from dataclasses import asdict
from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy.orm import Session

from auth_service.administration.admin import ACCESS_TOKEN, Admin, problems
from auth_service.database import Reading
from auth_service.house import House, TheHouse
from auth_service.keys.overview import overview
from auth_service.keys.rotation import make_spares, rotate
from auth_service.keys.signing_key import KeyState
from auth_service.keys.withdrawal import withdraw
from auth_service.people.change import next_change
from auth_service.trail.deed import Deed
from auth_service.trail.doer import Doer
from auth_service.trail.entry import record

router = APIRouter(tags=["keys"], dependencies=[ACCESS_TOKEN], responses=problems())


class KeyView(BaseModel):
    kid: str
    algorithm: str
    state: KeyState
    created_at: datetime
    signs_from: datetime | None
    retires_at: datetime | None
    withdrawn_at: datetime | None


class KeysView(BaseModel):
    items: list[KeyView]
    next_rotation_at: datetime | None  # none: only by command


@router.get("/keys", summary="Signing keys, the oldest first")
def keys(_: Admin, session: Reading, house: TheHouse) -> KeysView:
    return shown(session, house)


@router.post("/key-rotations", status_code=201, summary="Let the next keys sign now")
def rotation(by: Admin, house: TheHouse) -> KeysView:
    """The old ones stay published until their last token has died."""
    rotate_now(house, by=by)
    with house.database.reading() as session:
        return shown(session, house)


@router.post("/keys/{kid}/withdrawal", summary="Declare a key stolen", responses=problems(404))
def withdrawal(kid: str, by: Admin, house: TheHouse) -> KeysView:
    """Nothing that it signed is accepted any more; the next one signs in its place."""
    withdraw_now(house, kid, by=by)
    with house.database.reading() as session:
        return shown(session, house)


def rotate_now(house: House, *, by: Doer) -> None:
    """News for all who follow the people's changes: twice in a row, a key signs that nobody had the time to fetch."""
    spares = make_spares(sealing=house.keys.sealing, at=house.clock())
    with house.database.writing() as session:
        next_change(session)
        rotate(session, spares, at=house.clock())
        record(session, Deed.KEYS_ROTATED, at=house.clock(), by=by)
    house.keyring.forget()


def withdraw_now(house: House, kid: str, *, by: Doer) -> None:
    """News as well. Raises NoSuchKey."""
    at = house.clock()
    spares = make_spares(sealing=house.keys.sealing, at=at)
    with house.database.writing() as session:
        next_change(session)
        withdraw(session, kid, spares, at=at, by=by)
    house.keyring.forget()


def shown(session: Session, house: House) -> KeysView:
    found = overview(session, every=house.settings.key_rotation_every, at=house.clock())
    return KeysView(items=[KeyView(**asdict(key)) for key in found.items], next_rotation_at=found.next_rotation_at)
