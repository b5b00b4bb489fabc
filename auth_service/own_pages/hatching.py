"""/hatching: an invitation becomes a beak. The link works until one was kept and practised, and then never again."""

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from auth_service.beaks import BeakShape
from auth_service.database import Reading
from auth_service.house import House, TheHouse
from auth_service.keys.derivation import fingerprint
from auth_service.own_pages.nest import Nest
from auth_service.pages import show
from auth_service.people.change import hold_changes
from auth_service.people.hiring import wear
from auth_service.people.invitation import person_invited, use_up
from auth_service.protocol.messages import TheRequest
from auth_service.sign_in.cookie import drop_cookie, own_page_only
from auth_service.trail.deed import Deed
from auth_service.trail.doer import Doer

router = APIRouter(include_in_schema=False)

PAGE = "/hatching"
HATCHED = "/hatched"


@router.get(PAGE)
def offer(request: Request, session: Reading, house: TheHouse) -> Response:
    """Looking at it uses nothing up: mail programs open links too."""
    return nest(request, session, house, request.query_params.get("invitation", "")).offer()


@router.post(PAGE, dependencies=[Depends(own_page_only)])
def hatch(request: Request, asked_for: TheRequest, house: TheHouse) -> Response:
    invitation = asked_for.form.get("invitation", "")
    with house.database.reading() as session:
        bench = nest(request, session, house, invitation)
    answer = bench.answer(asked_for.form)
    return take_up(request, house, invitation, answer) if isinstance(answer, BeakShape) else answer


@router.get(HATCHED)
def hatched(request: Request, house: TheHouse) -> Response:
    return show(request, "hatched.html", {"frontend_url": house.settings.frontend_url})


def nest(request: Request, session: Session, house: House, invitation: str) -> Nest:
    """Raises InvitationIsGone."""
    return Nest(
        request=request,
        house=house,
        person=person_invited(session, invitation, at=house.clock()),
        action=PAGE,
        purpose=f"invitation {fingerprint(invitation)}",
        carried={"invitation": invitation},
    )


def take_up(request: Request, house: House, invitation: str, beak: BeakShape) -> Response:
    """Sealed first, for that is slow; then the invitation and the old beak end in one transaction."""
    seal = house.proof.seal(beak)
    with house.database.writing() as session:
        hold_changes(session)
        person = person_invited(session, invitation, at=house.clock())
        use_up(session, invitation, at=house.clock())
        wear(session, person.id, seal, Deed.HATCHED, at=house.clock(), by=Doer.of(request, person_id=person.id))
    return hatched_page(house)


def hatched_page(house: House) -> Response:
    """Whoever was signed in with this browser is not any more, or is somebody else."""
    response = RedirectResponse(HATCHED, status_code=303)
    drop_cookie(response, house.settings)
    return response
