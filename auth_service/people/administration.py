"""The directory, changed: hire, invite, change, moult. Needs people:write, which only admins are ever granted."""

from fastapi import APIRouter, Response

from auth_service.database import Writing
from auth_service.house import TheHouse
from auth_service.people import hiring
from auth_service.people.bearer import IN_OPENAPI, PeopleWriter
from auth_service.people.egg import lay
from auth_service.people.invitation import invite
from auth_service.people.person import Dismissed
from auth_service.people.roster import find_person
from auth_service.people.views import (
    HatchedPersonView,
    InvitedPersonView,
    InvitedView,
    NewPerson,
    PersonChange,
    PersonView,
)
from auth_service.problems import problems

router = APIRouter(prefix="/people", tags=["directory"], dependencies=[IN_OPENAPI], responses=problems(404, 409))


@router.post("", status_code=201)
def hire(
    wanted: NewPerson, by: PeopleWriter, house: TheHouse, response: Response
) -> HatchedPersonView | InvitedPersonView:
    """The beak is told in this answer and never again; to an invited person it is told by their own page."""
    response.headers["Cache-Control"] = "no-store"
    egg = lay(house.rng, house.proof)
    with house.database.writing() as session:
        person, beak = hiring.hire(
            session,
            name=wanted.name,
            email=wanted.email,
            role=wanted.role,
            at=house.clock(),
            rng=house.rng,
            egg=egg,
            by=by,
        )
        if wanted.invite:  # the beak in the egg is nobody's: it was told to no one
            link = invite(session, person.id, by=by, at=house.clock())
            return InvitedPersonView.with_link(person, house.issuer, link)
        return HatchedPersonView.with_beak(person, house.issuer, beak)


@router.patch("/{person_id}")
def change(
    person_id: str, wanted: PersonChange, by: PeopleWriter, session: Writing, house: TheHouse, response: Response
) -> PersonView:
    response.headers["Cache-Control"] = "no-store"
    person = hiring.change_person(session, person_id, wanted, at=house.clock(), by=by)
    return PersonView.of(person, house.issuer)


@router.post("/{person_id}/beak")
def moult(person_id: str, by: PeopleWriter, house: TheHouse, response: Response) -> HatchedPersonView:
    response.headers["Cache-Control"] = "no-store"
    egg = lay(house.rng, house.proof)
    with house.database.writing() as session:
        person, beak = hiring.moult(session, person_id, egg=egg, at=house.clock(), by=by)
        return HatchedPersonView.with_beak(person, house.issuer, beak)


@router.post("/{person_id}/hatching", status_code=201)
def hatching(person_id: str, by: PeopleWriter, session: Writing, house: TheHouse, response: Response) -> InvitedView:
    """A link for somebody who is there already. Their old beak lives until the new one is hatched."""
    response.headers["Cache-Control"] = "no-store"
    person = find_person(session, person_id)
    if not person.active:
        raise Dismissed(f"{person.name} is dismissed. Restore them first.")
    return InvitedView.of_link(invite(session, person.id, by=by, at=house.clock()), house.issuer)
