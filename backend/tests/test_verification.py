"""`backend verify` finds planted damage, whatever it is, and nothing where there is none."""

import pytest
from sqlalchemy import text

from backend.tests.company import Company, Popug
from backend.verification import verify

DAMAGE = {
    "an account's entries are numbered without a gap": "DELETE FROM entry WHERE seq = 1",
    "each balance is the one before plus the amount": "UPDATE entry SET amount_cents = 2100 WHERE kind = 'reward'",
    "an account stands where its last entry left it": "UPDATE account SET balance_cents = balance_cents + 100",
    "every entry belongs to an account": "DELETE FROM account",
    "days never go back along an account's entries": "UPDATE entry SET day = '2020-01-01' WHERE kind = 'payout'",
    "no entry lies after its account's open day": "UPDATE account SET open_day = '2020-01-01'",
    "each payout has its entry": "UPDATE payout SET amount_cents = amount_cents + 100",
    "each payout entry has its payout": "DELETE FROM payout",
    "a positive balance does not outlive its day": "DELETE FROM entry WHERE kind = 'payout'",
    "a closed day has the totals of its entries": "UPDATE day SET rewards_cents = rewards_cents + 100",
    "no account is open on a closed day": "UPDATE account SET open_day = '2026-03-04'",
    "each payout has its letter, with the same amount": "DELETE FROM outbox",
    "each letter about a payout has its payout": "UPDATE outbox SET dedup = dedup || 'x'",
    "a letter about a payout waits for the seal of its day": "UPDATE outbox SET awaits_day = '2026-03-04'",
    "fees and rewards are whole dollars within the bounds of A4": (
        "UPDATE entry SET amount_cents = -1050 WHERE kind = 'fee'"
    ),
    "a correction has a reason and the name of who made it": (
        "UPDATE entry SET actor = account_id WHERE kind = 'correction'"
    ),
    "days are closed one after the other": "INSERT INTO day (day, state) VALUES ('2026-03-01', 'open')",
    "a closed day is sealed over its entries and the day before": (
        "UPDATE entry SET task_title = 'x' WHERE kind = 'fee'"
    ),
    "each task was charged once when it was created": "DELETE FROM entry WHERE kind = 'fee'",
    "every fee is the task's own price": "UPDATE entry SET amount_cents = amount_cents - 100 WHERE kind = 'fee'",
    "every reward is the task's own price, paid to who held it, on the day it was done": (
        "UPDATE task SET day_done = '2020-01-01' WHERE status = 'done'"
    ),
    "each task that is done was paid once, and no other": (
        "UPDATE task SET status = 'open', done_at = NULL, day_done = NULL WHERE status = 'done'"
    ),
    "who holds a task was charged for it": (
        "UPDATE task SET assignee_id = (SELECT id FROM person WHERE role = 'manager') WHERE status = 'open'"
    ),
    "a reassignment charged what it says": "UPDATE reassignment SET fees_cents = fees_cents + 100",
    "a reassignment left unchanged what it says": "UPDATE reassignment SET unchanged = unchanged + 1",
}


@pytest.fixture
def history(company: Company, ann: Popug, bob: Popug, boss: Popug, penny: Popug) -> Company:
    boss.creates()
    boss.post("/reassignments")
    for _ in range(12):
        boss.creates()
    for popug in (ann, bob):
        for task in popug.get("/tasks").json()["items"]:
            popug.completes(task)
    boss.creates()
    penny.post(f"/accounts/{ann.id}/corrections", {"amount_cents": 250, "reason": "a fee too many"})
    company.time_passes(days=1)
    company.closes_yesterday()
    return company


def disarm(company: Company) -> None:
    """As somebody with all rights on the database would: the triggers are off."""
    with company.house.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            for table in ("entry", "account", "payout", "day"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        else:
            triggers = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
            for name in triggers.scalars().all():
                connection.execute(text(f"DROP TRIGGER {name}"))


def test_true_books_are_found_right(history: Company) -> None:
    with history.house.engine.connect() as connection:
        assert verify(connection) == []


def test_every_planted_damage_is_found_and_named(history: Company) -> None:
    disarm(history)
    for promise, damage in DAMAGE.items():
        with history.house.engine.connect() as connection:
            connection.execute(text(damage))
            broken = {each.promise: each.where for each in verify(connection)}
            assert promise in broken, (promise, broken)
            assert broken[promise]
            connection.rollback()


def test_every_promise_has_its_damage(history: Company) -> None:
    from backend.accounting.promises import PROMISES as OF_THE_BOOKS
    from backend.tasks.promises import PROMISES as OF_TASKS

    assert set(OF_THE_BOOKS) | set(OF_TASKS) | {"a closed day is sealed over its entries and the day before"} == set(
        DAMAGE
    )
