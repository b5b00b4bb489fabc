"""A round of Assign tasks as it is stored: its seed and roster, how far it got, what stayed, what changed for whom."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    JSON,
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
    delete,
    func,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite

from backend.business_day import Moment
from backend.database import AnyRow, UtcDateTime, metadata, new_id
from backend.people.roster import Roster, roster_hash
from backend.tasks.draw import SEED_BYTES
from backend.tasks.task import task

reassignment = Table(
    "reassignment",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", Integer, nullable=False, server_default="0"),  # in the order of the presses, whatever clocks say
    Column("actor", Uuid, nullable=False),
    Column("state", String(10), nullable=False),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),  # dealt, those that stayed included
    Column("unchanged", Integer, nullable=False),
    Column("skipped", Integer, nullable=False, server_default="0"),  # finished by their holders meanwhile
    Column("fees_cents", BigInteger, nullable=False),
    Column("cursor", Uuid),  # the last task dealt
    Column("last_task", Uuid),  # the newest open task when the round began
    Column("seed", LargeBinary(SEED_BYTES), nullable=False),
    Column("roster_hash", LargeBinary(32), nullable=False),
    Column("heard", BigInteger),  # up to which number of the directory the roster holds
    Column("gone", JSON(none_as_null=True)),  # ids of those who were drawn, but had left since the press
    Column("gave", JSON(none_as_null=True)),  # how many tasks were taken from whom, unless there are too many
    Column("changes", JSON(none_as_null=True)),  # for whom what changed, once it is done
    Column("busy_ms", BigInteger, nullable=False, server_default="0"),
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
    Index("ux_reassignment_number", "number", unique=True),
)

roster = Table(
    "roster",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("members", LargeBinary, nullable=False),  # sorted ids, 16 bytes each: what the hash is of
)

reassignment_stay = Table(
    "reassignment_stay",
    metadata,
    Column("round_id", Uuid, primary_key=True),
    Column("task_id", Uuid, primary_key=True),
    Column("account_id", Uuid, nullable=False),
)


COUNTED = 10_000  # tasks in a round: beyond that nobody counts from whom they were taken
NOTHING = UUID(int=0)  # less than the id of any task


@dataclass(frozen=True)
class Round:
    """What is needed to go on with it."""

    id: UUID
    actor: UUID
    seed: bytes
    cursor: UUID | None
    last_task: UUID
    heard: int | None
    gone: frozenset[UUID]
    gave: Counter[str] | None
    total: int
    done: int


def begin_round(
    connection: Connection, seed: bytes, workers: Roster, *, seen: UUID | None, by: UUID, at: Moment
) -> UUID | None:
    """None when a round is running, or was pressed for by somebody else since `seen` was the newest."""
    round_id = insert_running(connection, seed, workers, by=by, at=at)
    if round_id and newest_round(connection, but=round_id) != seen:
        connection.execute(delete(reassignment).where(reassignment.c.id == round_id))
        return None
    if round_id:
        keep_roster(connection, workers.people)
    return round_id


def insert_running(connection: Connection, seed: bytes, workers: Roster, *, by: UUID, at: Moment) -> UUID | None:
    """Waits for whoever presses in this moment; theirs is the round when it still runs then, or took the number."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = {
        "id": new_id(at.instant),
        "number": select(func.coalesce(func.max(reassignment.c.number), 0) + 1).scalar_subquery(),
        "actor": by,
        "state": "running",
        "total": count_open(connection),
        "done": 0,
        "unchanged": 0,
        "fees_cents": 0,
        "last_task": newest_open_task(connection) or NOTHING,
        "seed": seed,
        "roster_hash": roster_hash(workers.people),
        "heard": workers.heard,
        "started_at": at.instant,
    }
    inserting = dialect.insert(reassignment).values(values).on_conflict_do_nothing()
    round_id: UUID | None = connection.scalar(inserting.returning(reassignment.c.id))
    return round_id


def count_open(connection: Connection) -> int:
    return connection.execute(select(func.count()).where(task.c.status == "open")).scalar_one()


def newest_open_task(connection: Connection) -> UUID | None:
    return connection.scalar(select(task.c.id).where(task.c.status == "open").order_by(task.c.id.desc()).limit(1))


def newest_round(connection: Connection, *, but: UUID | None = None) -> UUID | None:
    query = select(reassignment.c.id).order_by(reassignment.c.number.desc()).limit(1)
    return connection.scalar(query.where(reassignment.c.id != but) if but else query)


def running_round(connection: Connection) -> UUID | None:
    return connection.scalar(select(reassignment.c.id).where(text("state = 'running'")))


def round_to_join(connection: Connection) -> UUID:
    """The running one, or that which was finished while we waited."""
    query = select(reassignment.c.id).order_by(text("state = 'running' DESC"), reassignment.c.number.desc()).limit(1)
    round_id: UUID = connection.execute(query).scalar_one()
    return round_id


def keep_roster(connection: Connection, workers: Sequence[UUID]) -> None:
    """Once for all rounds that drew among the same people."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    members = b"".join(each.bytes for each in sorted(workers))
    values = {"hash": roster_hash(workers), "members": members}
    connection.execute(dialect.insert(roster).values(values).on_conflict_do_nothing())


def stored_roster(connection: Connection, round_id: UUID) -> list[UUID]:
    """Empty for a round of before rosters were kept."""
    query = select(roster.c.members).join(reassignment, reassignment.c.roster_hash == roster.c.hash)
    members: bytes = connection.scalar(query.where(reassignment.c.id == round_id)) or b""
    return [UUID(bytes=members[start : start + 16]) for start in range(0, len(members), 16)]


def lock_round(connection: Connection, round_id: UUID) -> Round | None:
    """None when it is done, or when another process is at it this moment."""
    query = select(reassignment).where(reassignment.c.id == round_id, reassignment.c.state == "running")
    row = connection.execute(query.with_for_update(key_share=True, skip_locked=True)).first()
    return as_round(row) if row else None


def own_round(connection: Connection, round_id: UUID) -> Round:
    """One that this very transaction began, and so holds already."""
    return as_round(connection.execute(select(reassignment).where(reassignment.c.id == round_id)).one())


def as_round(row: AnyRow) -> Round:
    gone = frozenset(UUID(each) for each in row.gone or ())
    last_task = row.last_task or NOTHING
    gave = Counter[str](row.gave or {}) if row.total <= COUNTED else None
    return Round(row.id, row.actor, row.seed, row.cursor, last_task, row.heard, gone, gave, row.total, row.done)
