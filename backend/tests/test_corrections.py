"""Corrections: by accountants and admins, with a reason, on the open day, seen by the popug and in company books."""

from datetime import date
from uuid import uuid4

import pytest

from backend.tests.company import Company, Popug
from backend.verification import verify

PAID_TWICE = {"amount_cents": -250, "reason": "the perch was paid for twice"}


def correct(by: Popug, whose: Popug, **changes: object) -> dict[str, object]:
    answer = by.post(f"/accounts/{whose.id}/corrections", {**PAID_TWICE, **changes})
    assert answer.status_code == 201, answer.text
    told: dict[str, object] = answer.json()
    return told


def test_a_correction_is_an_entry_with_a_reason_and_a_name(ann: Popug, penny: Popug) -> None:
    told = correct(penny, ann)
    [entry] = ann.get("/accounts/me/statement").json()["entries"]
    assert told == {"entry": entry, "balance_cents": -250}
    assert (entry["kind"], entry["amount_cents"], entry["task"]) == ("correction", -250, None)
    assert (entry["reason"], entry["actor"]["name"]) == ("the perch was paid for twice", "Penny Parakeet")


def test_the_company_sees_corrections_apart_from_what_it_earned(
    company: Company, ann: Popug, boss: Popug, penny: Popug, chief: Popug
) -> None:
    task = boss.creates()
    correct(penny, ann, amount_cents=5000)
    correct(chief, ann)
    day = penny.get("/company").json()["day"]
    assert (day["corrections_cents"], day["earned_cents"]) == (4750, task["fee_cents"])
    assert chief.get("/analytics").json()["earned_today_cents"] == task["fee_cents"]
    assert ann.get("/accounts/me/statement").json()["corrections_cents"] == 4750
    company.closes(date(2026, 3, 4))
    assert penny.get("/company").json()["day"]["corrections_cents"] == 4750
    with company.house.engine.connect() as connection:
        assert verify(connection) == []


def test_what_a_correction_gives_is_paid_out_at_the_end_of_the_day(company: Company, ann: Popug, penny: Popug) -> None:
    correct(penny, ann, amount_cents=1234)
    company.time_passes(days=1)
    [closing] = company.closes_yesterday()
    assert closing.payouts_cents == 1234


def test_a_correction_is_undone_by_its_opposite(ann: Popug, penny: Popug) -> None:
    correct(penny, ann)
    correct(penny, ann, amount_cents=250, reason="it was not paid for twice after all")
    assert ann.balance() == 0
    assert len(ann.get("/accounts/me/statement").json()["entries"]) == 2


def test_a_correction_lands_on_the_open_day_whatever_the_clock_says(
    company: Company, ann: Popug, boss: Popug, penny: Popug
) -> None:
    boss.creates()
    company.closes(date(2026, 3, 4))
    correct(penny, ann)
    assert company.entries(ann)[-1].day == date(2026, 3, 5)


def test_one_key_one_correction(ann: Popug, penny: Popug) -> None:
    answers = [penny.post(f"/accounts/{ann.id}/corrections", PAID_TWICE, key="once") for _ in range(3)]
    assert len({answer.text for answer in answers}) == 1
    assert ann.balance() == -250


def test_workers_and_managers_correct_nothing(ann: Popug, bob: Popug, boss: Popug) -> None:
    for popug in (ann, bob, boss):
        answer = popug.post(f"/accounts/{ann.id}/corrections", PAID_TWICE)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/role-too-small")
    assert ann.balance() == 0


def test_nobody_corrects_their_own_account(penny: Popug, chief: Popug) -> None:
    for popug in (penny, chief):
        answer = popug.post(f"/accounts/{popug.id}/corrections", {**PAID_TWICE, "amount_cents": 999})
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/own-account")
    correct(chief, penny)
    assert penny.balance() == -250


def test_nobodys_account_is_not_corrected(penny: Popug) -> None:
    assert penny.post(f"/accounts/{uuid4()}/corrections", PAID_TWICE).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount_cents": 0},
        {"amount_cents": 12.5},
        {"amount_cents": "250"},
        {"amount_cents": True},
        {"amount_cents": 10**12},
        {"amount_cents": None},
        {"reason": "  "},
        {"reason": "ok"},
        {"reason": "x" * 501},
        {"reason": "two\nlines of it"},
    ],
)
def test_a_correction_without_sense_is_refused(ann: Popug, penny: Popug, wrong: dict[str, object]) -> None:
    answer = penny.post(f"/accounts/{ann.id}/corrections", {**PAID_TWICE, **wrong})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, next(iter(wrong)))
    assert ann.balance() == 0


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"amount_cents": 0}, "An amount of $0 would correct nothing."),
        ({"amount_cents": 100_000_001}, "At most $1,000,000 can be corrected at once."),
        ({"amount_cents": -100_000_001}, "At most $1,000,000 can be corrected at once."),
        ({"reason": " x "}, "Write a reason of three letters or more."),
        ({"reason": "x" * 501}, "A reason has at most 500 characters."),
        ({"reason": "two\nlines of it"}, "A reason is one line of printable text."),
    ],
)
def test_what_does_not_fit_is_said_in_words_for_people(
    ann: Popug, penny: Popug, wrong: dict[str, object], sentence: str
) -> None:
    answer = penny.post(f"/accounts/{ann.id}/corrections", {**PAID_TWICE, **wrong})
    assert [each["message"] for each in answer.json()["errors"]] == [sentence]
