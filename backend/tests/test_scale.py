"""A page costs what it shows, however large the company is: on both engines, counted and not timed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, update

from backend.accounting.company import company_books
from backend.accounting.company_accounts import WantedAccounts, list_accounts
from backend.accounting.company_periods import list_periods
from backend.accounting.day_totals import totals_by_day
from backend.analytics.in_the_red import deepest_in_the_red
from backend.analytics.most_expensive import top_by_day
from backend.business_day import Moment
from backend.demo.large_company import hire, make_tasks, take_in
from backend.post.outbox import Letter, consider_sent, post
from backend.post.tray import show_tray
from backend.tasks.task import task
from backend.tests.company import Company
from backend.tests.effort import effort

Question = Callable[[Connection], object]


def questions(company: Company) -> Mapping[str, Question]:
    today = company.now().day
    yesterday, all_of_them, red = today - timedelta(days=1), WantedAccounts(), WantedAccounts("red")
    with company.house.engine.connect() as connection:
        further = {each: list_accounts(connection, each, shown=today, limit=60)[1] for each in (all_of_them, red)}
    return {
        "company": lambda books: company_books(books, today=today, shown=None, before=None),
        "a closed day": lambda books: company_books(books, today=today, shown=yesterday, before=None),
        "accounts": lambda books: list_accounts(books, all_of_them, shown=yesterday, after=further[all_of_them]),
        "in the red": lambda books: list_accounts(books, red, shown=yesterday, after=further[red]),
        "found by name": lambda books: list_accounts(books, WantedAccounts("all", "popug 1"), shown=today, limit=50),
        "months": lambda books: list_periods(books, "month", today=today, before=None),
        "two weeks": lambda books: totals_by_day(books, today - timedelta(days=13), today),
        "deepest in the red": deepest_in_the_red,
        "most expensive": lambda books: top_by_day(books, today, today, today=today),
        "waiting letters": lambda books: show_tray(books, "waiting", after=None, limit=50),
        "dead letters": lambda books: show_tray(books, "dead", after=None, limit=50),
    }


def efforts(company: Company) -> dict[str, int]:
    return {name: effort(company.house.engine, question) for name, question in questions(company).items()}


def grow(company: Company, people: int, *, before: int) -> None:
    """Newcomers with three charges, three tasks done and a letter each, on a day that is then closed."""
    workers = company.writing(lambda connection: hire(connection, people, before, company.now()))
    rows = make_tasks(3 * people, workers, company.dice(), company.now())
    company.writing(lambda connection: take_in(connection, rows, company.now()))
    company.writing(lambda connection: finish(connection, company.now()))
    company.writing(lambda connection: bring_letters(connection, workers, company.now()))
    company.time_passes(days=1)
    company.closes_yesterday()


def finish(connection: Connection, at: Moment) -> None:
    """Without a reward: only read here, and nobody verifies these books."""
    done = {"status": "done", "day_done": at.day, "done_at": at.instant}
    connection.execute(update(task).where(task.c.status == "open").values(done))


def bring_letters(connection: Connection, receivers: Sequence[UUID], at: Moment) -> None:
    """Long ago, all but the last."""
    letters = [Letter("payout", f"{each}", {"person_id": str(each)}) for each in receivers]
    post(connection, letters[:-1], at)
    consider_sent(connection)
    post(connection, letters[-1:], at)


IN_THE_RED = ("in the red", "deepest in the red")  # ask every account: docs/decisions/no-index-of-balances.md
LOOK = 20  # steps or rows that a look at one account takes at the most


@pytest.mark.thorough
def test_no_page_of_the_books_reads_more_in_a_larger_company(company: Company) -> None:
    grow(company, 300, before=0)
    small = efforts(company)
    grow(company, 2_700, before=300)
    large = efforts(company)
    allowed = {name: LOOK * 2_700 * (name in IN_THE_RED) for name in small}
    grown = {name: (small[name], large[name]) for name in small if large[name] > 1.5 * small[name] + 50 + allowed[name]}
    assert grown == {}
