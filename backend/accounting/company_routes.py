"""The company's books over HTTP, for accountants and admins: days, accounts, periods, entries behind a figure, CSV."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Annotated, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response
from sqlalchemy import Engine

from backend.accounting.bookkeepers import open_account, require_bookkeeper
from backend.accounting.books import Kind
from backend.accounting.company import Company, company_books
from backend.accounting.company_accounts import PAGE, Accounts, Show, WantedAccounts, list_accounts
from backend.accounting.company_periods import Periods, list_periods
from backend.accounting.csv_export import Cell, answer_csv, dollars, local
from backend.accounting.day_totals import totals_by_day
from backend.accounting.drill_down import CompanyEntries, CompanyEntry, Wanted, drill_down, pages, wanted_days
from backend.accounting.periods import PeriodName
from backend.business_day import AskedDay
from backend.database import reading
from backend.visits import TEXT, Caller, KnownCaller, Visit

router = APIRouter()

T = TypeVar("T")

LONGEST_EXPORT_DAYS = 3_660
From = Annotated[AskedDay | None, Query(alias="from")]
To = Annotated[AskedDay | None, Query(alias="to")]
Words = Annotated[str, Query(max_length=100, pattern=TEXT)]
Kinds = Annotated[list[Kind], Query(alias="kind", default_factory=list)]


@router.get("/company")
def show_company(caller: KnownCaller, day: AskedDay | None = None, before: AskedDay | None = None) -> Company:
    with caller.reading() as visit:
        require_bookkeeper(visit)
        return company_books(visit.connection, today=visit.at.day, shown=day, before=before)


@router.get("/accounts")
def show_accounts(
    caller: KnownCaller,
    show: Show = "all",
    q: Words = "",
    day: AskedDay | None = None,
    after: Annotated[str | None, Query(max_length=1_000, pattern=TEXT)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = PAGE,
) -> Accounts:
    """By name; with `show=red` those below zero only, the deepest first. `q`: words of the name, or a mail address."""
    with caller.reading() as visit:
        require_bookkeeper(visit)
        shown = day or visit.at.day
        items, further = list_accounts(visit.connection, WantedAccounts(show, q), shown=shown, after=after, limit=limit)
        return Accounts(today=visit.at.day, day=shown, items=items, next=further)


@router.get("/company/periods")
def show_periods(caller: KnownCaller, by: PeriodName = "week", before: AskedDay | None = None) -> Periods:
    with caller.reading() as visit:
        require_bookkeeper(visit)
        return list_periods(visit.connection, by, today=visit.at.day, before=before)


@router.get("/company/entries")
def show_entries(
    caller: KnownCaller,
    kinds: Kinds,
    day: AskedDay | None = None,
    first: From = None,
    last: To = None,
    account: UUID | None = None,
    after: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> CompanyEntries:
    """Those of one account are that account's log, whose read is recorded."""

    def read(visit: Visit) -> CompanyEntries:
        days = wanted_days(visit.connection, visit.at.day, day=day, first=first, last=last)
        wanted, zone = open_entries(visit, Wanted(*days, kinds, account)), visit.house.settings.time_zone
        return drill_down(visit.connection, wanted, time_zone=zone, after=after, limit=limit)

    return look(caller, read, into=account)


@router.get("/company/entries.csv", response_class=Response)
def export_entries(
    caller: KnownCaller,
    kinds: Kinds,
    day: AskedDay | None = None,
    first: From = None,
    last: To = None,
    account: UUID | None = None,
) -> Response:
    """The same to take away."""

    def read(visit: Visit) -> Wanted:
        days = wanted_days(visit.connection, visit.at.day, day=day, first=first, last=last)
        return open_entries(visit, Wanted(*days, kinds, account))

    wanted = look(caller, read, into=account)
    house, header = caller.house, ("day", "time", "popug", "kind", "amount", "what for", "number", "account")
    rows = ([row_of(each, house.calendar.zone) for each in page] for page in pages(house.engine, wanted))
    return answer_csv(f"entries-{wanted.first}-{wanted.last}", header, rows)


def look(caller: Caller, read: Callable[[Visit], T], *, into: UUID | None) -> T:
    """Only the reading of one account leaves a trace, and so has to write."""
    if into:
        return caller.writing(read)
    with caller.reading() as visit:
        return read(visit)


def open_entries(visit: Visit, wanted: Wanted) -> Wanted:
    """Raises RoleTooSmall, NoSuchAccount."""
    require_bookkeeper(visit)
    if wanted.account_id:
        open_account(visit, wanted.account_id)
    return wanted


def row_of(each: CompanyEntry, zone: ZoneInfo) -> tuple[Cell, ...]:
    what_for = each.task.title if each.task else each.reason
    when, amount = local(each.created_at, zone), dollars(each.amount_cents)
    return each.day, when, each.account.name, each.kind.value, amount, what_for, each.seq, str(each.account.id)


@router.get("/company/days.csv", response_class=Response)
def export_days(caller: KnownCaller, first: From = None, last: To = None) -> Response:
    with caller.reading() as visit:
        require_bookkeeper(visit)
        span = wanted_days(visit.connection, visit.at.day, first=first, last=last, longest=LONGEST_EXPORT_DAYS)
    header = ("day", "fees", "rewards", "earned", "payouts", "corrections", "entries", "closed")
    return answer_csv(f"days-{span[0]}-{span[1]}", header, day_rows(caller.house.engine, *span))


def day_rows(engine: Engine, first: date, last: date) -> Iterator[list[tuple[Cell, ...]]]:
    with reading(engine) as connection:
        found = totals_by_day(connection, first, last)
    yield [
        (
            each,
            dollars(totals.fees_cents),
            dollars(totals.rewards_cents),
            dollars(totals.earned_cents),
            dollars(totals.payouts_cents),
            dollars(totals.corrections_cents),
            totals.entries,
            "yes" if closed else "no",
        )
        for each, (totals, closed) in sorted(found.items())
    ]
