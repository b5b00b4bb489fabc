"""Accounting over HTTP: one's own account for everybody, company money for accountants and admins."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from backend.accounting import company_routes
from backend.accounting.bookkeepers import BOOKKEEPERS, open_account
from backend.accounting.company import Company, company_books
from backend.accounting.company_routes import From, To
from backend.accounting.corrections import Corrected, Correction, correct
from backend.accounting.csv_export import answer_csv
from backend.accounting.proofs import prove
from backend.accounting.statement import Statement, draw_up
from backend.accounting.statement_export import HEADER, statement_rows
from backend.business_day import AskedDay
from backend.visits import Caller, KnownCaller, Visit

router = APIRouter()
router.routes.extend(company_routes.router.routes)

Seq = Annotated[int, Query(ge=1, le=2**53)]
Limit = Annotated[int, Query(ge=1, le=200)]


class Accounting(BaseModel):
    account: Statement
    company: Company | None


@router.get("/accounting")
def show_accounting(caller: KnownCaller, day: AskedDay | None = None, after: Seq | None = None) -> Accounting:
    with caller.reading() as visit:
        account = statement_of(visit, visit.actor.id, day=day, after=after, limit=50)
        if visit.actor.role not in BOOKKEEPERS:
            return Accounting(account=account, company=None)
        company = company_books(visit.connection, today=visit.at.day, shown=day, before=None)
        return Accounting(account=account, company=company)


@router.get("/accounts/me/statement")
def show_own_statement(
    caller: KnownCaller, day: AskedDay | None = None, after: Seq | None = None, limit: Limit = 50
) -> Statement:
    with caller.reading() as visit:
        return statement_of(visit, visit.actor.id, day=day, after=after, limit=limit)


@router.get("/accounts/me/proof")
def show_own_proof(caller: KnownCaller, day: AskedDay) -> dict[str, Any]:
    """That one's entries of a closed day are under its seal; `backend verify --proof FILE` checks it."""
    with caller.reading() as visit:
        return prove(visit.connection, visit.actor.id, day)


@router.get("/accounts/me/statement.csv", response_class=Response)
def export_own_statement(caller: KnownCaller, first: From = None, last: To = None) -> Response:
    with caller.reading() as visit:
        person_id = visit.actor.id
    return export(caller, person_id, first, last)


@router.get("/accounts/{person_id}/statement.csv", response_class=Response)
def export_statement(person_id: UUID, caller: KnownCaller, first: From = None, last: To = None) -> Response:
    """One's own; anybody's for accountants and admins, and that read is recorded."""
    caller.writing(lambda visit: open_account(visit, person_id))
    return export(caller, person_id, first, last)


def export(caller: Caller, person_id: UUID, first: date | None, last: date | None) -> Response:
    rows = statement_rows(caller.house.engine, person_id, caller.house.calendar.zone, first=first, last=last)
    return answer_csv("-".join(["statement", *(str(day) for day in (first, last) if day)]), HEADER, rows)


@router.get("/accounts/{person_id}/statement")
def show_statement(
    person_id: UUID, caller: KnownCaller, day: AskedDay | None = None, after: Seq | None = None, limit: Limit = 50
) -> Statement:
    """One's own; anybody's for accountants and admins, and that read is recorded."""

    def read(visit: Visit) -> Statement:
        open_account(visit, person_id)
        return statement_of(visit, person_id, day=day, after=after, limit=limit)

    return caller.writing(read)


@router.post("/accounts/{person_id}/corrections", status_code=201, response_model=Corrected)
def correct_account(person_id: UUID, body: Correction, caller: KnownCaller) -> Response:
    """By accountants and admins, never on their own account; on the open day."""

    def put_right(visit: Visit) -> Corrected:
        visit.actor.require(*BOOKKEEPERS, to="correct an account")
        return correct(visit.connection, person_id, body, by=visit.actor.id, at=visit.at)

    return caller.carry_out(put_right, status=201)


def statement_of(visit: Visit, person_id: UUID, *, day: date | None, after: int | None, limit: int) -> Statement:
    zone = visit.house.settings.time_zone
    return draw_up(
        visit.connection,
        person_id,
        viewer=visit.actor.id,
        today=visit.at.day,
        time_zone=zone,
        day=day,
        after=after,
        limit=limit,
    )
