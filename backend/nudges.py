"""GET /nudges: tells somebody that their account moved, as soon as it did (T7). What it shows now, other pages tell."""

import asyncio
from collections.abc import Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel
from sqlalchemy import Connection, func, select

from backend.accounting.accounts import standing_of
from backend.accounting.books import Kind, entry
from backend.identity import Actor
from backend.tasks.task import task
from backend.visits import Caller, KnownCaller
from backend.watch import Watch

router = APIRouter()

LONGEST_WAIT_SECONDS = 25
NEWEST = 100  # entries that are looked at, however long somebody was away


class Nudge(BaseModel):
    """`mark` counts the entries of the account. What came after the mark that was asked for: `by_others` says whether
    anything is not the person's own doing, `new_tasks` how many open tasks of theirs somebody else brought them."""

    mark: int
    by_others: bool
    new_tasks: int


@router.get("/nudges")
async def wait_for_nudge(
    request: Request,
    caller: KnownCaller,
    after: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT_SECONDS)] = LONGEST_WAIT_SECONDS,
) -> Nudge:
    """Answers at once when the mark is another than `after`, or none was given; else waits up to `wait` seconds."""
    nudge = await run_in_threadpool(look, caller, after)
    if nudge.mark != after or not wait or caller.token.person_id is None:
        return nudge
    watch: Watch = request.app.state.watch
    with watch.seat(caller.token.person_id, after=after) as woken:
        await first_of(woken.wait(), departure(request), seconds=wait)
    return await run_in_threadpool(look, caller, after) if woken.is_set() else nudge


def look(caller: Caller, after: int | None) -> Nudge:
    """In a transaction that is over when this returns, so nothing is held while somebody waits."""
    with caller.reading() as visit:
        mark = standing_of(visit.connection, visit.actor.id).mark
        if after is None or after == mark:
            return Nudge(mark=mark, by_others=False, new_tasks=0)
        return news(visit.connection, visit.actor, mark=mark, after=after)


def news(connection: Connection, actor: Actor, *, mark: int, after: int) -> Nudge:
    columns = (entry.c.kind, entry.c.actor, entry.c.task_id)
    since = select(*columns).where(entry.c.account_id == actor.id, entry.c.seq > after)
    newest = since.order_by(entry.c.seq.desc()).limit(NEWEST).subquery()
    is_new = (newest.c.kind == Kind.FEE) & (task.c.assignee_id == actor.id) & (task.c.status == "open")
    found = connection.execute(
        select(func.count().label("by_others"), func.count(task.c.id.distinct()).filter(is_new).label("new_tasks"))
        .select_from(newest.outerjoin(task, task.c.id == newest.c.task_id))
        .where(newest.c.actor != actor.id)
    ).one()
    return Nudge(mark=mark, by_others=found.by_others > 0, new_tasks=found.new_tasks)


async def departure(request: Request) -> None:
    """Over when whoever asked has gone, so that their seat is free again."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def first_of(*events: Coroutine[Any, Any, object], seconds: float) -> None:
    tasks = [asyncio.ensure_future(event) for event in events]
    try:
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in tasks:
            each.cancel()
