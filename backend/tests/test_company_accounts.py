"""Everybody's account: paged by name or by debt, found by name or mail address, for accountants and admins."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from backend.tests.company import Company, Popug

NAMES = (
    "Ann Ara",
    "Zoë Ibis",
    "Жанна Сова",
    "анна Чиж",
    "Ann Ara the Second",
    "Bob ~ Budgie",
    "100% Parrot",
    "under_score",
)


@pytest.fixture
def flock(company: Company, boss: Popug, penny: Popug) -> list[Popug]:
    """Some owe much, some little, some nothing at all; two have the same name."""
    popugs = [company.hire(name) for name in NAMES]
    for _ in range(9):
        boss.creates()
    return popugs


def leaf_through(popug: Popug, **query: Any) -> Iterator[dict[str, Any]]:
    after: dict[str, str] = {}
    while True:
        page = popug.get("/accounts", **query, **after).json()
        yield from page["items"]
        if not page["next"]:
            return
        assert len(page["items"]) == query["limit"]
        after = {"after": page["next"]}


def names_found(popug: Popug, q: str) -> list[str]:
    return [each["person"]["name"] for each in popug.get("/accounts", q=q).json()["items"]]


def test_accounts_are_for_accountants_and_admins(ann: Popug, boss: Popug, penny: Popug, chief: Popug) -> None:
    assert [popug.get("/accounts").status_code for popug in (ann, boss, penny, chief)] == [403, 403, 200, 200]


@pytest.mark.parametrize("limit", [1, 3, 200])
def test_the_pages_together_hold_everybody_once_by_name(flock: list[Popug], penny: Popug, limit: int) -> None:
    found = list(leaf_through(penny, limit=limit))
    assert [each["person"]["name"] for each in found] == [
        each["person"]["name"] for each in penny.get("/company").json()["accounts"]
    ]
    assert len(found) == len({each["person"]["id"] for each in found}) == len(NAMES) + 2


@pytest.mark.parametrize("limit", [1, 2, 200])
def test_in_the_red_is_who_owes_the_deepest_first(
    flock: list[Popug], ann: Popug, penny: Popug, chief: Popug, limit: int
) -> None:
    found = list(leaf_through(penny, show="red", limit=limit))
    balances = [each["balance_cents"] for each in found]
    assert balances == sorted(balances)
    owing = {str(popug.id): popug.balance() for popug in (*flock, penny) if popug.balance() < 0}
    assert {each["person"]["id"]: each["balance_cents"] for each in found} == owing
    assert chief.get("/analytics").json()["in_the_red_count"] == len(owing) > 2


def test_each_line_says_what_the_asked_day_brought(company: Company, flock: list[Popug], penny: Popug) -> None:
    yesterday = company.now().day
    company.time_passes(days=1)
    company.closes_yesterday()
    assert {each["day_cents"] for each in penny.get("/accounts").json()["items"]} == {0}
    for popug in flock:
        [line] = [each for each in penny.get("/accounts", day=str(yesterday)).json()["items"]
                  if each["person"]["id"] == str(popug.id)]  # fmt: skip
        assert line["day_cents"] == line["balance_cents"] == popug.balance()
    answer = penny.get("/accounts", day=str(yesterday)).json()
    assert (answer["day"], answer["today"]) == (str(yesterday), str(yesterday + timedelta(days=1)))


def test_who_left_is_there_with_an_account_and_not_without(company: Company, flock: list[Popug], penny: Popug) -> None:
    company.hire("Hannah Heron", "manager").leave()
    owing = next(popug for popug in flock if popug.balance() < 0)
    owing.leave()
    found = names_found(penny, "")
    assert owing.name in found
    assert "Hannah Heron" not in found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ann ara", ["Ann Ara", "Ann Ara the Second"]),
        ("  ARA   the ", ["Ann Ara the Second"]),
        ("ZOË", ["Zoë Ibis"]),
        ("zoë ibis", ["Zoë Ibis"]),
        ("анна", ["Жанна Сова", "анна Чиж"]),
        ("АННА", ["Жанна Сова", "анна Чиж"]),
        ("сова", ["Жанна Сова"]),
        ("%", ["100% Parrot"]),
        ("r_s", ["under_score"]),
        ("~", ["Bob ~ Budgie"]),
        ("nobody", []),
        ("ANN.ARA@uberpopug.example", ["Ann Ara"]),
        ("ara@uberpopug.example", []),
    ],
)
def test_words_find_names_and_an_address_finds_its_owner(
    flock: list[Popug], penny: Popug, words: str, found: list[str]
) -> None:
    assert sorted(names_found(penny, words)) == sorted(found)


def test_a_search_is_paged_and_combines_with_the_red(flock: list[Popug], penny: Popug) -> None:
    found = [each["person"]["name"] for each in leaf_through(penny, q="a", limit=1)]
    assert found == names_found(penny, "a")
    red = [each["person"]["name"] for each in leaf_through(penny, q="a", show="red", limit=1)]
    assert set(red) == {
        each["person"]["name"] for each in leaf_through(penny, q="a", limit=9) if each["balance_cents"] < 0
    }


@pytest.mark.parametrize(
    "query",
    [
        {"after": "nonsense"},
        {"after": "1~Ann"},
        {"after": "01910000-0000-7000-8000-00000000000a~much", "show": "red"},
        {"after": f"01910000-0000-7000-8000-00000000000a~{2**63}", "show": "red"},
        {"after": "01910000-0000-7000-8000-00000000000a~\x00"},
        {"q": "\x00"},
        {"q": "x" * 101},
        {"show": "black"},
        {"limit": 201},
    ],
)
def test_a_question_without_sense_is_refused(penny: Popug, query: dict[str, Any]) -> None:
    assert penny.get("/accounts", **query).status_code == 422


def test_the_company_shows_the_first_page_and_where_the_next_begins(company: Company, penny: Popug) -> None:
    for number in range(60):
        company.hire(f"Popug {number:02}")
    books = penny.get("/company").json()
    assert [each["person"]["name"] for each in books["accounts"]][:2] == ["Penny Parakeet", "Popug 00"]
    assert len(books["accounts"]) == 50
    rest = penny.get("/accounts", after=books["next_account"]).json()
    assert [each["person"]["name"] for each in rest["items"]] == [f"Popug {number}" for number in range(49, 60)]
    assert rest["next"] is None
