"""GET /people: the names to filter by."""

from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel

from backend.database import reading
from backend.people.replica import everybody

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
def list_people(request: Request) -> Colleagues:
    """Everybody, by name. The router is mounted behind the sign-in."""
    with reading(request.app.state.house.engine) as connection:
        people = everybody(connection)
    return Colleagues(items=[Colleague.model_validate(each.model_dump()) for each in people])
