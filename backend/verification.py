"""`backend verify`: every promise of the books asked of the database itself, from the entries up."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, select, text
from sqlalchemy.exc import StatementError

from backend.accounting.guards import missing_guards
from backend.accounting.promises import DIALECTS
from backend.accounting.promises import PROMISES as PROMISES_OF_THE_BOOKS
from backend.accounting.seals import broken_seals
from backend.tasks.changes import changes_of
from backend.tasks.draw_check import DrawNotKept, check_draw
from backend.tasks.promises import PROMISES as PROMISES_OF_TASKS
from backend.tasks.rounds import reassignment

SHOWN = 20  # of each broken promise


@dataclass(frozen=True)
class Broken:
    promise: str
    where: list[str]


def verify(connection: Connection) -> list[Broken]:
    """What does not hold; an empty list is what everybody wants to see."""
    promises = {**PROMISES_OF_THE_BOOKS, **PROMISES_OF_TASKS}
    found = [Broken(promise, ask(connection, query)) for promise, query in promises.items()]
    found += [Broken(promise, some(read(check(connection)))) for promise, check in CHECKS.items()]
    return [broken for broken in found if broken.where]


def ask(connection: Connection, query: str) -> list[str]:
    """All rows are looked at; the first are named."""
    rows = connection.execute(text(query.format(**DIALECTS[connection.dialect.name])))
    return some(" ".join(str(cell) for cell in row) for row in rows)


def some(found: Iterable[str]) -> list[str]:
    return list(islice(found, SHOWN))


def read(found: Iterator[str]) -> Iterator[str]:
    """What can not even be read was tampered with as well."""
    try:
        yield from found
    except (StatementError, ValueError, TypeError, KeyError, AttributeError) as error:
        yield f"can not be read: {type(error).__name__}: {error}"


def broken_draws(connection: Connection) -> Iterator[str]:
    """Of rounds of before rosters were kept, nobody can say."""
    kept = select(reassignment.c.id).where(reassignment.c.last_task.is_not(None)).order_by(reassignment.c.id)
    for round_id in connection.scalars(kept).all():
        try:
            differences = check_draw(connection, round_id).differences
        except DrawNotKept:
            differences = ["its roster is lost"]
        yield from (f"{round_id}: {difference}" for difference in differences)


def broken_changes(connection: Connection) -> Iterator[str]:
    columns = (reassignment.c.id, reassignment.c.gave, reassignment.c.changes)
    done = select(*columns).where(reassignment.c.state == "done", reassignment.c.last_task.is_not(None))
    for row in connection.execute(done.order_by(reassignment.c.id)).all():
        if row.changes != changes_of(connection, row.id, None if row.gave is None else Counter(row.gave)):
            yield str(row.id)


CHECKS: dict[str, Callable[[Connection], Iterator[str]]] = {
    "a closed day is sealed over its entries and the day before": broken_seals,
    "a reassignment gave each task to whoever the draw names": broken_draws,
    "a reassignment tells what it changed for whom": broken_changes,
    "what guards the books is in force": missing_guards,
}
