"""Questions to the trail: by deed, doer, person, product and time; the newest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import BaseModel
from sqlalchemy import Select, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from auth_service.administration.naming import PersonNamed, ProductNamed, names
from auth_service.database import UtcTime
from auth_service.errors import InvalidInput
from auth_service.people.person import Person
from auth_service.products.product import Product
from auth_service.trail.deed import Deed
from auth_service.trail.entry import TrailEntry

A_DAY = timedelta(days=1)


class TrailItem(BaseModel):
    id: str
    at: datetime
    what: str
    by: PersonNamed | ProductNamed | None
    whom: PersonNamed | None
    product: ProductNamed | None
    address: str | None
    device: str | None
    details: dict[str, Any]


@dataclass(frozen=True)
class Filters:
    what: Deed | None = None
    by: str | None = None
    whom: str | None = None
    product: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def query(self, after: tuple[datetime, str] | None = None) -> Select[TrailEntry]:
        wanted = select(TrailEntry).order_by(TrailEntry.at.desc(), TrailEntry.id.desc())
        for column, value in ((TrailEntry.what, self.what), (TrailEntry.whom_id, self.whom)):
            wanted = wanted.where(column == value) if value else wanted
        if self.product:
            wanted = wanted.where(TrailEntry.client_id == self.product)
        if self.by:
            wanted = wanted.where(or_(TrailEntry.by_person_id == self.by, TrailEntry.by_client_id == self.by))
        if self.since:
            wanted = wanted.where(TrailEntry.at >= self.since)
        if self.until:
            wanted = wanted.where(TrailEntry.at < self.until)
        if after:
            row = tuple_(literal(after[0], UtcTime), literal(after[1]))
            wanted = wanted.where(tuple_(TrailEntry.at, TrailEntry.id) < row)
        return wanted


Id = Annotated[str | None, Query(max_length=100)]
WHEN = "A day (2026-03-02) or a moment (2026-03-02T09:30:00Z); UTC where no zone is given."


def filters(
    what: Deed | None = None,
    by: Annotated[str | None, Query(max_length=100, description="Id of a person, or client_id.")] = None,
    whom: Id = None,
    product: Id = None,
    since: Annotated[str | None, Query(max_length=40, description=WHEN)] = None,
    until: Annotated[str | None, Query(max_length=40, description=f"{WHEN} A day is included.")] = None,
) -> Filters:
    """Raises InvalidInput."""
    return Filters(what, by, whom, product, moment("since", since), moment("until", until, whole_day=True))


TheFilters = Annotated[Filters, Depends(filters)]


def deed_called(name: str | None) -> Deed | None:
    """Raises InvalidInput."""
    if name is None:
        return None
    try:
        return Deed(name)
    except ValueError:
        raise InvalidInput([{"field": "what", "message": f"is none of {', '.join(Deed)}"}]) from None


def moment(field: str, text: str | None, *, whole_day: bool = False) -> datetime | None:
    """`whole_day`: of a day its end is meant. Raises InvalidInput."""
    if not text:
        return None
    try:
        if len(text) == len("2026-03-02"):
            beginning = datetime.combine(date.fromisoformat(text), time(), UTC)
            return beginning + A_DAY if whole_day else beginning
        given = datetime.fromisoformat(text)
        return (given if given.tzinfo else given.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput([{"field": field, "message": f"is no day and no moment. {WHEN}"}]) from None


def items(session: Session, entries: Sequence[TrailEntry]) -> Iterator[TrailItem]:
    """With the names that people and products bear today."""
    people_ids = {person_id for one in entries for person_id in (one.by_person_id, one.whom_id)}
    client_ids = {client_id for one in entries for client_id in (one.by_client_id, one.client_id)}
    people = names(session, select(Person.id, Person.name).where(Person.id.in_(people_ids)))
    products = names(session, select(Product.client_id, Product.name).where(Product.client_id.in_(client_ids)))
    for one in entries:
        yield TrailItem(
            id=one.id,
            at=one.at,
            what=one.what,
            by=person_named(one.by_person_id, people) or product_named(one.by_client_id, products),
            whom=person_named(one.whom_id, people),
            product=product_named(one.client_id, products),
            address=one.address,
            device=one.device,
            details=one.details,
        )


def person_named(person_id: str | None, people: dict[str, str]) -> PersonNamed | None:
    return PersonNamed(id=person_id, name=people.get(person_id, "")) if person_id else None


def product_named(client_id: str | None, products: dict[str, str]) -> ProductNamed | None:
    return ProductNamed(client_id=client_id, client_name=products.get(client_id, client_id)) if client_id else None
