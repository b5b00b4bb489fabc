"""GET /people: the names to filter by."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from backend.people.replica import everybody
from backend.visits import KnownCaller

router = APIRouter()


class Colleague(BaseModel):
    id: UUID
    name: str
    version: int
    role: str
    active: bool


class Colleagues(BaseModel):
    items: list[Colleague]


@router.get("/people")
def list_people(caller: KnownCaller) -> Colleagues:
    """Everybody, by name, without their addresses."""
    with caller.reading() as visit:
        people = everybody(visit.connection)
    return Colleagues(items=[Colleague.model_validate(each.model_dump()) for each in people])
