"""The language that a person reads, as their own sign-in and the switch under our pages tell it.

It is news for everybody who writes to them (the letters of `backend`), but says nothing that a token vouches for:
`version` stays, and so do sessions.
"""

from sqlalchemy.orm import Session

from auth_service.people.change import next_change
from auth_service.people.roster import find_person


def note_language(session: Session, person_id: str, language: str) -> None:
    """Writes only what is new, so that a sign-in is no news. Called before the transaction touches another row: the
    order of changes is queued for first (`next_change`)."""
    if find_person(session, person_id).reads(language):
        return
    number = next_change(session)
    person = find_person(session, person_id)
    person.locale, person.change = language, number
