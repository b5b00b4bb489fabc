"""Everybody's account, page by page: by name, or the deepest in debt first; with what the shown day brought (A1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Connection, FromClause, func, literal, or_, select, tuple_

from backend.accounting.accounts import brought_to
from backend.accounting.books import account
from backend.accounting.cursors import not_ours, number_in
from backend.database import AnyRow
from backend.people.replica import Ref, person, ref

Show = Literal["all", "red"]

PAGE = 50


class AccountLine(BaseModel):
    person: Ref
    role: str
    balance_cents: int
    day_cents: int


class Accounts(BaseModel):
    today: date
    day: date
    items: list[AccountLine]
    next: str | None


@dataclass(frozen=True)
class WantedAccounts:
    """Of all, or of those in the red; with `words` of those whose name has them, or whose whole mail address they are.

    By name an index is walked, so a page costs the same however many there are; a search walks on until its page is
    full. For those in the red every account is looked at (docs/decisions/no-index-of-balances.md).
    """

    show: Show = "all"
    words: str = ""

    @property
    def source(self) -> FromClause:
        of_person = account.c.id == person.c.id
        return account.join(person, of_person) if self.show == "red" else person.outerjoin(account, of_person)

    @property
    def order(self) -> tuple[ColumnElement[Any], ColumnElement[UUID]]:
        return (account.c.balance_cents, account.c.id) if self.show == "red" else (person.c.name, person.c.id)

    def conditions(self) -> list[ColumnElement[bool]]:
        who = account.c.balance_cents < 0 if self.show == "red" else or_(person.c.active, account.c.id.is_not(None))
        words = " ".join(self.words.split())
        return [who, named(words)] if words else [who]


def named(words: str) -> ColumnElement[bool]:
    if "@" in words:
        return func.lower(person.c.email) == words.lower()
    return or_(*(person.c.name.icontains(each, autoescape=True) for each in spellings(words)))


def spellings(words: str) -> list[str]:
    """SQLite knows upper and lower case of ASCII letters only."""
    return [words] if words.isascii() else sorted({words, words.lower(), words.upper(), words.title()})


def list_accounts(
    connection: Connection, wanted: WantedAccounts, *, shown: date, after: str | None = None, limit: int = PAGE
) -> tuple[list[AccountLine], str | None]:
    """One page, and where the next begins. Raises InvalidInput."""
    rows = find_accounts(connection, wanted, cursor=read_cursor(after, wanted.show) if after else None, limit=limit + 1)
    brought = brought_to(connection, [row.person_id for row in rows[:limit]], shown)
    items = [
        AccountLine(**row._asdict(), person=ref(row), day_cents=brought.get(row.person_id, 0)) for row in rows[:limit]
    ]
    return items, cursor_of(rows[limit - 1], wanted.show) if len(rows) > limit else None


def find_accounts(
    connection: Connection, wanted: WantedAccounts, *, cursor: Sequence[Any] | None, limit: int
) -> list[AnyRow]:
    query = select(
        person.c.id.label("person_id"),
        person.c.name.label("person_name"),
        person.c.version.label("person_version"),
        person.c.role,
        func.coalesce(account.c.balance_cents, 0).label("balance_cents"),
    ).select_from(wanted.source)
    query = query.where(*wanted.conditions())
    if cursor:
        last_seen = [literal(value, column.type) for value, column in zip(cursor, wanted.order, strict=True)]
        query = query.where(tuple_(*wanted.order) > tuple_(*last_seen))
    return list(connection.execute(query.order_by(*wanted.order).limit(limit)))


def cursor_of(row: AnyRow, show: Show) -> str:
    return f"{row.person_id}~{row.balance_cents if show == 'red' else row.person_name}"


def read_cursor(text: str, show: Show) -> tuple[str | int, UUID]:
    try:
        last_id, place = text.split("~", 1)
        return (number_in(place) if show == "red" else place), UUID(last_id)
    except ValueError:
        raise not_ours() from None
