"""People, for admins: who works here, newcomers and their beaks, roles, dismissals. It is auth_service that decides."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.responses import Response

from frontend.errors import Refused, Unreachable
from frontend.pages import Block, back_to, wants_blocks
from frontend.people_client import Hatched, Popug, Roster
from frontend.visitor import Here, Visitor

router = APIRouter()

ROLES = ("worker", "manager", "accountant", "admin")
DOWN = "The sign-in service does not answer. Try again in a moment."


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What was typed about somebody new, and what was wrong with it."""

    name: str = ""
    email: str = ""
    role: str = "worker"
    refusal: str = ""
    errors: dict[str, str] = field(default_factory=dict)


@router.get("/people")
def people(here: Here, q: str = "", role: str = "", after: str = "") -> Response:
    roster = here.people.roster(q=q, role=role, after=after)
    blocks = [Block("rows", swap="beforeend"), Block("more")] if after and wants_blocks(here.request) else []
    return show_people(here, roster, q=q, role=role, blocks=blocks)


@router.post("/people")
def add(
    here: Here,
    name: Annotated[str, Form()] = "",
    email: Annotated[str, Form()] = "",
    role: Annotated[str, Form()] = "worker",
) -> Response:
    """The beak shape is told once, in this answer and nowhere else: it is kept by nobody, not even for a redirect."""
    try:
        hatched = here.people.add(name=name, email=email, role=role)
    except Refused as refusal:
        if refusal.status == 403:
            raise
        newcomer = Newcomer(name, email, role, refusal.detail, dict(refusal.errors))
        return show_newcomer(here, newcomer, status=refusal.status)
    except Unreachable:
        return show_newcomer(here, Newcomer(name, email, role, DOWN), status=503)
    return show_newcomer(here, Newcomer(), hatched=hatched, status=200, events=["people-changed"])


@router.post("/people/{person_id}/role")
def change_role(here: Here, person_id: str, role: Annotated[str, Form()] = "") -> Response:
    return show_changed(here, person_id, role=role)


@router.post("/people/{person_id}/dismissal")
def dismiss(here: Here, person_id: str) -> Response:
    return show_changed(here, person_id, active=False)


@router.post("/people/{person_id}/restoration")
def restore(here: Here, person_id: str) -> Response:
    return show_changed(here, person_id, active=True)


def show_changed(here: Visitor, person_id: str, **changes: str | bool) -> Response:
    try:
        popug = here.people.change(person_id, **changes)
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
    hatched: Hatched | None = None,
    events: Sequence[str] = (),
) -> Response:
    options: dict[str, Any] = {"status": status, "headers": {"Cache-Control": "no-store"}}
    if wants_blocks(here.request):
        context = {"newcomer": newcomer, "hatched": hatched, "roles": ROLES}
        form = Block("add_form", swap="outerHTML")
        return here.show("people.html", context, blocks=[form], events=events, **options)
    try:
        roster = here.people.roster()
    except (Refused, Unreachable):
        roster = None
    return show_people(here, roster, newcomer=newcomer, hatched=hatched, **options)


def show_people(
    here: Visitor,
    roster: Roster | None,
    *,
    q: str = "",
    role: str = "",
    newcomer: Newcomer | None = None,
    hatched: Hatched | None = None,
    refusal: str = "",
    **options: Any,
) -> Response:
    shown: list[Popug] = roster["items"] if roster else []
    context = {
        "popugs": shown,
        "next": roster["next"] if roster else None,
        "is_known": roster is not None,
        "q": q,
        "role": role,
        "roles": ROLES,
        "newcomer": newcomer or Newcomer(),
        "hatched": hatched,
        "refusal": refusal,
    }
    return here.show("people.html", context, **options)
