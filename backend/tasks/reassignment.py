"""Assign tasks (T5): every open task goes to somebody drawn by lot, whoever holds it now.

A round is a stored seed and a stored roster: the draw of each task follows from them and the task's id alone, so anyone
can recompute it, in any order and in any number of steps (docs/decisions/reassignment.md). A small round is dealt in
the transaction of the press; a large one goes on in steps, in whatever process finds it running.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, update

from backend.accounting.new_work import announce
from backend.business_day import Moment
from backend.people.roster import Lot, Roster, roster_now
from backend.tasks.changes import changes_of
from backend.tasks.chunk import Dealing, deal_all, deal_chunk
from backend.tasks.draw import SEED_BYTES
from backend.tasks.rounds import (
    Round,
    begin_round,
    count_open,
    lock_round,
    newest_round,
    own_round,
    reassignment,
    round_to_join,
)

AT_ONCE = 2_000  # tasks: about a tenth of a second


@dataclass(frozen=True)
class Pressed:
    """`joined`: somebody else pressed at the same time or a little earlier, and theirs is the round."""

    round_id: UUID
    joined: bool = False


def press(connection: Connection, *, seen: UUID | None, by: UUID, at: Moment, lot: Lot) -> Pressed:
    """One round for all who press at once; `seen` is the newest the presser knew of. Raises NobodyAssignable."""
    if count_open(connection) > AT_ONCE:
        return begin(connection, roster_now(connection, lot.roles), seen=seen, by=by, at=at, lot=lot)
    return deal_now(connection, seen=seen, by=by, at=at, lot=lot)


def reassign(connection: Connection, *, by: UUID, at: Moment, lot: Lot) -> UUID:
    """A whole round, however large, inside one transaction of the caller's. Raises NobodyAssignable."""
    return deal_now(connection, seen=newest_round(connection), by=by, at=at, lot=lot).round_id


def deal_now(connection: Connection, *, seen: UUID | None, by: UUID, at: Moment, lot: Lot) -> Pressed:
    roster = roster_now(connection, lot.roles)
    pressed = begin(connection, roster, seen=seen, by=by, at=at, lot=lot)
    if not pressed.joined:
        deal_all(Dealing(connection, own_round(connection, pressed.round_id), roster.people, lot.roles, at))
        finish_round(connection, own_round(connection, pressed.round_id), at)
    return pressed


def begin(connection: Connection, roster: Roster, *, seen: UUID | None, by: UUID, at: Moment, lot: Lot) -> Pressed:
    seed = lot.dice.randbytes(SEED_BYTES)
    if round_id := begin_round(connection, seed, roster, seen=seen, by=by, at=at):
        return Pressed(round_id)
    return Pressed(round_to_join(connection), joined=True)


def take_step(
    connection: Connection, round_id: UUID, roster: Sequence[UUID], roles: Sequence[str], at: Moment, *, size: int
) -> int:
    """How many tasks were dealt; 0 when the round is done now, or another process is at it."""
    found = lock_round(connection, round_id)
    if found is None:
        return 0
    dealt = deal_chunk(Dealing(connection, found, roster, roles, at), size)
    if not dealt:
        finish_round(connection, found, at)
    return dealt


def finish_round(connection: Connection, found: Round, at: Moment) -> None:
    """What was there at the press and was not dealt, its holders have finished meanwhile."""
    skipped = max(0, found.total - found.done)
    ended = {
        "state": "done",
        "skipped": skipped,
        "total": found.done + skipped,
        "changes": changes_of(connection, found.id, found.gave),
        "finished_at": at.instant,
    }
    connection.execute(update(reassignment).where(reassignment.c.id == found.id).values(ended))
    announce(connection, found.id, at)
