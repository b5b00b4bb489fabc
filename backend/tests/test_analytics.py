"""Analytics: for admins; earned today, who is in the red since when, the most expensive tasks done."""

from datetime import date

import pytest

from backend.accounting.periods import period_around
from backend.analytics import in_the_red, most_expensive
from backend.tests.company import Company, Popug


def test_analytics_are_for_admins_only(ann: Popug, boss: Popug, penny: Popug, chief: Popug) -> None:
    assert [popug.get("/analytics").status_code for popug in (ann, boss, penny, chief)] == [403, 403, 403, 200]


def test_in_the_red_is_who_owes_now_and_since_when(
    company: Company, ann: Popug, bob: Popug, boss: Popug, chief: Popug
) -> None:
    bob.leave()
    task = boss.creates()
    company.clock.turn(hours=1)
    ann.completes(task)
    assert chief.get("/analytics").json()["in_the_red"] == []
    company.time_passes(days=1)
    fell_at = company.clock()
    boss.creates()
    company.clock.turn(hours=1)
    boss.creates()
    [red] = chief.get("/analytics").json()["in_the_red"]
    assert (red["person"]["name"], red["balance_cents"]) == ("Ann Aracari", ann.balance())
    assert red["since"] == fell_at.isoformat().replace("+00:00", "Z")


def test_a_carried_debt_is_in_the_red_too(company: Company, ann: Popug, boss: Popug, chief: Popug) -> None:
    boss.creates()
    company.time_passes(days=3)
    company.closes_yesterday()
    assert len(chief.get("/analytics").json()["in_the_red"]) == 1


def test_of_many_in_the_red_the_deepest_are_shown_and_all_are_counted(
    company: Company, ann: Popug, bob: Popug, boss: Popug, chief: Popug, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_the_red, "SHOWN", 1)
    while ann.balance() == 0 or bob.balance() == 0 or ann.balance() == bob.balance():
        boss.creates()
    deepest = min((ann, bob), key=Popug.balance)
    answer = chief.get("/analytics").json()
    assert [each["person"]["name"] for each in answer["in_the_red"]] == [deepest.name]
    assert answer["in_the_red_count"] == 2


def test_the_most_expensive_task_counts_only_tasks_done_in_the_period(
    company: Company, ann: Popug, boss: Popug, chief: Popug
) -> None:
    tasks = sorted(
        (boss.creates(f"Chore {number}") for number in range(12)), key=lambda task: int(task["reward_cents"])
    )
    ann.completes(tasks[0])
    company.time_passes(days=1)
    ann.completes(tasks[5])
    answer = chief.get("/analytics", period="week").json()
    assert answer["top"][0]["task"]["id"] == tasks[5]["id"]
    assert [day["day"] for day in answer["by_day"]] == ["2026-03-05", "2026-03-04", "2026-03-03", "2026-03-02"]
    assert [len(day["top"]) for day in answer["by_day"]] == [1, 1, 0, 0]
    assert answer["by_day"][1]["top"][0]["task"] == {"id": tasks[0]["id"], "title": tasks[0]["title"]}
    assert answer["by_day"][1]["top"][0]["person"]["name"] == "Ann Aracari"


def test_ties_are_all_counted_and_the_first_of_them_shown(
    company: Company, ann: Popug, boss: Popug, chief: Popug, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = [boss.creates(f"Chore {number}") for number in range(60)]
    highest = max(task["reward_cents"] for task in tasks)
    tied = [task["id"] for task in tasks if task["reward_cents"] == highest]
    assert len(tied) > 1
    for task in tasks:
        company.clock.turn(seconds=1)
        ann.completes(task)
    answer = chief.get("/analytics").json()
    assert ([top["task"]["id"] for top in answer["top"]], answer["top_count"]) == (tied, len(tied))
    monkeypatch.setattr(most_expensive, "TIES_SHOWN", 1)
    answer = chief.get("/analytics", period="month").json()
    assert ([top["task"]["id"] for top in answer["top"]], answer["top_count"]) == (tied[:1], len(tied))
    [today] = [day for day in answer["by_day"] if day["top"]]
    assert ([top["task"]["id"] for top in today["top"]], today["count"]) == (tied[:1], len(tied))


def test_an_empty_period_says_so(chief: Popug) -> None:
    answer = chief.get("/analytics", period="month", day="2026-01-15").json()
    assert answer["top"] == []
    assert answer["by_day"] == [{"day": f"2026-01-{day:02}", "top": [], "count": 0} for day in range(31, 0, -1)]
    assert answer["period"] == {
        "name": "month", "from": "2026-01-01", "to": "2026-01-31", "previous": "2025-12-31", "next": "2026-02-01",
    }  # fmt: skip


def test_a_whole_year_has_a_line_for_each_day(company: Company, ann: Popug, boss: Popug, chief: Popug) -> None:
    task = boss.creates()
    ann.completes(task)
    by_day = chief.get("/analytics", **{"from": "2025-03-04", "to": "2026-03-04"}).json()["by_day"]
    assert len(by_day) == 366
    assert [(day["day"], day["count"]) for day in by_day if day["top"]] == [("2026-03-04", 1)]


def test_what_is_done_after_today_was_closed_is_on_tomorrows_page(
    company: Company, ann: Popug, boss: Popug, chief: Popug
) -> None:
    task = boss.creates()
    company.closes(company.now().day)
    ann.completes(task)
    by_day = chief.get("/analytics", period="week").json()["by_day"]
    assert [(day["day"], len(day["top"])) for day in by_day[:2]] == [("2026-03-05", 1), ("2026-03-04", 0)]


def test_the_trend_covers_14_days_oldest_first(chief: Popug) -> None:
    days = [each["day"] for each in chief.get("/analytics").json()["earned_by_day"]]
    assert (len(days), days[0], days[-1]) == (14, "2026-02-19", "2026-03-04")


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 3, 4), date(2026, 3, 2), date(2026, 3, 8)),
        (date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 8)),
        (date(2026, 3, 1), date(2026, 2, 23), date(2026, 3, 1)),
        (date(2026, 1, 1), date(2025, 12, 29), date(2026, 1, 4)),
    ],
)
def test_a_week_runs_from_monday_to_sunday(day: date, first: date, last: date) -> None:
    week = period_around("week", day)
    assert (week.first, week.last) == (first, last)


def test_a_month_ends_where_it_ends() -> None:
    ends = [period_around("month", date(2028, month, 15)).last.day for month in range(1, 13)]
    assert ends == [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


def test_nobody_leafs_into_the_future() -> None:
    today = date(2026, 3, 4)
    assert period_around("day", today).next(today) is None
    assert period_around("day", date(2026, 3, 3)).next(today) == today
