"""Accountants put mistakes right; whoever's account it is reads who did and why."""

import json
from collections.abc import Callable

import pytest

from frontend.corrections import cents_in
from frontend.tests.browser import Browser, path_of
from frontend.tests.cast import ANN, BOB, GOLD, ROOT, Popug
from frontend.tests.fake_backend import FakeBackend, ref
from frontend.tests.reading import Page

PATH = f"/accounting/accounts/{BOB.id}"
SaidBy = Callable[[Popug], Browser]


def test_an_accountant_gives_and_takes_back(browser_of: SaidBy, backend: FakeBackend) -> None:
    browser = browser_of(GOLD)
    form = {"amount": "12.50", "direction": "take", "reason": "Paid twice", "idempotency_key": "k1"}
    assert path_of(browser.post(f"{PATH}/corrections", form)) == f"{PATH}?notice=corrected"
    asked = backend.heard[-1]
    assert json.loads(asked.body) == {"amount_cents": -1250, "reason": "Paid twice"}
    assert asked.headers["idempotency-key"] == "k1"
    assert "put right by" in browser.open(PATH).text


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("12", 1200), ("12.50", 1250), ("12,5", 1250), ("$1,200.50", 120050), (" 1 200 ", 120000), ("1,200", 120000)],
)
def test_amounts_are_read_as_people_write_them(typed: str, cents: int) -> None:
    assert cents_in(typed) == cents


@pytest.mark.parametrize("typed", ["", "0", "-5", "1.005", "twelve", "NaN", "Infinity", "1e400", "1_0"])
def test_what_is_no_amount_is_refused_with_all_that_was_typed(
    browser_of: SaidBy, backend: FakeBackend, typed: str
) -> None:
    form = {"amount": typed, "direction": "take", "reason": "Paid twice"}
    answer = browser_of(GOLD).post(f"{PATH}/corrections", form)
    assert answer.status_code == 422
    page = Page(answer.text)
    assert page.one("input", id_="amount").attributes["aria-invalid"] == "true"
    assert page.one("input", id_="reason").attributes["value"] == "Paid twice"
    assert not [asked for asked in backend.heard if asked.method == "POST"]


def test_the_books_own_words_stand_at_their_field(browser_of: SaidBy) -> None:
    answer = browser_of(GOLD).post(f"{PATH}/corrections", {"amount": "5", "direction": "give", "reason": "x"})
    assert answer.status_code == 422
    page = Page(answer.text)
    assert page.one(id_="reason-error").text == "Write a reason of three letters or more."
    assert page.one(role="alert").text == "Write a reason of three letters or more.", "no field's name before it"


def test_whoever_comes_back_to_a_refused_form_finds_the_account(browser_of: SaidBy) -> None:
    browser = browser_of(GOLD)
    refused = Page(browser.post(f"{PATH}/corrections", {"amount": "", "direction": "give"}).text)
    way_back = refused.one("input", name="next").attributes["value"]
    switched = browser.post("/appearance", {"theme": "dark", "next": way_back})
    assert path_of(browser.get(path_of(switched))) == PATH


@pytest.mark.parametrize("direction", ["steal", ""])
def test_a_direction_is_one_of_the_two(browser_of: SaidBy, backend: FakeBackend, direction: str) -> None:
    form = {"amount": "5", "direction": direction, "reason": "Paid twice"}
    answer = browser_of(GOLD).post(f"{PATH}/corrections", form)
    assert answer.status_code == 422
    assert Page(answer.text).one("select", id_="direction").attributes["aria-invalid"] == "true"
    assert not [asked for asked in backend.heard if asked.method == "POST"]


def test_a_form_sent_before_with_another_amount_leads_to_the_log(browser_of: SaidBy) -> None:
    browser = browser_of(GOLD)
    form = {"amount": "5", "direction": "give", "reason": "Paid twice", "idempotency_key": "k1"}
    assert browser.post(f"{PATH}/corrections", form).status_code == 303
    answer = browser.post(f"{PATH}/corrections", {**form, "amount": "6"})
    assert answer.status_code == 422
    page = Page(answer.text)
    assert page.one(role="alert").text.startswith("This form was sent already.")
    assert page.one("input", name="idempotency_key").attributes["value"] != "k1"
    assert "put right by" in page.text


def test_nobody_is_offered_to_correct_their_own_account(browser_of: SaidBy) -> None:
    browser = browser_of(GOLD)
    assert not browser.open(f"/accounting/accounts/{GOLD.id}").all("input", id_="amount")
    assert browser.open(PATH).all("input", id_="amount")
    form = {"amount": "5", "direction": "give", "reason": "me"}
    assert browser.post(f"/accounting/accounts/{GOLD.id}/corrections", form).status_code == 403


def test_when_nobody_knows_whether_it_was_written_the_same_key_is_kept(
    browser_of: SaidBy, backend: FakeBackend
) -> None:
    browser = browser_of(GOLD)
    whose = browser.open(PATH).one("input", name="whose").attributes["value"]
    backend.fails_with = 503
    form = {"amount": "5", "direction": "give", "reason": "Paid twice", "idempotency_key": "k7", "whose": whose}
    answer = browser.post(f"{PATH}/corrections", form)
    assert answer.status_code == 503
    page = Page(answer.text)
    assert page.headings()[0] == "Correction for Bob Budgie"
    assert page.one("input", name="idempotency_key").attributes["value"] == "k7"
    assert page.one("input", id_="amount").attributes["value"] == "5"


def test_the_owner_sees_who_looked_how_often_and_when_last(browser_of: SaidBy, backend: FakeBackend) -> None:
    at = "2026-11-21T09:00:00Z"
    backend.visits = [{"person": ref(GOLD), "at": at, "times": 3}, {"person": ref(ROOT), "at": at, "times": 1}]
    page = browser_of(ANN).open("/accounting")
    assert "Who else looked at this account" in page.text
    assert f"{GOLD.name} 3 times, last Sat 21 Nov 12:00" in page.text
    assert f"{ROOT.name} once Sat 21 Nov 12:00" in page.text


def test_a_closed_day_shows_its_seal_and_hands_out_the_proof(browser_of: SaidBy, backend: FakeBackend) -> None:
    backend.add_entry(-1200, "fee", "Fix the perch", day="2026-11-20")
    browser = browser_of(ANN)
    assert "sealed" not in browser.open("/accounting").text
    page = browser.open("/accounting?day=2026-11-20")
    assert f"closed and sealed: {'5ea1' * 16}" in page.text
    proof = browser.get(page.links()["Save the proof of my entries"])
    assert proof.json()["day"] == "2026-11-20"
    assert proof.headers["content-disposition"].startswith("attachment")
    empty = browser.open("/accounting?day=2026-11-19")
    assert "sealed" in empty.text
    assert "Save the proof of my entries" not in empty.links(), "there is nothing to prove"


def test_the_companys_day_shows_the_seal_that_proofs_are_compared_with(browser_of: SaidBy) -> None:
    browser = browser_of(GOLD)
    assert "sealed" not in browser.open("/accounting/company").text
    assert f"closed and sealed: {'5ea1' * 16}" in browser.open("/accounting/company?day=2026-11-20").text


@pytest.mark.parametrize("path", ["/accounting", PATH])
def test_a_statement_is_saved_as_csv(browser_of: SaidBy, path: str) -> None:
    browser = browser_of(GOLD)
    answer = browser.get(browser.open(path).links()["Save as CSV"] if path == PATH else f"{path}/statement.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "statement.csv" in answer.text
