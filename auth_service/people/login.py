"""POST /login: a beak shape in, its person out (requirement S2). The beak itself is the proof, so no token is asked."""

from collections.abc import Mapping

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from auth_service.beaks import BeakShape, MalformedBeakShape
from auth_service.errors import Refused
from auth_service.house import House, TheHouse
from auth_service.people.person import Person, Role
from auth_service.people.roster import with_plumage

router = APIRouter()

LONGEST_BEAK_CHARACTERS = 200


class BeakNotRecognised(Refused):
    """One sentence for every cause, so that it tells nothing about which part was wrong."""

    status = 401
    title = "This beak shape is not recognised"
    headers: Mapping[str, str] = {"Cache-Control": "no-store"}

    def __init__(self) -> None:
        super().__init__("This beak shape was not recognised. Check it and try again.")


class Beak(BaseModel):
    model_config = ConfigDict(extra="forbid")

    beak_shape: str = Field(repr=False)


class Recognised(BaseModel):
    id: str
    role: Role
    beak_shape: str = Field(repr=False)


@router.post("/login")
def login(beak: Beak, house: TheHouse, response: Response) -> Recognised:
    response.headers["Cache-Control"] = "no-store"
    person, shape = recognise(beak.beak_shape, house)
    return Recognised(id=person.id, role=Role(person.role), beak_shape=str(shape))


def recognise(text: str, house: House) -> tuple[Person, BeakShape]:
    """Whose beak this is. Malformed, wrong and dismissed cost the same time. Raises BeakNotRecognised."""
    shape = read_shape(text)
    person = None
    if shape:
        with house.database.reading() as session:
            person = with_plumage(session, shape.plumage)
    # The slow hash runs outside of any transaction.
    recognised = house.proof.holds(shape, person.beak_seal if person and person.active else None)
    if not (recognised and person and shape):
        raise BeakNotRecognised
    return person, shape


def read_shape(text: str) -> BeakShape | None:
    try:
        return BeakShape.read(text[:LONGEST_BEAK_CHARACTERS])
    except MalformedBeakShape:
        return None
