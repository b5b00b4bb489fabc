"""One step of a round, in one transaction: some tasks locked, drawn, handed over and charged, and the cursor moved on.

Set-based: a handful of statements, however many tasks there are. Tasks are locked before accounts, both in the order of
their ids, so that nobody ever waits for another in a ring; accounts last, so that "Done" waits as short as possible.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Connection,
    FromClause,
    Select,
    String,
    Update,
    Uuid,
    bindparam,
    insert,
    literal,
    or_,
    select,
    update,
)

from backend.accounting.charges import charge, charging, occasion
from backend.business_day import Moment
from backend.database import AnyRow, as_rows, listed, recordset
from backend.people.replica import freshness
from backend.people.roster import departed
from backend.tasks.draw import deal, draw_without
from backend.tasks.rounds import Round, reassignment, reassignment_stay
from backend.tasks.task import task

Drawn = dict[UUID, UUID]  # who gets which task


@dataclass(frozen=True)
class Dealing:
    """A round locked for one step, among whom it deals, and the moment of it."""

    connection: Connection
    round: Round
    roster: Sequence[UUID]
    roles: Sequence[str]
    at: Moment


def deal_chunk(dealing: Dealing, size: int) -> int:
    """How many tasks were dealt; 0 when there are none left."""
    began = perf_counter()
    return deal_out(dealing, take_next(dealing, size) or take_skipped(dealing, size), began=began)


def deal_all(dealing: Dealing) -> None:
    """The whole round in this one step: a second one would wait for a task while the first still holds accounts."""
    began = perf_counter()
    deal_out(dealing, take_all(dealing), began=began)


def deal_out(dealing: Dealing, taken: Sequence[AnyRow], *, began: float) -> int:
    if taken:
        drawn, gone = draw_present(dealing, taken)
        moved = [row for row, to in zip(taken, drawn.values(), strict=True) if row.assignee_id != to]
        note_stays(dealing, [row for row, to in zip(taken, drawn.values(), strict=True) if row.assignee_id == to])
        hand_over(dealing, moved, drawn)
        move_on(dealing, taken, moved, gone, seconds=perf_counter() - began)
    return len(taken)


def take_next(dealing: Dealing, size: int) -> Sequence[AnyRow]:
    """The next open tasks after the cursor; what somebody holds this moment is left for later."""
    query = open_tasks(dealing).limit(size)
    if dealing.round.cursor:
        query = query.where(task.c.id > dealing.round.cursor)
    return dealing.connection.execute(query.with_for_update(key_share=True, skip_locked=True)).all()


def take_skipped(dealing: Dealing, size: int) -> Sequence[AnyRow]:
    """What was left, once whoever holds it lets go; done meanwhile, it is none of ours."""
    not_dealt = or_(task.c.round_id.is_(None), task.c.round_id != dealing.round.id)
    query = open_tasks(dealing).where(not_dealt).limit(size)
    return dealing.connection.execute(query.with_for_update(key_share=True)).all()


def take_all(dealing: Dealing) -> Sequence[AnyRow]:
    """Each of them, once whoever holds it lets go."""
    return dealing.connection.execute(open_tasks(dealing).with_for_update(key_share=True)).all()


def open_tasks(dealing: Dealing) -> Select[Any]:
    """Of those that were there at the press; younger ones were dealt when they were created."""
    columns = (task.c.id, task.c.assignee_id, task.c.fee_cents)
    present = (task.c.status == "open", task.c.id <= dealing.round.last_task)
    return select(*columns).where(*present).order_by(task.c.id)


def draw_present(dealing: Dealing, taken: Sequence[AnyRow]) -> tuple[Drawn, frozenset[UUID]]:
    """Who left since the press is no longer drawn: the next draw of the same task decides.

    Also returns everybody found gone so far. When all have left, nothing is drawn, and every task stays.
    """
    roster, seed, gone = dealing.roster, dealing.round.seed, dealing.round.gone
    drawn = deal([row.id for row in taken], roster, seed)
    if freshness(dealing.connection).cursor == dealing.round.heard:
        return drawn, gone  # nothing was heard since the press, so nobody left
    while missing := departed(dealing.connection, set(drawn.values()), dealing.roles):
        gone |= missing
        if len(gone) == len(roster):
            return {row.id: row.assignee_id for row in taken}, gone
        drawn |= {each: draw_without(each, roster, seed, gone) for each, to in drawn.items() if to in gone}
    return drawn, gone


def note_stays(dealing: Dealing, stays: Sequence[AnyRow]) -> None:
    """Drawn by the same popug again: no charge and no entry, so a row of its own says that it was dealt."""
    if stays:
        ids, holders = [row.id for row in stays], [row.assignee_id for row in stays]
        stayed = listed(dealing.connection, task_id=ids, account_id=holders)
        mark_dealt = update(task).where(task.c.id == stayed.c.task_id).values(round_id=dealing.round.id)
        dealing.connection.execute(mark_dealt)
        rows = select(literal(dealing.round.id, Uuid), stayed.c.task_id, stayed.c.account_id)
        dealing.connection.execute(insert(reassignment_stay).from_select(list(reassignment_stay.c), rows))


def hand_over(dealing: Dealing, moved: Sequence[AnyRow], drawn: Drawn) -> None:
    """To whoever drew them, who are charged."""
    if not moved:
        return
    connection, at = dealing.connection, dealing.at
    task_ids = [row.id for row in moved]
    new_holders = {"task_id": task_ids, "account_id": [drawn[each] for each in task_ids]}
    of_round = {"round": dealing.round.id}
    if connection.dialect.name == "postgresql":
        all_at_once = {"rows": as_rows(**new_holders), **of_round, **occasion(by=dealing.round.actor, at=at)}
        if connection.execute(HANDING_OVER, all_at_once).rowcount:
            return
    else:
        connection.execute(giving(listed(connection, **new_holders)), of_round)
    these = task.c.id.in_(select(listed(connection, task_id=task_ids).c.task_id))
    charge(connection, select(*DUE).where(these).subquery(), by=dealing.round.actor, at=at)


DUE = (
    task.c.assignee_id.label("account_id"),
    task.c.id.label("task_id"),
    task.c.title,
    task.c.fee_cents.label("cents"),
    task.c.round_id,
)


def giving(to: FromClause) -> Update:
    new_holder = {"assignee_id": to.c.account_id, "round_id": bindparam("round", type_=Uuid)}
    return update(task).where(task.c.id == to.c.task_id).values(new_holder)


def handing_over() -> Update:
    to = recordset(bindparam("rows", type_=String), task_id=Uuid(), account_id=Uuid())
    return charging(giving(to).returning(*DUE).cte("due"))


HANDING_OVER = handing_over()


def move_on(
    dealing: Dealing, taken: Sequence[AnyRow], moved: Sequence[AnyRow], gone: frozenset[UUID], *, seconds: float
) -> None:
    """The cursor never goes back: what was taken late is known by its round, not by its place."""
    progress = {
        "done": reassignment.c.done + len(taken),
        "unchanged": reassignment.c.unchanged + len(taken) - len(moved),
        "fees_cents": reassignment.c.fees_cents + sum(row.fee_cents for row in moved),
        "busy_ms": reassignment.c.busy_ms + round(seconds * 1000),
        "cursor": max(taken[-1].id, dealing.round.cursor or taken[-1].id),
        "gone": sorted(map(str, gone)) or None,
        "gave": gave_so_far(dealing.round.gave, [row.assignee_id for row in moved]),
    }
    dealing.connection.execute(update(reassignment).where(reassignment.c.id == dealing.round.id).values(progress))


def gave_so_far(before: Counter[str] | None, holders: Sequence[UUID]) -> dict[str, int] | None:
    return None if before is None else before + Counter(map(str, holders))
