"""`backend verify`: every promise of the books asked of the database itself, from the entries up."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, text

from backend.accounting.promises import DIALECTS
from backend.accounting.promises import PROMISES as PROMISES_OF_THE_BOOKS
from backend.accounting.seals import broken_seals
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
    found.append(Broken("a closed day is sealed over its entries and the day before", some(broken_seals(connection))))
    return [broken for broken in found if broken.where]


def ask(connection: Connection, query: str) -> list[str]:
    """All rows are looked at; the first are named."""
    rows = connection.execute(text(query.format(**DIALECTS[connection.dialect.name])))
    return some(" ".join(str(cell) for cell in row) for row in rows)


def some(found: Iterable[str]) -> list[str]:
    return list(islice(found, SHOWN))
