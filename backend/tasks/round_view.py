"""A round as managers see it: how far it got, how long it will take, and in the end what changed for whom."""

import hashlib
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Connection, select

from backend.database import AnyRow
from backend.errors import NotFound
from backend.people.replica import Ref, person, ref, refs
from backend.tasks.rounds import reassignment


class NoSuchReassignment(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such reassignment.")


class Change(BaseModel):
    """`gave` is null for a round so large that nobody counted it."""

    person: Ref
    received: int
    gave: int | None
    fees_cents: int


class ReassignmentView(BaseModel):
    """`total` = `done` + `skipped` in the end; `done` counts the `unchanged`. The seed is told when all is dealt."""

    id: UUID
    total: int
    done: int
    unchanged: int
    skipped: int
    fees_cents: int
    state: Literal["running", "done"]
    seconds_left: int | None
    time_zone: str
    started_at: datetime
    finished_at: datetime | None
    actor: Ref
    joined: bool = False
    people: list[Change]
    people_changed: int
    seed_hash: str
    seed: str | None
    roster_hash: str


def show_reassignment(
    connection: Connection, round_id: UUID, *, time_zone: str, joined: bool = False
) -> ReassignmentView:
    """`joined`: the asker pressed too, and this is the round of who was first."""
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
    return ReassignmentView(
        **{
            **row._asdict(),
            **hashes(row),
            "actor": ref(row),
            "joined": joined,
            "time_zone": time_zone,
            "seconds_left": seconds_left(row),
            "people": people_of(connection, row),
            "people_changed": (row.changes or {}).get("people", 0),
        }
    )


def seconds_left(row: AnyRow) -> int | None:
    """At the pace so far, time when nobody was at it not counted; None before the first tasks are dealt."""
    if row.state == "done":
        return 0
    return round(row.busy_ms / 1000 / row.done * max(0, row.total - row.done)) if row.done else None


def people_of(connection: Connection, row: AnyRow) -> list[Change]:
    shown: list[dict[str, Any]] = (row.changes or {}).get("shown", [])
    known = refs(connection, [UUID(each["id"]) for each in shown])
    return [Change(**{**each, "person": known[UUID(each["id"])]}) for each in shown]


def hashes(row: AnyRow) -> dict[str, str | None]:
    """What binds us from the press on; the seed itself only once nobody can act on it."""
    return {
        "seed_hash": hashlib.sha256(row.seed).hexdigest(),
        "seed": row.seed.hex() if row.state == "done" else None,
        "roster_hash": row.roster_hash.hex(),
    }
