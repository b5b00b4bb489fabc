"""What a round changed for whom: counted once, when it is done, and kept with it."""

from collections import Counter
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, select, text

from backend.accounting.books import entry

SHOWN = 50  # popugs, those with most new tasks first


def changes_of(connection: Connection, round_id: UUID, gave: Counter[str] | None) -> dict[str, Any]:
    """{"people": how many got something, "shown": [{"id", "received", "gave" or null, "fees_cents"}]}."""
    columns = (entry.c.account_id, func.count(), -func.sum(entry.c.amount_cents))
    rows = connection.execute(select(*columns).where(fees_of(round_id)).group_by(entry.c.account_id)).all()
    received = Counter({str(row[0]): row[1] for row in rows})
    fees = {str(row[0]): int(row[2]) for row in rows}
    given = gave or Counter()
    shown = sorted(received | given, key=lambda each: (-received[each], -given[each], each))[:SHOWN]
    return {
        "people": len(received),
        "shown": [
            {
                "id": each,
                "received": received[each],
                "gave": None if gave is None else gave[each],
                "fees_cents": fees.get(each, 0),
            }
            for each in shown
        ],
    }


def fees_of(round_id: UUID) -> ColumnElement[bool]:
    """In the words of the partial index, so that both engines see that it fits."""
    return (entry.c.round_id == round_id) & text("entry.kind = 'fee' AND entry.round_id <> entry.task_id")
