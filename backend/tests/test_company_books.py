"""Company books by day, week and month, the entries behind each figure, and CSV: all the same sums, to the cent."""

import csv
import io
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from backend.accounting import drill_down, statement_export
from backend.accounting.csv_export import dollars, lines
from backend.app import create_app
from backend.settings import Settings
from backend.tests.company import Company, HandClock, Popug
from backend.tests.issuer import Issuer
from conftest import Databases

FIGURES = {"fees_cents": ("fee", -1), "rewards_cents": ("reward", 1), "payouts_cents": ("payout", -1),
           "corrections_cents": ("correction", 1)}  # fmt: skip


@pytest.fixture(scope="module")
def lived_through(databases: Databases, migrated: str, issuer_for_all: Issuer) -> Iterator[tuple[str, datetime]]:
    """A database with five weeks in it, and the moment they end."""
    issuer_for_all.forget()
    url = databases.create(migrated)
    settings = Settings(database_url=url, issuer=issuer_for_all.url, client_secret=SecretStr("a secret for tests only"))
    app = create_app(settings, clock=(clock := HandClock()), dice=random.Random(7))
    with TestClient(app, client=("127.0.0.1", 50000)) as client:
        live(Company(app, client, issuer_for_all, clock))
    yield url, clock()
    databases.drop(url)


@pytest.fixture
def database_url(databases: Databases, lived_through: tuple[str, datetime]) -> Iterator[str]:
    url = databases.create(lived_through[0])
    yield url
    databases.drop(url)


@pytest.fixture
def five_weeks(company: Company, lived_through: tuple[str, datetime]) -> Company:
    company.clock.now = lived_through[1]
    return company


def live(company: Company) -> None:
    """With shuffles, corrections and idle days, the last day open."""
    cast = {"Ann Aracari": "worker", "Bob Budgerigar": "worker", "Penny Parakeet": "accountant"}
    ann, bob, _ = (company.hire(name, role) for name, role in cast.items())
    boss, chief = company.hire("Boss Macaw", "manager"), company.hire("Chief Cockatoo", "admin")
    dice = random.Random(11)
    good_year = {"amount_cents": 30_000, "reason": "A good year"}  # more than all fees of the first day: she is paid
    chief.post(f"/accounts/{ann.id}/corrections", good_year)
    for _ in range(7):
        for _ in range(dice.randint(0, 5)):
            boss.creates(dice.choice(["Oil the door", "=cmd()", "Fix the perch"]))
        if dice.random() < 0.3:
            boss.post("/reassignments")
        for popug in (ann, bob):
            for task in popug.get("/tasks").json()["items"][: dice.randint(0, 3)]:
                popug.completes(task)
        if dice.random() < 0.4:
            body = {"amount_cents": dice.choice([-333, 1234]), "reason": "-2+3 is one"}
            chief.post(f"/accounts/{ann.id}/corrections", body)
        company.time_passes(days=dice.randint(1, 5))
        company.closes_yesterday()
    boss.creates()


def leaf_through(popug: Popug, path: str, **query: Any) -> Iterator[dict[str, Any]]:
    further: dict[str, Any] = {}
    name = "before" if "periods" in path else "after"
    while True:
        page = popug.get(path, **query, **further).json()
        yield from page["items"]
        if not page["next"]:
            return
        further = {name: page["next"]}


def test_days_weeks_and_months_add_up_to_the_same(five_weeks: Company, penny: Popug) -> None:
    sums = []
    for by in ("day", "week", "month"):
        items = list(leaf_through(penny, "/company/periods", by=by))
        assert all(item["earned_cents"] == item["fees_cents"] - item["rewards_cents"] for item in items)
        sums.append({name: sum(item[name] for item in items) for name in (*FIGURES, "earned_cents", "entries")})
    assert sums[0] == sums[1] == sums[2]
    assert all(sums[0][name] for name in FIGURES)


def test_weeks_begin_on_monday_and_follow_each_other(five_weeks: Company, penny: Popug) -> None:
    weeks = [(date.fromisoformat(each["from"]), date.fromisoformat(each["to"])) for each in
             leaf_through(penny, "/company/periods", by="week")]  # fmt: skip
    assert all(first.weekday() == 0 and last - first == timedelta(days=6) for first, last in weeks)
    assert all(later[0] == earlier[1] + timedelta(days=1) for later, earlier in pairwise(weeks))


