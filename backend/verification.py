"""`backend verify`: every promise of the books asked of the database itself, from the entries up."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select, text

from backend.accounting.books import payout
from backend.accounting.ledger import payout_letter
from backend.accounting.promises import PROMISES as PROMISES_OF_THE_BOOKS
from backend.post.outbox import outbox
from backend.tasks.promises import PROMISES as PROMISES_OF_TASKS

SHOWN = 20  # of each broken promise


@dataclass(frozen=True)
class Broken:
    promise: str
    where: list[str]


def verify(connection: Connection) -> list[Broken]:
    """What does not hold; an empty list is what everybody wants to see."""
    promises = {**PROMISES_OF_THE_BOOKS, **PROMISES_OF_TASKS}
    found = [Broken(promise, ask(connection, query)) for promise, query in promises.items()]
    found.append(Broken("each payout has its letter, with the same amount", list(payouts_without_letter(connection))))
    return [broken for broken in found if broken.where]


def ask(connection: Connection, query: str) -> list[str]:
    rows = connection.execute(text(query)).fetchmany(SHOWN)
    return [" ".join(str(cell) for cell in row) for row in rows]


def payouts_without_letter(connection: Connection) -> Iterable[str]:
    payloads = {row.dedup: row.payload for row in connection.execute(select(outbox.c.dedup, outbox.c.payload))}
    for row in connection.execute(select(payout)):
        letter = payout_letter(row._asdict())
        if payloads.get(letter.dedup) != letter.payload:
            yield letter.dedup
