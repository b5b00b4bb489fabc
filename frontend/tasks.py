"""The task board: what there is to do, creating, marking done, and one task by itself."""

from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form
from starlette.responses import Response

from frontend.backend_views import Board
from frontend.errors import Refused, Unreachable
from frontend.notation import dollars
from frontend.pages import Block, asks_by_itself, back_to, wants_blocks
from frontend.visitor import Here, Visitor

router = APIRouter()

THOSE_WHO_GET_TASKS = ("worker", "accountant")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which tasks the board shows; lives in the URL."""

    show: str = ""
    status: str = "open"
    assignee: str = ""
    q: str = ""
    after: str = ""

    def url(self, **changes: str) -> str:
        """The board under other filters; paging starts anew."""
        wanted = {"show": self.show, "status": self.status, "assignee": self.assignee, "q": self.q, **changes}
        query = urlencode({name: value for name, value in wanted.items() if value})
        return f"/tasks?{query}" if query else "/tasks"


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody typed into the form, and what was wrong with it."""

    title: str = ""
    description: str = ""
    key: str = ""
    refusal: str = ""
    errors: dict[str, str] = field(default_factory=dict)


def filters(
    here: Here, show: str = "", status: str = "open", assignee: str = "", q: str = "", after: str = ""
) -> Filters:
    """Whoever gets tasks looks at their own first; the others look at everyone's."""
    own_first = here.person.role in THOSE_WHO_GET_TASKS and not assignee and not q
    return Filters(show or ("mine" if own_first else "all"), status, assignee, q, after)


@router.get("/tasks")
def tasks(here: Here, chosen: Annotated[Filters, Depends(filters)]) -> Response:
    try:
        board = board_for(here, chosen)
    except Unreachable:
        if asks_by_itself(here.request):
            return Response(status_code=503)  # what is shown stays
        return show_board(here, chosen, board=None, status=503, headers={"Retry-After": "5"})
    if asks_by_itself(here.request):
        return show_board(here, chosen, board, blocks=["board", "balance"])
    if chosen.after and wants_blocks(here.request):
        return show_board(here, chosen, board, blocks=[Block("rows", swap="beforeend"), Block("more")])
    return show_board(here, chosen, board)


@router.post("/tasks")
def create(
    here: Here,
    title: Annotated[str, Form()] = "",
    description: Annotated[str, Form()] = "",
    key: Annotated[str, Form()] = "",
    idempotency_key: Annotated[str, Form()] = "",
    show: Annotated[str, Form()] = "",
) -> Response:
    try:
        created = here.backend.create_task(
            title=title, description=description, key=key, idempotency_key=idempotency_key
        )
    except Refused as refusal:
        draft = Draft(title, description, key, refusal.detail, dict(refusal.errors))
        return show_draft(here, Filters(show or "mine"), draft, status=refusal.status)
    except Unreachable:
        draft = Draft(title, description, key, "The task service does not answer. Try again in a moment.")
        return show_draft(here, Filters(show or "mine"), draft, status=503)
    task = created["task"]
    chosen = Filters(show if task["assignee"]["id"] == here.person.id else "all")  # whoever drew it, it is to be seen
    if not wants_blocks(here.request):
        return back_to(chosen.url(notice="created"))
    said = f"{task['assignee']['name']} drew “{task['title']}”: {dollars(task['fee_cents'])} charged."
    board = board_for(here, chosen)
    changed = [Block("create_form", swap="outerHTML"), Block("balance"), Block("board")]
    if board["assignment"]:
        changed.append(Block("assignment"))
    return show_board(here, chosen, board, again=True, blocks=changed, say=said)


@router.post("/tasks/{task_id}/completion")
def complete(here: Here, task_id: str, idempotency_key: Annotated[str, Form()] = "") -> Response:
    try:
        completed = here.backend.complete_task(task_id, idempotency_key=idempotency_key)
    except Refused as refusal:
        return show_not_completed(here, task_id, refusal)
    if not wants_blocks(here.request):
        return back_to("/tasks?notice=completed")
    context = {"task": completed["task"], "balance_cents": completed["balance_cents"], "refusal": ""}
    said = f"Done: {dollars(completed['earned_cents'], signed=True)}."
    row = Block("task_row", target=f"task-{task_id}")
    return here.show("tasks.html", context, blocks=[row, "balance"], say=said, events=["task-done"])


@router.get("/tasks/{task_id}")
def task(here: Here, task_id: str) -> Response:
    return here.show("task.html", {"task": here.backend.task(task_id), "refusal": ""})


def show_not_completed(here: Visitor, task_id: str, refusal: Refused) -> Response:
    """The row (or the task's own page) as it is now, with the reason beside it."""
    if refusal.status == 404:
        raise refusal
    context: dict[str, Any] = {"task": here.backend.task(task_id), "refusal": refusal.detail}
    if wants_blocks(here.request):
        row = Block("task_row", target=f"task-{task_id}")
        context["balance_cents"] = here.backend.home()["balance_cents"]  # another tab may have earned the reward
        return here.show("tasks.html", context, blocks=[row, "balance"], say=refusal.detail, status=refusal.status)
    return here.show("task.html", context, status=refusal.status)


def show_draft(here: Visitor, chosen: Filters, draft: Draft, *, status: int) -> Response:
    if wants_blocks(here.request):
        context = {"draft": draft, "chosen": chosen, "again": True}
        return here.show("tasks.html", context, blocks=[Block("create_form", swap="outerHTML")], status=status)
    try:
        board = board_for(here, chosen)
    except (Refused, Unreachable):
        board = None
    return show_board(here, chosen, board, draft=draft, status=status)


def board_for(here: Visitor, chosen: Filters) -> Board:
    return here.backend.tasks(
        show=chosen.show, status=chosen.status, assignee=chosen.assignee, q=chosen.q, after=chosen.after
    )


def show_board(
    here: Visitor,
    chosen: Filters,
    board: Board | None,
    *,
    draft: Draft | None = None,
    again: bool = False,
    **options: Any,
) -> Response:
    context = {
        "board": board,
        "chosen": chosen,
        "draft": draft or Draft(),
        "again": again,
        "balance_cents": board["balance_cents"] if board else None,
        "mark": board["mark"] if board else None,
        "assignment": board["assignment"] if board else None,
        "result": None,
        "refusal": "",
        "at": here.house.clock().isoformat(),
    }
    return here.show("tasks.html", context, **options)
