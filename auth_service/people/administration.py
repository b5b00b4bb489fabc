"""The directory, changed: hire, change, moult. Needs people:write, which only admins are ever granted."""

from fastapi import APIRouter, Response

from auth_service.database import Writing
from auth_service.house import TheHouse
from auth_service.people import hiring
from auth_service.people.bearer import PeopleWriter
from auth_service.people.views import HatchedPersonView, NewPerson, PersonChange, PersonView

router = APIRouter(prefix="/people")


@router.post("", status_code=201)
def hire(
    wanted: NewPerson, by: PeopleWriter, session: Writing, house: TheHouse, response: Response
) -> HatchedPersonView:
    response.headers["Cache-Control"] = "no-store"
    person, beak = hiring.hire(
        session,
        name=wanted.name,
        email=wanted.email,
        role=wanted.role,
        at=house.clock(),
        rng=house.rng,
        proof=house.proof,
        by=by,
    )
    return HatchedPersonView.with_beak(person, house.issuer, beak)


@router.patch("/{person_id}")
def change(
    person_id: str, wanted: PersonChange, by: PeopleWriter, session: Writing, house: TheHouse, response: Response
) -> PersonView:
    response.headers["Cache-Control"] = "no-store"
    person = hiring.change_person(session, person_id, wanted, at=house.clock(), by=by)
    return PersonView.of(person, house.issuer)


@router.post("/{person_id}/beak")
def moult(person_id: str, by: PeopleWriter, session: Writing, house: TheHouse, response: Response) -> HatchedPersonView:
    response.headers["Cache-Control"] = "no-store"
    person, beak = hiring.moult(session, person_id, at=house.clock(), rng=house.rng, proof=house.proof, by=by)
    return HatchedPersonView.with_beak(person, house.issuer, beak)
