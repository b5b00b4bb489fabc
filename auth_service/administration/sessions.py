"""Who is signed in where: all sessions, and how an admin ends one or all of a person's."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from auth_service.administration.admin import ACCESS_TOKEN, Admin, problems
from auth_service.administration.naming import PersonNamed, ProductNamed
from auth_service.database import Reading, Writing
from auth_service.errors import NotFound
from auth_service.house import TheHouse
from auth_service.paging import MOST, USUAL, cursor, row_at
from auth_service.people.person import Person
from auth_service.people.roster import find_person
from auth_service.products.product import Product
from auth_service.sessions.admission import Admission
from auth_service.sessions.browser_session import ABSOLUTE, IDLE, BrowserSession
from auth_service.sessions.ending import end_everything, end_sessions
from auth_service.trail.deed import Deed
from auth_service.trail.doer import Doer
from auth_service.trail.entry import record

router = APIRouter(tags=["sessions"], dependencies=[ACCESS_TOKEN], responses=problems())

Found = Select[BrowserSession, str]


class SessionView(BaseModel):
    id: str
    person: PersonNamed
    signed_in_at: datetime
    seen_at: datetime
    ended_at: datetime | None  # when somebody ended it, or when it ran out
    address: str | None
    device: str | None
    products: list[ProductNamed]


class SessionPage(BaseModel):
    items: list[SessionView]
    next: str | None


@router.get("/sessions", summary="Sessions, the newest first")
def sessions(
    _: Admin,
    session: Reading,
    house: TheHouse,
    person_id: Annotated[str | None, Query(max_length=100)] = None,
    product: Annotated[str | None, Query(max_length=100, description="client_id of one that was entered.")] = None,
    is_open: Annotated[bool | None, Query(alias="open", description="Only those that are, or are not.")] = None,
    after: Annotated[str | None, Query(max_length=1000)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = USUAL,
) -> SessionPage:
    wanted = matching(person_id=person_id, product=product, is_open=is_open, at=house.clock())
    if place := row_at(house.keys.cursor, "sessions", after):
        wanted = wanted.where(BrowserSession.id < place[0])
    found = session.execute(wanted.order_by(BrowserSession.id.desc()).limit(limit + 1)).all()
    page = found[:limit]
    entered = products_of(session, [browser.id for browser, _ in page])
    return SessionPage(
        items=[view(browser, name, entered.get(browser.id, []), at=house.clock()) for browser, name in page],
        next=cursor(house.keys.cursor, "sessions", [page[-1][0].id]) if len(found) > limit else None,
    )


@router.delete("/sessions/{session_id}", status_code=204, summary="End one session", responses=problems(404))
def end_session(session_id: str, by: Admin, session: Writing, house: TheHouse) -> None:
    end_one(session, session_id, at=house.clock(), by=by)


@router.delete(
    "/people/{person_id}/sessions", status_code=204, summary="End all sessions of a person", responses=problems(404)
)
def end_sessions_of(person_id: str, by: Admin, session: Writing, house: TheHouse) -> None:
    end_all(session, find_person(session, person_id), at=house.clock(), by=by)


def end_one(session: Session, session_id: str, *, at: datetime, by: Doer) -> None:
    """Its products hear of it. One that has ended already is left alone. Raises NotFound."""
    browser = session.get(BrowserSession, session_id, with_for_update=True)
    if browser is None:
        raise NotFound(f"There is no session {session_id}.")
    if browser.ended_at is None:
        end_sessions(session, [browser.id], at=at)
        details = {"id": browser.id, "address": browser.address, "device": browser.device}
        record(session, Deed.SESSION_ENDED, at=at, by=by, whom=browser.person_id, details=details)


def end_all(session: Session, person: Person, *, at: datetime, by: Doer) -> None:
    """What products hold on behalf of the person ends as well."""
    end_everything(session, person.id, at=at)
    record(session, Deed.SESSION_ENDED, at=at, by=by, whom=person.id, details={"all": True})


def matching(*, person_id: str | None, product: str | None, is_open: bool | None, at: datetime) -> Found:
    wanted = select(BrowserSession, Person.name).join(Person, Person.id == BrowserSession.person_id)
    if person_id is not None:
        wanted = wanted.where(BrowserSession.person_id == person_id)
    if product is not None:
        entered = (Admission.session_id == BrowserSession.id) & (Admission.client_id == product)
        wanted = wanted.where(exists().where(entered))
    if is_open is not None:
        lasts = (BrowserSession.seen_at > at - IDLE) & (BrowserSession.signed_in_at > at - ABSOLUTE)
        alive = BrowserSession.ended_at.is_(None) & lasts
        wanted = wanted.where(alive if is_open else ~alive)
    return wanted


def products_of(session: Session, session_ids: list[str]) -> dict[str, list[ProductNamed]]:
    query = (
        select(Admission.session_id, Product.client_id, Product.name)
        .join(Product, Product.client_id == Admission.client_id)
        .where(Admission.session_id.in_(session_ids))
        .distinct()
        .order_by(Product.name, Product.client_id)
    )
    found: dict[str, list[ProductNamed]] = {}
    for session_id, client_id, name in session.execute(query):
        found.setdefault(session_id, []).append(ProductNamed(client_id=client_id, client_name=name))
    return found


def view(browser: BrowserSession, name: str, products: list[ProductNamed], *, at: datetime) -> SessionView:
    runs_out_at = min(browser.seen_at + IDLE, browser.signed_in_at + ABSOLUTE)
    return SessionView(
        id=browser.id,
        person=PersonNamed(id=browser.person_id, name=name),
        signed_in_at=browser.signed_in_at,
        seen_at=browser.seen_at,
        ended_at=browser.ended_at or (runs_out_at if runs_out_at <= at else None),
        address=browser.address,
        device=browser.device,
        products=products,
    )
