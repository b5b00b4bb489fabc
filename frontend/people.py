"""People, for admins: who works here, and newcomers, with a beak at once or a link to hatch it themselves."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.responses import Response

from frontend.administration_views import Hatched, Invited, Popug, Roster
from frontend.errors import Refused, Unreachable
from frontend.pages import Block, back_to, wants_blocks
from frontend.visitor import Here, Visitor

router = APIRouter()

ROLES = ("worker", "manager", "accountant", "admin")
STATES = {"": "everybody", "true": "who work here", "false": "dismissed"}
DOWN = "The sign-in service does not answer. Try again in a moment."
TOLD_ONCE = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What was typed about somebody new, and what was wrong with it."""

    name: str = ""
    email: str = ""
    role: str = "worker"
    way: str = "beak"  # or "invitation"
    refusal: str = ""
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Welcome:
    """What is told once about somebody new."""

    name: str
    beak_shape: str = ""
    hatching_url: str = ""
    hatching_expires_at: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    q: str = ""
    role: str = ""
    active: str = ""


@router.get("/people")
def people(here: Here, q: str = "", role: str = "", active: str = "", after: str = "") -> Response:
    wanted = Wanted(q, role, active)
    roster = here.people.roster(q=q, role=role, active=active, after=after)
    blocks = [Block("rows", swap="beforeend"), Block("more")] if after and wants_blocks(here.request) else []
    return show_people(here, roster, wanted=wanted, blocks=blocks)


@router.post("/people")
def add(
    here: Here,
    name: Annotated[str, Form()] = "",
    email: Annotated[str, Form()] = "",
    role: Annotated[str, Form()] = "worker",
    way: Annotated[str, Form()] = "beak",
) -> Response:
    """Beak or link are told once, in this answer and nowhere else: kept by nobody, not even for a redirect."""
    newcomer = Newcomer(name, email, role, way)
    try:
        welcome = take_in(here, newcomer)
    except Refused as refusal:
        if refusal.status == 403:
            raise
        refused = Newcomer(name, email, role, way, refusal.detail, dict(refusal.errors))
        return show_newcomer(here, refused, status=refusal.status)
    except Unreachable:
        return show_newcomer(here, Newcomer(name, email, role, way, DOWN), status=503)
    return show_newcomer(here, Newcomer(way=way), welcome=welcome, status=200, events=["people-changed"])


def take_in(here: Visitor, newcomer: Newcomer) -> Welcome:
    who = {"name": newcomer.name, "email": newcomer.email, "role": newcomer.role}
    if newcomer.way == "invitation":
        invited: Invited = here.people.invite(**who)
        return Welcome(
            invited["name"],
            hatching_url=invited["hatching_url"],
            hatching_expires_at=invited["hatching_expires_at"],
        )
    hatched: Hatched = here.people.add(**who)
    return Welcome(hatched["name"], beak_shape=hatched["beak_shape"])


@router.post("/people/{person_id}/role")
def change_role(here: Here, person_id: str, role: Annotated[str, Form()] = "") -> Response:
    """From the list, where a role is a choice in its row."""
    try:
        popug = here.people.change(person_id, role=role)
    except Refused as refusal:
        if refusal.status not in (409, 422):
            raise
        return show_unchanged(here, refusal)
    if not wants_blocks(here.request):
        return back_to("/people?notice=changed")
    row = Block("person_row", target=f"person-{person_id}")
    return here.show("people.html", {"popug": popug, "roles": ROLES}, blocks=[row], say=f"{popug['name']}: saved.")


def show_unchanged(here: Visitor, refusal: Refused) -> Response:
    if wants_blocks(here.request):
        return here.show("people.html", {}, say=refusal.detail, status=refusal.status)
    return show_people(here, here.people.roster(), refusal=refusal.detail, status=refusal.status)


def show_newcomer(
    here: Visitor,
    newcomer: Newcomer,
    *,
    status: int,
    welcome: Welcome | None = None,
    events: Sequence[str] = (),
) -> Response:
    options: dict[str, Any] = {"status": status, "headers": TOLD_ONCE}
    if wants_blocks(here.request):
        context = {"newcomer": newcomer, "welcome": welcome, "roles": ROLES}
        form = Block("add_form", swap="outerHTML")
        return here.show("people.html", context, blocks=[form], events=events, **options)
    try:
        roster = here.people.roster()
    except (Refused, Unreachable):
        roster = None
    return show_people(here, roster, newcomer=newcomer, welcome=welcome, **options)


def show_people(
    here: Visitor,
    roster: Roster | None,
    *,
    wanted: Wanted | None = None,
    newcomer: Newcomer | None = None,
    welcome: Welcome | None = None,
    refusal: str = "",
    **options: Any,
) -> Response:
    shown: list[Popug] = roster["items"] if roster else []
    context = {
        "popugs": shown,
        "next": roster["next"] if roster else None,
        "is_known": roster is not None,
        "wanted": wanted or Wanted(),
        "roles": ROLES,
        "states": STATES,
        "newcomer": newcomer or Newcomer(),
        "welcome": welcome,
        "refusal": refusal,
    }
    return here.show("people.html", context, **options)
