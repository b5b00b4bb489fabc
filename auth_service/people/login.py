"""POST /login: a beak shape in, its person out (requirement S2). The beak itself is the proof, so no token is asked."""

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from auth_service.beaks import BeakShape, MalformedBeakShape
from auth_service.errors import Refused
from auth_service.house import House, TheHouse
from auth_service.languages.sentence import Sentence
from auth_service.people.person import Person, Role
from auth_service.people.roster import with_plumage
from auth_service.problems import spoken
from auth_service.throttle.caller import Caller, caller_of
from auth_service.throttle.device import device_of
from auth_service.throttle.throttle import Try, count_failure, forgive, refuse_when_too_many

router = APIRouter()

LONGEST_BEAK_CHARACTERS = 200


class BeakNotRecognised(Refused):
    """One sentence for every cause, so that it tells nothing about which part was wrong."""

    status = 401
    title = "This beak shape is not recognised"
    headers: Mapping[str, str] = {"Cache-Control": "no-store"}

    def __init__(self) -> None:
        super().__init__(Sentence("This beak shape was not recognised. Check it and try again."))


class Beak(BaseModel):
    model_config = ConfigDict(extra="forbid")

    beak_shape: str = Field(repr=False)


class Recognised(BaseModel):
    id: str
    role: Role
    beak_shape: str = Field(repr=False)


@router.post("/login", tags=["sign-in"], responses=spoken(401, 429))
def login(beak: Beak, request: Request, house: TheHouse, response: Response) -> Recognised:
    response.headers["Cache-Control"] = "no-store"
    person, shape = recognise(beak.beak_shape, house, caller_of(request))
    return Recognised(id=person.id, role=Role(person.role), beak_shape=str(shape))


def recognise(text: str, house: House, caller: Caller) -> tuple[Person, BeakShape]:
    """Whose beak this is. Malformed, wrong and dismissed cost the same. Raises BeakNotRecognised, TooManyTries."""
    shape = read_shape(text)
    with house.database.reading() as session:
        person = with_plumage(session, shape.plumage) if shape else None
        this = a_try(shape, person, house, caller)
        was_wrong_before = refuse_when_too_many(session, this, at=house.clock())
    # The slow hash runs outside of any transaction.
    recognised = house.proof.holds(shape, person.beak_seal if person and person.active else None)
    if not (recognised and person and shape):
        with house.database.writing() as session:
            count_failure(session, this, at=house.clock())
        raise BeakNotRecognised
    if was_wrong_before:
        with house.database.writing() as session:
            forgive(session, this, at=house.clock())
    return person, shape


def a_try(shape: BeakShape | None, person: Person | None, house: House, caller: Caller) -> Try:
    device = device_of(caller.devices, person.id, house.keys.device) if person else None
    return Try.of(plumage=shape.plumage if shape else None, device=device, network=caller.network)


def read_shape(text: str) -> BeakShape | None:
    try:
        return BeakShape.read(text[:LONGEST_BEAK_CHARACTERS])
    except MalformedBeakShape:
        return None
