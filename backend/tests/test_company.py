"""Company books and analytics: who may see them, and that they agree with the entries to the cent."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from backend.accounting.books import entry
from backend.tests.company import Company, Popug


@pytest.fixture
def busy_week(company: Company, ann: Popug, bob: Popug, boss: Popug) -> Company:
    """Five days of work, each closed after it but the last."""
    for number in range(5):
        for chore in range(6):
            boss.creates(f"Chore {number}.{chore}")
        boss.post("/reassignments")
        for popug in (ann, bob):
            for task in popug.get("/tasks").json()["items"][number % 2 :: 2]:
                popug.completes(task)
        if number < 4:
            company.time_passes(days=1)
            company.closes_yesterday()
    return company


def test_company_figures_reconcile_to_the_cent_with_entries_and_analytics(busy_week: Company, chief: Popug) -> None:
    with busy_week.house.engine.connect() as connection:
        entries = connection.execute(select(entry)).all()
    books = chief.get("/company").json()
    trend = {each["day"]: each["earned_cents"] for each in chief.get("/analytics").json()["earned_by_day"]}
    assert len(books["days"]) == 5
    for day in books["days"]:
        of_day = [row for row in entries if row.day.isoformat() == day["day"]]
        sums = {
            kind: sum(row.amount_cents for row in of_day if row.kind == kind) for kind in ("fee", "reward", "payout")
        }
        assert (day["fees_cents"], day["rewards_cents"]) == (-sums["fee"], sums["reward"])
        assert day["payouts_cents"] == -sums["payout"]
        assert day["earned_cents"] == -sums["fee"] - sums["reward"] == trend[day["day"]]
    total = sum(day["fees_cents"] - day["rewards_cents"] + day["payouts_cents"] for day in books["days"])
    assert total == -sum(account["balance_cents"] for account in books["accounts"])


def test_one_day_shows_what_each_account_had_from_it(busy_week: Company, penny: Popug, ann: Popug) -> None:
    books = penny.get("/company", day="2026-03-05").json()
    assert (books["day"]["day"], books["day"]["closed"]) == ("2026-03-05", True)
    by_name = {line["person"]["name"]: line for line in books["accounts"]}
    mine = ann.get("/accounts/me/statement", day="2026-03-05").json()
    assert by_name["Ann Aracari"]["day_cents"] == mine["fees_cents"] + mine["rewards_cents"]
    assert books["day"]["earned_cents"] == -sum(line["day_cents"] for line in books["accounts"])
    assert list(by_name) == sorted(by_name)


def test_the_list_of_days_is_paged(company: Company, ann: Popug, boss: Popug, penny: Popug) -> None:
    boss.creates()
    company.time_passes(days=40)
    first = penny.get("/company").json()
    assert (len(first["days"]), first["next_day"]) == (31, first["days"][-1]["day"])
    second = penny.get("/company", before=first["next_day"]).json()
    assert (len(second["days"]), second["next_day"]) == (10, None)
    assert second["days"][0]["day"] == str(date.fromisoformat(first["next_day"]) - timedelta(days=1))


def test_company_money_is_for_accountants_and_admins(ann: Popug, boss: Popug, penny: Popug, chief: Popug) -> None:
    for popug, status in ((ann, 403), (boss, 403), (penny, 200), (chief, 200)):
        assert popug.get("/company").status_code == status
        assert (popug.get("/accounting").json()["company"] is not None) == (status == 200)


def test_home_shows_each_role_what_fits_it(ann: Popug, boss: Popug, penny: Popug, chief: Popug) -> None:
    fee = boss.creates()["fee_cents"]
    assert ann.get("/home").json()["management"] is None
    assert penny.get("/home").json()["management"] == {"earned_today_cents": fee, "in_the_red": None}
    assert chief.get("/home").json()["management"] == {"earned_today_cents": fee, "in_the_red": 1}
    shown = [popug.get("/home").json()["assignment"] is not None for popug in (ann, penny, boss, chief)]
    assert shown == [False, False, True, True]


def test_home_shows_own_work_and_money(company: Company, ann: Popug, boss: Popug) -> None:
    for _ in range(7):
        company.clock.turn(seconds=1)
        task = boss.creates()
    ann.completes(task)
    home = ann.get("/home").json()
    assert (home["open_count"], len(home["tasks"]), len(home["recent"])) == (6, 5, 5)
    assert home["recent"][0]["kind"] == "reward"
    assert home["day_cents"] == home["balance_cents"] == ann.balance()
    assert (home["today"], home["time_zone"]) == ("2026-03-04", "Europe/Moscow")
