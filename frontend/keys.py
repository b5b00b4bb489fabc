"""The keys that sign tokens, for admins: what each is for, the next rotation, and the two big buttons."""

from fastapi import APIRouter
from starlette.responses import Response

from frontend.errors import Refused
from frontend.pages import back_to
from frontend.visitor import Here, Visitor

router = APIRouter()

ORDER = ("current", "next", "retiring", "withdrawn")


@router.get("/keys")
def keys(here: Here) -> Response:
    return show_keys(here)


@router.post("/key-rotations")
def rotate(here: Here) -> Response:
    try:
        here.people.rotate_keys()
    except Refused as refusal:
        return refused(here, refusal)
    return back_to("/keys", notice="rotated")


@router.post("/keys/{kid}/withdrawal")
def withdraw(here: Here, kid: str) -> Response:
    try:
        here.people.withdraw_key(kid)
    except Refused as refusal:
        return refused(here, refusal)
    return back_to("/keys", notice="withdrawn")


def refused(here: Visitor, refusal: Refused) -> Response:
    """A conflict is said on the page itself. Raises Refused for everything else."""
    if refusal.status != 409:
        raise refusal
    return show_keys(here, refusal=refusal.detail, status=409)


def show_keys(here: Visitor, *, refusal: str = "", status: int = 200) -> Response:
    told = here.people.keys()
    keys = sorted(told["items"], key=lambda key: (ORDER.index(key["state"]), key["algorithm"], key["created_at"]))
    context = {"keys": keys, "next_rotation_at": told["next_rotation_at"], "refusal": refusal}
    return here.show("keys.html", context, status=status)
