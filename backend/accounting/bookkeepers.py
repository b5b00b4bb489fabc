"""Bookkeepers: who sees the company's money, and their looking into somebody else's account, which is recorded (A1)."""

from uuid import UUID

from backend.accounting.statement import NoSuchAccount, note_reading
from backend.people.replica import find_person
from backend.visits import Visit

BOOKKEEPERS = ("accountant", "admin")


def require_bookkeeper(visit: Visit) -> None:
    visit.actor.require(*BOOKKEEPERS, to="see the company's money")


def open_account(visit: Visit, person_id: UUID) -> None:
    """Raises RoleTooSmall, NoSuchAccount."""
    if person_id == visit.actor.id:
        return
    visit.actor.require(*BOOKKEEPERS, to="open somebody else's account")
    if find_person(visit.connection, person_id) is None:
        raise NoSuchAccount
    note_reading(visit.connection, person_id, reader=visit.actor.id, at=visit.at)