def test_behind_every_figure_of_every_period_are_its_entries(five_weeks: Company, penny: Popug) -> None:
    for by in ("day", "week"):
        for line in leaf_through(penny, "/company/periods", by=by):
            span = {"from": line["from"], "to": line["to"]}
            for figure, (kind, sign) in FIGURES.items():
                told = penny.get("/company/entries", kind=kind, **span).json()
                assert told["sum_cents"] == sign * line[figure]
            both = penny.get("/company/entries", kind=["fee", "reward"], **span).json()
            assert -both["sum_cents"] == line["earned_cents"]


def test_analytics_and_company_books_agree_to_the_cent(five_weeks: Company, penny: Popug, chief: Popug) -> None:
    told = chief.get("/analytics").json()
    by_day = {each["from"]: each["earned_cents"] for each in leaf_through(penny, "/company/periods", by="day")}
    trend = [by_day.get(each["day"], 0) for each in told["earned_by_day"]]
    assert [each["earned_cents"] for each in told["earned_by_day"]] == trend
    assert told["earned_today_cents"] == trend[-1]
    assert told["trend"] == {
        "yesterday_cents": trend[-2],
        "last_7_days_cents": sum(trend[7:]),
        "previous_7_days_cents": sum(trend[:7]),
    }


def test_the_entries_are_paged_each_once(five_weeks: Company, penny: Popug, ann: Popug) -> None:
    span = {"from": "2026-03-01", "to": "2026-12-31"}
    found = list(leaf_through(penny, "/company/entries", limit=7, **span))
    assert len(found) == len({(each["account"]["id"], each["seq"]) for each in found})
    assert len(found) == penny.get("/company/entries", **span).json()["count"]
    of_ann = penny.get("/company/entries", account=str(ann.id), limit=200, **span).json()["items"]
    assert len(of_ann) == len(five_weeks.entries(ann))
    assert {each["account"]["name"] for each in of_ann} == {"Ann Aracari"}


def test_a_range_of_days_has_its_most_expensive_tasks(five_weeks: Company, chief: Popug) -> None:
    span = {"from": "2026-03-04", "to": "2026-03-20"}
    told = chief.get("/analytics", **span).json()
    assert (told["period"]["name"], told["period"]["from"], told["period"]["to"]) == ("range", *span.values())
    assert [each["day"] for each in told["by_day"]] == [f"2026-03-{day:02}" for day in range(20, 3, -1)]
    best = max(each["top"][0]["reward_cents"] for each in told["by_day"] if each["top"])
    assert {each["reward_cents"] for each in told["top"]} == {best}
    assert chief.get("/analytics", **{"from": "2026-03-04", "to": "2026-03-03"}).status_code == 422
    assert chief.get("/analytics", **{"from": "2020-03-04", "to": "2026-03-03"}).status_code == 422


def rows_of(popug: Popug, path: str, **query: Any) -> list[dict[str, str]]:
    answer = popug.get(path, **query)
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def test_csv_of_days_and_entries_says_what_the_pages_say(
    five_weeks: Company, penny: Popug, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drill_down, "EXPORTED_AT_ONCE", 5)
    span = {"from": "2026-03-04", "to": "2026-03-31"}
    entries = rows_of(penny, "/company/entries.csv", **span)
    told = penny.get("/company/entries", **span).json()
    assert len(entries) == told["count"]
    assert sum(round(float(row["amount"]) * 100) for row in entries) == told["sum_cents"]
    days = rows_of(penny, "/company/days.csv", **span)
    assert len(days) == 28
    fees = penny.get("/company/entries", kind="fee", **span).json()["sum_cents"]
    assert sum(round(float(row["fees"]) * 100) for row in days) == -fees
    assert Counter(row["closed"] for row in days)["yes"] > 10


def test_csv_of_a_statement_has_every_entry_in_order(
    five_weeks: Company, ann: Popug, bob: Popug, penny: Popug, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statement_export, "EXPORTED_AT_ONCE", 3)
    own = rows_of(ann, "/accounts/me/statement.csv")
    assert [int(row["number"]) for row in own] == [entry.seq for entry in five_weeks.entries(ann)]
    assert own[-1]["balance"] == dollars(ann.balance())
    assert rows_of(ann, f"/accounts/{ann.id}/statement.csv") == own
    assert ann.get("/accounts/me/statement").json()["visits"] == []
    assert rows_of(penny, f"/accounts/{ann.id}/statement.csv") == own
    assert [each["person"]["name"] for each in ann.get("/accounts/me/statement").json()["visits"]] == ["Penny Parakeet"]
    assert bob.get(f"/accounts/{ann.id}/statement.csv").status_code == 403
    some = rows_of(ann, "/accounts/me/statement.csv", **{"from": "2026-03-10", "to": "2026-03-20"})
    assert {row["day"] for row in some} <= {f"2026-03-{number}" for number in range(10, 21)}


