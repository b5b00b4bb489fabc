"""The directory, read: one person, a page of them, random ones (requirement S2)."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from auth_service.database import Reading
from auth_service.house import TheHouse
from auth_service.paging import MOST, USUAL, cursor, row_at
from auth_service.people import roster
from auth_service.people.bearer import IN_OPENAPI, AnyBearer, PeopleReader
from auth_service.people.person import Role
from auth_service.people.views import PeopleDrawn, PeoplePage, PersonView
from auth_service.problems import problems

router = APIRouter(tags=["directory"], dependencies=[IN_OPENAPI], responses=problems())

PRIVATE = "private, no-store"


@router.get("/people", dependencies=[PeopleReader])
def page_of_people(
    session: Reading,
    house: TheHouse,
    response: Response,
    role: Role | None = None,
    active: bool | None = None,
    q: Annotated[str, Query(max_length=100)] = "",
    after: Annotated[str | None, Query(max_length=1000)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = USUAL,
) -> PeoplePage:
    response.headers["Cache-Control"] = PRIVATE
    found = roster.by_name(
        session, role=role, active=active, search=q, after=row_at(house.keys.cursor, "people", after), limit=limit + 1
    )
    page = found[:limit]
    last = [page[-1].name_key, page[-1].id] if len(found) > limit else None
    return PeoplePage(
        items=[PersonView.of(person, house.issuer) for person in page],
        next=last and cursor(house.keys.cursor, "people", last),
    )


@router.get("/people/random", responses=problems(409), dependencies=[PeopleReader])
def random_people(
    session: Reading,
    house: TheHouse,
    response: Response,
    role: Annotated[list[Role] | None, Query()] = None,
    count: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> PeopleDrawn:
    response.headers["Cache-Control"] = PRIVATE
    drawn = roster.draw(session, roles=role or [], count=count, rng=house.rng)
    return PeopleDrawn(items=[PersonView.of(person, house.issuer) for person in drawn])


@router.get("/people/{person_id}", responses=problems(404))
def one_person(person_id: str, session: Reading, house: TheHouse, bearer: AnyBearer, response: Response) -> PersonView:
    response.headers["Cache-Control"] = PRIVATE
    if bearer.claims["sub"] != person_id:
        bearer.needs("people:read")
    return PersonView.of(roster.find_person(session, person_id), house.issuer)
