"""The end of the day: positive balances paid out once, debts carried over, closed days never changed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.accounting.books import account, payout
from backend.accounting.books import day as day_table
from backend.accounting.payday import (
    DayNotOver,
    begin_closing,
    close_days,
    days_to_close,
    finish_closing,
    pay_chunk,
    preview,
)
from backend.database import open_engine, writing
from backend.post.outbox import outbox
from backend.tasks.completion import complete
from backend.tests.company import Company, Popug
from backend.verification import verify

WEDNESDAY = date(2026, 3, 4)


@pytest.fixture
def earned(company: Company, ann: Popug, bob: Popug, boss: Popug) -> int:
    """Ann finished what she was given, and is owed this; Bob finished nothing, and owes."""
    while company.entries(bob) == [] or company.entries(ann) == []:
        boss.creates()
    for task in ann.get("/tasks").json()["items"]:
        ann.completes(task)
    return ann.balance()


def test_a_positive_balance_is_paid_out_and_a_debt_carries_over(
    company: Company, ann: Popug, bob: Popug, earned: int
) -> None:
    debt = bob.balance()
    assert earned > 0 > debt
    company.time_passes(days=1)
    [closing] = company.closes_yesterday()
    assert (closing.day, closing.accounts, closing.payouts_cents) == (WEDNESDAY, 1, earned)
    assert (ann.balance(), bob.balance()) == (0, debt)
    last = company.entries(ann)[-1]
    assert (last.kind, last.amount_cents, last.balance_after_cents, last.day) == ("payout", -earned, 0, WEDNESDAY)
    assert all(entry.kind != "payout" for entry in company.entries(bob))


def test_each_payout_posts_one_letter_with_the_same_amount(company: Company, ann: Popug, earned: int) -> None:
    company.time_passes(days=1)
    company.closes_yesterday()
    with company.house.engine.connect() as connection:
        [letter] = connection.execute(select(outbox))
    assert letter.payload == {"person_id": str(ann.id), "day": "2026-03-04", "amount_cents": earned}


def test_closing_again_pays_nothing_more(company: Company, ann: Popug, earned: int) -> None:
    company.time_passes(days=1)
    assert len(company.closes_yesterday()) == 1
    assert company.closes_yesterday() == []
    with company.house.engine.connect() as connection:
        assert len(connection.execute(select(payout)).all()) == 1


def test_missed_days_are_closed_oldest_first_each_once(company: Company, ann: Popug, earned: int) -> None:
    company.time_passes(days=4)
    closings = company.closes_yesterday()
    assert [closing.day for closing in closings] == [WEDNESDAY + timedelta(days=n) for n in range(4)]
    assert [closing.payouts_cents for closing in closings] == [earned, 0, 0, 0]


def test_work_of_the_next_day_is_not_paid_with_a_day_that_is_closed_late(
    company: Company, ann: Popug, bob: Popug, boss: Popug, earned: int
) -> None:
    company.time_passes(days=1)
    bob.leave()
    task = boss.creates()
    ann.completes(task)
    assert [(row.kind, row.day.day) for row in company.entries(ann)][-3:] == [("payout", 4), ("fee", 5), ("reward", 5)]
    [closing] = company.closes_yesterday()
    assert closing.payouts_cents == earned
    assert ann.balance() == task["reward_cents"] - task["fee_cents"]


def test_a_closed_day_never_changes(company: Company, ann: Popug, boss: Popug, chief: Popug, earned: int) -> None:
    company.closes(WEDNESDAY)  # today, closed early
    before = chief.get("/company", day="2026-03-04").json()["day"]
    statement = ann.get("/accounts/me/statement", day="2026-03-04").json()
    boss.creates()
    newcomer = company.hire("Late Lory")
    while not company.entries(newcomer):
        boss.creates()
    assert {row.day for row in company.entries(newcomer)} == {date(2026, 3, 5)}
    assert chief.get("/company", day="2026-03-04").json()["day"] == before
    assert ann.get("/accounts/me/statement", day="2026-03-04").json()["entries"] == statement["entries"]
    assert before["closed"] is True


def test_a_day_that_lies_ahead_is_not_closed(company: Company, earned: int) -> None:
    with pytest.raises(DayNotOver):
        company.closes(WEDNESDAY + timedelta(days=1))


def test_the_preview_says_what_would_be_paid_and_changes_nothing(company: Company, ann: Popug, earned: int) -> None:
    with company.house.engine.connect() as connection:
        [foreseen] = preview(connection, [WEDNESDAY])
    assert (foreseen.accounts, foreseen.payouts_cents) == (1, earned)
    assert ann.balance() == earned
    assert company.closes(WEDNESDAY) == [foreseen]


def test_the_preview_of_days_that_were_missed_tells_each_what_closing_pays(
    company: Company, ann: Popug, penny: Popug, earned: int
) -> None:
    company.time_passes(days=1)
    for popug in (ann, company.hire("Late Lory")):  # Ann is paid for Wednesday now, Lory's account is of Thursday
        penny.post(f"/accounts/{popug.id}/corrections", {"amount_cents": 1000, "reason": "a gift"})
    company.time_passes(days=2)
    with company.house.engine.connect() as connection:
        foreseen = preview(connection, days_to_close(connection, WEDNESDAY + timedelta(days=2)))
    assert [each.payouts_cents for each in foreseen] == [earned, 2000, 0]
    assert company.closes_yesterday() == foreseen


def test_a_day_that_every_account_has_left_already_is_closed_all_the_same(
    company: Company, ann: Popug, boss: Popug
) -> None:
    ann.completes(boss.creates())
    company.time_passes(days=1)
    boss.creates()
    assert [closing.day for closing in company.closes_yesterday()] == [WEDNESDAY]


def test_before_anybody_has_an_account_there_is_nothing_to_close(company: Company) -> None:
    with company.house.engine.connect() as connection:
        assert days_to_close(connection, WEDNESDAY) == []


def test_four_closers_at_once_pay_each_account_once(company: Company, boss: Popug) -> None:
    popugs = [company.hire(f"Popug {number}") for number in range(12)]
    for _ in range(40):
        boss.creates()
    for popug in popugs:
        for task in popug.get("/tasks").json()["items"]:
            popug.completes(task)
    company.time_passes(days=1)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: close_days(company.house.engine, WEDNESDAY, company.now), range(4)))
    with company.house.engine.connect() as connection:
        assert verify(connection) == []
        assert connection.scalar(select(account.c.id).where(account.c.balance_cents > 0)) is None
        states = connection.execute(select(day_table.c.state).where(day_table.c.day == WEDNESDAY)).all()
    assert [row.state for row in states] == ["closed"]


@pytest.mark.thorough
def test_another_process_gets_a_word_in_between_the_chunks(
    company: Company, boss: Popug, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite, where one writes at a time, a closer who never rests would keep everybody waiting to the end."""
    monkeypatch.setattr("backend.accounting.payday.CHUNK", 1)
    for number in range(30):
        company.hire(f"Popug {number}")
    tasks = iter([boss.creates() for _ in range(100)])
    other, at, finished = open_engine(database_url), company.now(), 0
    with ThreadPoolExecutor(1) as pool:
        closing = pool.submit(close_days, company.house.engine, WEDNESDAY, company.now)
        while not closing.done() and (task := next(tasks, None)):
            finishing = partial(complete, task_id=UUID(task["id"]), by=UUID(task["assignee"]["id"]), at=at)
            writing(other, finishing)
            finished += not closing.done()
    other.dispose()
    assert len(closing.result()) == 1
    assert finished > 2


def test_a_closing_that_was_killed_is_taken_up_where_it_stood(
    company: Company, ann: Popug, bob: Popug, earned: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.accounting.payday.CHUNK", 1)
    company.time_passes(days=1)
    engine = company.house.engine
    writing(engine, lambda connection: begin_closing(connection, WEDNESDAY))
    assert writing(engine, lambda connection: pay_chunk(connection, WEDNESDAY, company.now()))
    assert writing(engine, lambda connection: finish_closing(connection, WEDNESDAY, company.now())) is None
    [closing] = company.closes_yesterday()  # the next process
    assert (closing.accounts, closing.payouts_cents) == (1, earned)
    with engine.connect() as connection:
        assert verify(connection) == []