def test_a_title_is_never_a_formula(five_weeks: Company, penny: Popug) -> None:
    entries = rows_of(penny, "/company/entries.csv", **{"from": "2026-03-01", "to": "2026-12-31"})
    words = {row["what for"] for row in entries}
    assert {"'=cmd()", "'-2+3 is one"} <= words
    assert not any(word.startswith(("=", "+", "-", "@")) for word in words)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_words_that_a_spreadsheet_would_run_are_quoted_and_numbers_are_not(start: str) -> None:
    assert next(csv.reader(io.StringIO(lines([(f"{start}1", -12, dollars(-1250))]), newline=""))) == [
        f"'{start}1", "-12", "-12.50",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "query",
    [
        {"day": "2026-03-04", "from": "2026-03-04"},
        {"from": "2026-03-05", "to": "2026-03-04"},
        {"after": "nonsense"},
        {"after": "2026-03-04~fee~x~y~1"},
        {"after": f"2026-03-04~fee~{2**63}~01910000-0000-7000-8000-00000000000a~1"},
        {"kind": "bribe"},
    ],
)
def test_a_question_without_sense_is_refused(company: Company, penny: Popug, query: dict[str, str]) -> None:
    assert penny.get("/company/entries", **query).status_code == 422


def test_with_only_a_last_day_the_books_are_read_from_their_beginning(five_weeks: Company, penny: Popug) -> None:
    beginning = [each["from"] for each in leaf_through(penny, "/company/periods", by="day")][-1]
    asked = penny.get("/company/entries", to="2026-03-20").json()
    assert asked == penny.get("/company/entries", **{"from": beginning, "to": "2026-03-20"}).json()
    assert asked["count"] > 0
    assert asked["time_zone"] == "Europe/Moscow"
    assert penny.get("/company/entries", to="2020-03-20").json()["count"] == 0, "before the books were begun"


def test_days_the_wrong_way_round_are_refused_in_words(penny: Popug) -> None:
    refusal = penny.get("/company/entries", **{"from": "2026-03-05", "to": "2026-03-04"}).json()
    assert refusal["detail"] == "The first day, 2026-03-05, comes after the last, 2026-03-04: swap them."
    assert refusal["errors"] == [{"field": "from", "message": refusal["detail"]}]


@pytest.mark.parametrize(("path", "longest"), [("/company/days.csv", 3_660), ("/analytics", 366)])
def test_a_range_has_so_many_days_at_most_and_says_so(chief: Popug, path: str, longest: int) -> None:
    last = date(2026, 3, 4)
    span = {"from": str(last - timedelta(days=longest - 1)), "to": str(last)}
    assert chief.get(path, **span).status_code == 200
    refusal = chief.get(path, **{**span, "from": str(last - timedelta(days=longest))})
    assert refusal.status_code == 422
    assert refusal.json()["detail"] == f"Please ask for at most {longest:,} days at once."


def test_a_file_is_named_for_its_days(five_weeks: Company, ann: Popug, penny: Popug) -> None:
    span = {"from": "2026-03-10", "to": "2026-03-20"}
    for path, popug in (("/accounts/me/statement", ann), ("/company/entries", penny), ("/company/days", penny)):
        named = popug.get(f"{path}.csv", **span).headers["Content-Disposition"]
        assert named == f'attachment; filename="{path.rpartition("/")[2]}-2026-03-10-2026-03-20.csv"'
    every_day = ann.get("/accounts/me/statement.csv").headers["Content-Disposition"]
    assert every_day == 'attachment; filename="statement.csv"'


def test_company_books_are_for_accountants_and_admins(ann: Popug, boss: Popug, penny: Popug, chief: Popug) -> None:
    for path in ("/company/periods", "/company/entries", "/company/entries.csv", "/company/days.csv"):
        assert [popug.get(path).status_code for popug in (ann, boss, penny, chief)] == [403, 403, 200, 200]
