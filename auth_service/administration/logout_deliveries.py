"""The queue of logout notices as an admin sees it: what waits, what arrived, what was given up. One more attempt."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from auth_service.administration.admin import ACCESS_TOKEN, Admin, problems
from auth_service.administration.naming import PersonNamed, names
from auth_service.database import Reading, Writing
from auth_service.errors import NotFound, Refused
from auth_service.house import TheHouse
from auth_service.paging import MOST, USUAL, cursor, row_at
from auth_service.people.person import Person
from auth_service.products.product import Product
from auth_service.sessions.delivery import LogoutDelivery
from auth_service.trail.deed import Deed
from auth_service.trail.entry import record

router = APIRouter(prefix="/logout-deliveries", tags=["sessions"], dependencies=[ACCESS_TOKEN], responses=problems())


class AlreadyDelivered(Refused):
    status = 409
    title = "This notice has arrived"


class State(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


IN_STATE: dict[State, ColumnElement[bool]] = {
    State.WAITING: LogoutDelivery.delivered_at.is_(None) & LogoutDelivery.dead_at.is_(None),
    State.DELIVERED: LogoutDelivery.delivered_at.is_not(None),
    State.DEAD: LogoutDelivery.dead_at.is_not(None),
}


class DeliveryView(BaseModel):
    id: str
    client_id: str
    client_name: str
    person: PersonNamed | None
    session_id: str
    uri: str
    state: State
    attempts: int
    created_at: datetime
    due_at: datetime
    delivered_at: datetime | None
    dead_at: datetime | None
    last_error: str | None


class DeliveryPage(BaseModel):
    items: list[DeliveryView]
    next: str | None


@router.get("", summary="Logout notices, the newest first")
def deliveries(
    _: Admin,
    session: Reading,
    house: TheHouse,
    state: State | None = None,
    after: Annotated[str | None, Query(max_length=1000)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = USUAL,
) -> DeliveryPage:
    wanted = select(LogoutDelivery).order_by(LogoutDelivery.id.desc()).limit(limit + 1)
    if state:
        wanted = wanted.where(IN_STATE[state])
    if place := row_at(house.keys.cursor, "logout-deliveries", after):
        wanted = wanted.where(LogoutDelivery.id < place[0])
    found = session.scalars(wanted).all()
    page = list(found[:limit])
    return DeliveryPage(
        items=views(session, page),
        next=cursor(house.keys.cursor, "logout-deliveries", [page[-1].id]) if len(found) > limit else None,
    )


@router.post(
    "/{delivery_id}/attempt",
    status_code=202,
    response_class=Response,
    summary="Try a notice again at once",
    responses=problems(404, 409),
)
def attempt(delivery_id: str, by: Admin, session: Writing, house: TheHouse) -> Response:
    """It is due now; the worker takes it within a moment, to where the product wants its notices today.

    One that was given up gets this one attempt.
    """
    notice = session.get(LogoutDelivery, delivery_id, with_for_update=True)
    if notice is None:
        raise NotFound(f"There is no notice {delivery_id}.")
    if notice.delivered_at:
        raise AlreadyDelivered("It needs no further attempt.")
    product = session.get(Product, notice.client_id)
    notice.uri = (product and product.backchannel_logout_uri) or notice.uri
    notice.due_at, notice.dead_at = house.clock(), None
    record(session, Deed.LOGOUT_DELIVERY_RETRIED, at=house.clock(), by=by, whom=notice.sub, product=notice.client_id)
    return Response(status_code=202)


def views(session: Session, page: list[LogoutDelivery]) -> list[DeliveryView]:
    people = names(session, select(Person.id, Person.name).where(Person.id.in_([one.sub for one in page])))
    wanted = [one.client_id for one in page]
    products = names(session, select(Product.client_id, Product.name).where(Product.client_id.in_(wanted)))
    return [view(one, people, products) for one in page]


def view(notice: LogoutDelivery, people: dict[str, str], products: dict[str, str]) -> DeliveryView:
    columns = ("id", "client_id", "uri", "attempts", "created_at", "due_at", "delivered_at", "dead_at", "last_error")
    name = people.get(notice.sub)
    return DeliveryView(
        **{column: getattr(notice, column) for column in columns},
        client_name=products.get(notice.client_id, notice.client_id),
        person=PersonNamed(id=notice.sub, name=name) if name else None,
        session_id=notice.sid,
        state=state_of(notice),
    )


def state_of(notice: LogoutDelivery) -> State:
    if notice.delivered_at:
        return State.DELIVERED
    return State.DEAD if notice.dead_at else State.WAITING
