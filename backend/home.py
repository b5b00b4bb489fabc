"""GET /home: the first page, a little of every room."""

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import Connection

from backend.accounting.accounts import brought_on, count_in_the_red, standing_of
from backend.accounting.day_totals import totals_of
from backend.accounting.entries import Entry, newest_entries
from backend.tasks import board
from backend.tasks.outlook import Assignment
from backend.tasks.routes import outlook
from backend.tasks.task import TaskView
from backend.visits import KnownCaller

router = APIRouter()

GLANCE = 5


class Management(BaseModel):
    earned_today_cents: int
    in_the_red: int | None


class Home(BaseModel):
    today: date
    time_zone: str
    balance_cents: int
    mark: int  # of the viewer's account, for GET /nudges
    day_cents: int
    open_count: int
    tasks: list[TaskView]
    recent: list[Entry]
    management: Management | None
    assignment: Assignment | None


@router.get("/home")
def show_home(caller: KnownCaller) -> Home:
    with caller.reading() as visit:
        connection, viewer = visit.connection, visit.actor.id
        mine = board.wanted(viewer, show="mine", status="open", assignee=None, words="")
        standing = standing_of(connection, viewer)
        return Home(
            today=visit.at.day,
            time_zone=visit.house.settings.time_zone,
            balance_cents=standing.balance_cents,
            mark=standing.mark,
            day_cents=brought_on(connection, viewer, visit.at.day),
            open_count=board.count_mine(connection, viewer),
            tasks=board.page(connection, viewer, mine, after=None, limit=GLANCE)[0],
            recent=newest_entries(connection, viewer, limit=GLANCE),
            management=management_figures(connection, visit.actor.role, visit.at.day),
            assignment=outlook(visit),
        )


def management_figures(connection: Connection, role: str, today: date) -> Management | None:
    """Accountants see company money; who is in the red is analytics, and so for admins only."""
    if role not in ("accountant", "admin"):
        return None
    in_the_red = count_in_the_red(connection) if role == "admin" else None
    return Management(earned_today_cents=totals_of(connection, today).earned_cents, in_the_red=in_the_red)
