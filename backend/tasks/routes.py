"""The tracker over HTTP: /tasks, /tasks/{id}/completion, /reassignments."""

import json
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from backend.accounting.accounts import balance_of, standing_of
from backend.tasks import board
from backend.tasks.backlog import read_backlog
from backend.tasks.completion import complete
from backend.tasks.creation import create_tasks
from backend.tasks.draft import Draft
from backend.tasks.importing import Report, import_backlog
from backend.tasks.outlook import Assignment, foresee
from backend.tasks.reassignment import press
from backend.tasks.round_view import ReassignmentView, show_reassignment
from backend.tasks.rounds import newest_round
from backend.tasks.task import TaskView, show
from backend.visits import TEXT, KnownCaller, Visit

router = APIRouter()

ASSIGNERS = ("manager", "admin")
LARGEST_FILE = 10 * 1024 * 1024


class NewTask(BaseModel):
    """The rules for words are the draft's; here only what no honest form exceeds."""

    title: str = Field(max_length=2_000)
    description: str = Field(default="", max_length=40_000)
    key: str | None = Field(default=None, max_length=200)


class Created(BaseModel):
    task: TaskView
    balance_cents: int


class Completed(Created):
    earned_cents: int


async def whole_body(request: Request) -> bytes:
    return await request.body()


@router.get("/tasks")
def list_tasks(
    caller: KnownCaller,
    show: board.Show = "mine",
    status: board.Status = "open",
    assignee: UUID | None = None,
    q: Annotated[str, Query(max_length=200, pattern=TEXT)] = "",
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> board.Board:
    with caller.reading() as visit:
        viewer = visit.actor.id
        conditions = board.wanted(viewer, show=show, status=status, assignee=assignee, words=q)
        items, next_page = board.page(visit.connection, viewer, conditions, after=after, limit=limit)
        standing = standing_of(visit.connection, viewer)
        return board.Board(
            items=items,
            next=next_page,
            counts=board.count(visit.connection, viewer),
            balance_cents=standing.balance_cents,
            mark=standing.mark,
            assignment=outlook(visit),
        )


@router.get("/tasks/{task_id}")
def show_task(task_id: UUID, caller: KnownCaller) -> TaskView:
    with caller.reading() as visit:
        return show(visit.connection, task_id, visit.actor.id)


@router.post("/tasks", status_code=201, response_model=Created)
def create_task(body: NewTask, caller: KnownCaller) -> Response:
    def create(visit: Visit) -> Created:
        draft = Draft.of(body.title, body.description, body.key)
        [new] = create_tasks(
            visit.connection,
            [draft],
            by=visit.actor.id,
            at=visit.at,
            lot=visit.house.lot,
        )
        balance_cents = balance_of(visit.connection, visit.actor.id)
        return Created(task=show(visit.connection, new.id, visit.actor.id), balance_cents=balance_cents)

    return caller.carry_out(create, status=201)


@router.post("/tasks/{task_id}/completion", response_model=Completed)
def complete_task(task_id: UUID, caller: KnownCaller) -> Response:
    def finish(visit: Visit) -> Completed:
        reward = complete(visit.connection, task_id, by=visit.actor.id, at=visit.at)
        return Completed(task=show(visit.connection, task_id, visit.actor.id), **vars(reward))

    return caller.carry_out(finish)


@router.post(
    "/reassignments",
    status_code=201,
    response_model=ReassignmentView,
    responses={200: {"model": ReassignmentView}, 202: {"model": ReassignmentView}},
)
def assign_tasks(caller: KnownCaller) -> Response:
    """201 when all is dealt, 202 while it goes on, 200 when somebody else pressed first and that round is done.

    Only while auth_service answers (S6), so that nobody who left this minute is drawn. What was dealt by the same key
    is told again at any time.
    """
    with caller.reading() as visit:
        visit.actor.require(*ASSIGNERS, to="assign tasks")
        if earlier := caller.answered_before(visit):
            return with_location(earlier)
        visit.actor.require_live()
        seen = newest_round(visit.connection)
    caller.house.roll_call.require_word()

    def deal_all(visit: Visit) -> ReassignmentView:
        visit.actor.require(*ASSIGNERS, to="assign tasks")
        pressed = press(visit.connection, seen=seen, by=visit.actor.id, at=visit.at, lot=visit.house.lot)
        zone = visit.house.settings.time_zone
        return show_reassignment(visit.connection, pressed.round_id, time_zone=zone, joined=pressed.joined)

    return with_location(caller.carry_out(deal_all, status=status_of_round))


def with_location(answer: Response) -> Response:
    answer.headers["Location"] = f"/reassignments/{json.loads(bytes(answer.body))['id']}"
    return answer


def status_of_round(view: ReassignmentView) -> int:
    if view.state == "running":
        return 202
    return 200 if view.joined else 201


@router.post(
    "/imports",
    response_model=Report,
    openapi_extra={"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def import_file(caller: KnownCaller, data: Annotated[bytes, Depends(whole_body)]) -> Response:
    backlog = read_backlog(data)  # before the transaction: nobody waits while we read

    def take_in(visit: Visit) -> Report:
        return import_backlog(visit.connection, backlog, by=visit.actor.id, at=visit.at, lot=visit.house.lot)

    return caller.carry_out(take_in)


@router.get("/reassignments/{round_id}")
def follow_reassignment(round_id: UUID, caller: KnownCaller) -> ReassignmentView:
    with caller.reading() as visit:
        visit.actor.require(*ASSIGNERS, to="see how tasks were assigned")
        return show_reassignment(visit.connection, round_id, time_zone=visit.house.settings.time_zone)


def outlook(visit: Visit) -> Assignment | None:
    """For those who have the button."""
    if visit.actor.role not in ASSIGNERS:
        return None
    return foresee(visit.connection, visit.house.settings)
