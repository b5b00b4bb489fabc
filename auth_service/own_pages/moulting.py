"""/moulting: a new beak for whoever has just shown the old one."""

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session

from auth_service.beaks import BeakShape
from auth_service.database import Reading
from auth_service.house import House, TheHouse
from auth_service.own_pages.hatching import hatched_page
from auth_service.own_pages.nest import Nest
from auth_service.own_pages.offer import OfferIsOver
from auth_service.own_pages.visitor import MOULTING, Visitor, fresh_visitor, signed_in_visitor
from auth_service.people.change import hold_changes
from auth_service.people.hiring import wear
from auth_service.protocol.messages import TheRequest
from auth_service.sign_in.cookie import own_page_only
from auth_service.trail.deed import Deed
from auth_service.trail.doer import Doer

router = APIRouter(include_in_schema=False)


@router.get(MOULTING)
def offer(request: Request, session: Reading, house: TheHouse) -> Response:
    visitor = fresh_visitor(request, session, page=MOULTING)
    return nest(request, house, visitor).offer()


@router.post(MOULTING, dependencies=[Depends(own_page_only)])
def moult(request: Request, asked_for: TheRequest, house: TheHouse) -> Response:
    """Freshness was asked for when the beaks were offered; keeping one safely may take a while."""
    with house.database.reading() as session:
        visitor = signed_in_visitor(request, session, page=MOULTING)
    answer = nest(request, house, visitor).answer(asked_for.form)
    return take_up(request, house, visitor, answer) if isinstance(answer, BeakShape) else answer


def nest(request: Request, house: House, visitor: Visitor) -> Nest:
    return Nest(request=request, house=house, person=visitor.person, action=MOULTING, purpose=purpose_of(visitor))


def purpose_of(visitor: Visitor) -> str:
    """Another tab that was faster has moved the version, and has ended the session as well."""
    return f"session {visitor.browser.id} version {visitor.person.version}"


def take_up(request: Request, house: House, visitor: Visitor, beak: BeakShape) -> Response:
    """Sealed first, for that is slow; then looked at again, for meanwhile an admin may have changed the person."""
    seal = house.proof.seal(beak)
    with house.database.writing() as session:
        refuse_late_comers(request, session, visitor)
        by = Doer.of(request, person_id=visitor.person.id)
        wear(session, visitor.person.id, seal, Deed.MOULTED, at=house.clock(), by=by)
    return hatched_page(house)


def refuse_late_comers(request: Request, session: Session, visitor: Visitor) -> None:
    """Raises OfferIsOver, SignInFirst."""
    hold_changes(session)  # whoever else moults now waits here
    if purpose_of(signed_in_visitor(request, session, page=MOULTING)) != purpose_of(visitor):
        raise OfferIsOver
