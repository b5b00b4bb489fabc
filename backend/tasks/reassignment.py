"""Assign tasks (T5): every open task goes to somebody drawn by lot, whoever holds it now.

A round is a stored seed and the hash of the roster it drew from: the draw of each task follows from the seed and the
task's id alone, so anyone can recompute it, in any order and in any number of steps (docs/decisions/reassignment.md).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Uuid,
    bindparam,
    insert,
    select,
    text,
    update,
)

from backend.accounting.books import Kind
from backend.accounting.ledger import About, Movement, record
from backend.business_day import Moment
from backend.database import AnyRow, UtcDateTime, metadata, new_id
from backend.errors import NotFound
from backend.people.replica import Ref, person, ref
from backend.people.roster import Lot, require_assignable, roster_hash
from backend.tasks.task import task

SEED_BYTES = 32

reassignment = Table(
    "reassignment",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("actor", Uuid, nullable=False),
    Column("state", String(10), nullable=False),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("fees_cents", BigInteger, nullable=False),
    Column("cursor", Uuid),  # the last task dealt
    Column("seed", LargeBinary(SEED_BYTES), nullable=False),
    Column("roster_hash", LargeBinary(32), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    CheckConstraint("state IN ('running', 'done')", name="state"),
    Index(
        "ux_reassignment_running",
        "state",
        unique=True,
        postgresql_where=text("state = 'running'"),
        sqlite_where=text("state = 'running'"),
    ),
)


class NoSuchReassignment(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such reassignment.")


class ReassignmentView(BaseModel):
    id: UUID
    total: int
    done: int
    unchanged: int
    fees_cents: int
    state: Literal["running", "done"]
    started_at: datetime
    finished_at: datetime | None
    actor: Ref


@dataclass(frozen=True)
class Move:
    """A task that changes hands."""

    task_id: UUID
    title: str
    fee_cents: int
    to: UUID


def reassign(connection: Connection, *, by: UUID, at: Moment, lot: Lot) -> UUID:
    """One round over all open tasks. Raises NobodyAssignable."""
    roster = require_assignable(connection, lot.roles)
    seed = lot.dice.randbytes(SEED_BYTES)
    round_id = begin_round(connection, seed, roster, by=by, at=at)
    open_tasks = lock_open_tasks(connection)
    drawn = deal([row.id for row in open_tasks], roster, seed)
    moves = changing_hands(open_tasks, drawn)
    hand_over(connection, drawn, round_id)
    record(connection, [fee(move, round_id) for move in moves], by=by, at=at)
    finish_round(connection, round_id, open_tasks, moves, at=at)
    return round_id


def deal(task_ids: Sequence[UUID], roster: Sequence[UUID], seed: bytes) -> dict[UUID, UUID]:
    """Who gets which task: uniform (128 bits modulo the roster), each task drawn by itself."""
    return {
        task_id: roster[int.from_bytes(hashlib.blake2b(task_id.bytes, key=seed, digest_size=16).digest()) % len(roster)]
        for task_id in task_ids
    }


def changing_hands(open_tasks: Sequence[AnyRow], drawn: Mapping[UUID, UUID]) -> list[Move]:
    """Drawn by the same popug again: no charge, no entry."""
    return [
        Move(row.id, row.title, row.fee_cents, drawn[row.id]) for row in open_tasks if drawn[row.id] != row.assignee_id
    ]


def lock_open_tasks(connection: Connection) -> list[AnyRow]:
    """In the order of their ids, so that nobody ever waits for another in a ring."""
    columns = (task.c.id, task.c.title, task.c.fee_cents, task.c.assignee_id)
    query = select(*columns).where(task.c.status == "open").order_by(task.c.id)
    return list(connection.execute(query.with_for_update(key_share=True)))


def hand_over(connection: Connection, drawn: Mapping[UUID, UUID], round_id: UUID) -> None:
    if drawn:
        connection.execute(
            update(task)
            .where(task.c.id == bindparam("_task"))
            .values(assignee_id=bindparam("_to"), round_id=bindparam("_round")),
            [{"_task": task_id, "_to": worker, "_round": round_id} for task_id, worker in drawn.items()],
        )


def fee(move: Move, round_id: UUID) -> Movement:
    return Movement(move.to, Kind.FEE, -move.fee_cents, About(move.task_id, move.title, round_id))


def begin_round(connection: Connection, seed: bytes, roster: Sequence[UUID], *, by: UUID, at: Moment) -> UUID:
    round_id = new_id(at.instant)
    connection.execute(
        insert(reassignment).values(
            id=round_id,
            actor=by,
            state="running",
            total=0,
            done=0,
            unchanged=0,
            fees_cents=0,
            seed=seed,
            roster_hash=roster_hash(roster),
            started_at=at.instant,
        )
    )
    return round_id


def finish_round(
    connection: Connection,
    round_id: UUID,
    open_tasks: Sequence[AnyRow],
    moves: Sequence[Move],
    *,
    at: Moment,
) -> None:
    connection.execute(
        update(reassignment)
        .where(reassignment.c.id == round_id)
        .values(
            state="done",
            total=len(open_tasks),
            done=len(open_tasks),
            unchanged=len(open_tasks) - len(moves),
            fees_cents=sum(move.fee_cents for move in moves),
            cursor=open_tasks[-1].id if open_tasks else None,
            finished_at=at.instant,
        )
    )


def show_reassignment(connection: Connection, round_id: UUID) -> ReassignmentView:
    row = connection.execute(
        select(
            reassignment,
            reassignment.c.actor.label("person_id"),
            person.c.name.label("person_name"),
            person.c.version.label("person_version"),
        )
        .join_from(reassignment, person, person.c.id == reassignment.c.actor, isouter=True)
        .where(reassignment.c.id == round_id)
    ).first()
    if row is None:
        raise NoSuchReassignment
    return ReassignmentView(**{**row._asdict(), "actor": ref(row)})
