"""One person, for admins: facts, role, beak, dismissal, where they are signed in, and what is on record about them."""

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.responses import Response

from frontend.administration_views import Invitation, Popug
from frontend.errors import Refused
from frontend.pages import back_to
from frontend.people import ROLES, TOLD_ONCE
from frontend.trail import DEEDS
from frontend.visitor import Here, Visitor

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Facts:
    """As they are, or as they were typed and refused."""

    name: str
    email: str
    role: str
    refusal: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, popug: Popug) -> "Facts":
        return cls(popug["name"], popug["email"], popug["role"])


@router.get("/people/{person_id}")
def person(here: Here, person_id: str) -> Response:
    return show_person(here, person_id)


@router.post("/people/{person_id}")
def change(
    here: Here,
    person_id: str,
    name: Annotated[str, Form()] = "",
    email: Annotated[str, Form()] = "",
    role: Annotated[str, Form()] = "",
) -> Response:
    try:
        here.people.change(person_id, name=name, email=email, role=role)
    except Refused as refusal:
        if refusal.status not in (409, 422):
            raise
        facts = Facts(name, email, role, refusal.detail, dict(refusal.errors))
        return show_person(here, person_id, facts=facts, status=refusal.status)
    return back_to(f"/people/{person_id}", notice="changed")


@router.post("/people/{person_id}/dismissal")
def dismiss(here: Here, person_id: str) -> Response:
    return set_active(here, person_id, active=False, notice="dismissed")


@router.post("/people/{person_id}/restoration")
def restore(here: Here, person_id: str) -> Response:
    return set_active(here, person_id, active=True, notice="restored")


def set_active(here: Visitor, person_id: str, *, active: bool, notice: str) -> Response:
    try:
        here.people.change(person_id, active=active)
    except Refused as refusal:
        if refusal.status != 409:
            raise
        return show_person(here, person_id, refusal=refusal.detail, status=409)
    return back_to(f"/people/{person_id}", notice=notice)


@router.post("/people/{person_id}/invitation")
def invite(here: Here, person_id: str) -> Response:
    """A link to hatch a new beak; told in this answer and nowhere else."""
    invitation = here.people.invite_again(person_id)
    return show_person(here, person_id, invitation=invitation, headers=TOLD_ONCE)


@router.post("/people/{person_id}/moulting")
def moult(here: Here, person_id: str) -> Response:
    """The emergency: the old beak is dead at once, the new one is told in this answer and nowhere else."""
    beak_shape = here.people.moult(person_id)["beak_shape"]
    return show_person(here, person_id, beak_shape=beak_shape, headers=TOLD_ONCE)


@router.post("/people/{person_id}/sign-out")
def end_all_sessions(here: Here, person_id: str) -> Response:
    here.people.end_sessions_of(person_id)
    return back_to(f"/people/{person_id}", notice="ended")


def show_person(
    here: Visitor,
    person_id: str,
    *,
    facts: Facts | None = None,
    refusal: str = "",
    invitation: Invitation | None = None,
    beak_shape: str = "",
    **options: Any,
) -> Response:
    popug, signed_in, trail = here.people.at_once(
        lambda: here.people.person(person_id),
        lambda: here.people.sessions(person_id=person_id, open="true"),
        lambda: here.people.trail(whom=person_id, limit="10"),
    )
    context = {
        "popug": popug,
        "facts": facts or Facts.of(popug),
        "roles": ROLES,
        "refusal": refusal,
        "invitation": invitation,
        "beak_shape": beak_shape,
        "signed_in": signed_in,
        "trail": trail,
        "deeds": DEEDS,
    }
    return here.show("person.html", context, **options)
