"""The post over HTTP: what one wants to be mailed; for admins, the letters and those that could not be delivered."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from backend.post.preferences import Preferences, keep_preferences, preferences_of
from backend.post.tray import LetterView, Tray, resend, show_tray
from backend.visits import KnownCaller, Visit

router = APIRouter()


@router.get("/me/preferences")
def show_preferences(caller: KnownCaller) -> Preferences:
    with caller.reading() as visit:
        return preferences_of(visit.connection, visit.actor.id)


@router.put("/me/preferences")
def change_preferences(wanted: Preferences, caller: KnownCaller) -> Preferences:
    def change(visit: Visit) -> Preferences:
        keep_preferences(visit.connection, visit.actor.id, wanted, visit.at)
        return wanted

    return caller.writing(change)


@router.get("/letters")
def list_letters(
    caller: KnownCaller,
    state: Literal["waiting", "sent", "dead"] = "dead",
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Tray:
    with caller.reading() as visit:
        visit.actor.require("admin", to="see the letters")
        return show_tray(visit.connection, state, after=after, limit=limit)


@router.post("/letters/{letter_id}/resending", response_model=LetterView, status_code=202)
def resend_letter(letter_id: UUID, caller: KnownCaller) -> Response:
    """A dead letter goes out again, with the same words, amount and Message-ID."""

    def send_again(visit: Visit) -> LetterView:
        visit.actor.require("admin", to="send a letter again")
        return resend(visit.connection, letter_id, visit.at)

    return caller.carry_out(send_again, status=202)
