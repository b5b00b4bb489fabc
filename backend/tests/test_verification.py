"""`backend verify` finds planted damage, whatever it is, and nothing where there is none."""

import pytest
from sqlalchemy import text

from backend.accounting.guards import GUARDS, triggers_in_force
from backend.accounting.promises import PROMISES as OF_THE_BOOKS
from backend.tasks.promises import PROMISES as OF_TASKS
from backend.tests.company import Company, Popug
from backend.verification import CHECKS, verify

GUARDED = "what guards the books is in force"

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
    "money is in whole cents": "UPDATE payout SET amount_cents = amount_cents + 0.5",
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
    "an account's open day has begun": "UPDATE account SET open_day = '2099-01-01'",
    "only a closed day has totals, a seal and the time of its closing": "UPDATE day SET closed_at = NULL",
    "blocks are kept of sealed days only": "UPDATE day SET seal = NULL",
    "a payout is nobody's order": "UPDATE entry SET actor = account_id WHERE kind = 'payout'",
    "a letter goes to whom and is about what it was posted for": """UPDATE outbox SET payload = '{"day": null}'""",
    "a letter that was sent is not a dead one": "UPDATE outbox SET sent_at = created_at, dead_at = created_at",
    "a task is with whom its last round sent it, or still with its first": "UPDATE task SET assignee_id = created_by",
    "a task that was dealt anew says so": "UPDATE task SET round_id = NULL",
    "an entry calls its task what it is called": "UPDATE task SET title = 'x'",
    "a first fee and a reward are of the moment and by the popug that their task tells": (
        "UPDATE task SET created_by = assignee_id"
    ),
    "every other fee belongs to a reassignment, by whoever pressed": "UPDATE reassignment SET actor = id",
    "what stayed in a reassignment belongs to one": "DELETE FROM reassignment",
    "whom a reassignment brought tasks has a letter, unless they chose otherwise": "DELETE FROM outbox",
    "a letter about new work is to whom a reassignment charged": "UPDATE outbox SET dedup = dedup || 'x'",
    "a reassignment gave each task to whoever the draw names": "UPDATE reassignment SET seed = roster_hash",
    "a reassignment tells what it changed for whom": "UPDATE reassignment SET changes = '{}'",
    "a reassignment charged what it says": "UPDATE reassignment SET fees_cents = fees_cents + 100",
    "a reassignment left unchanged what it says": "UPDATE reassignment SET unchanged = unchanged + 1",
}


@pytest.fixture
def history(company: Company, ann: Popug, bob: Popug, boss: Popug, penny: Popug) -> Company:
    """Whatever is drawn, some tasks moved and some stayed, some of both are open, and Ann is paid out."""
    chores = "\n".join(f"Chore {number}" for number in range(60))
    headers = {**boss.headers(), "Content-Type": "text/csv"}
    assert company.client.post("/imports", content=f"Title\n{chores}", headers=headers).status_code == 200
    boss.post("/reassignments")
    for _ in range(6):
        boss.creates()
    for popug in (ann, bob):
        for task in popug.get("/tasks").json()["items"][::3]:
            popug.completes(task)
    boss.creates()
    penny.post(f"/accounts/{ann.id}/corrections", {"amount_cents": 300_000, "reason": "a good year"})
    company.time_passes(days=1)
    company.closes_yesterday()
    return company


def test_true_books_are_found_right(history: Company) -> None:
    with history.house.engine.connect() as connection:
        assert verify(connection) == []


def test_every_planted_damage_is_found_and_named(history: Company) -> None:
    history.disarm()
    for promise, damage in DAMAGE.items():
        with history.house.engine.connect() as connection:
            if connection.dialect.name == "postgresql" and "0.5" in damage:  # its columns of integers round
                connection.execute(text("ALTER TABLE payout ALTER COLUMN amount_cents TYPE numeric"))
            connection.execute(text(damage))
            broken = {each.promise: each.where for each in verify(connection)}
            assert promise in broken, (promise, broken)
            assert broken[promise]
            connection.rollback()


def test_every_promise_has_its_damage() -> None:
    assert OF_THE_BOOKS.keys() | OF_TASKS.keys() | CHECKS.keys() == DAMAGE.keys() | {GUARDED}


SLY = {  # what looks like an honest row and is none
    "an account that nobody ever opened": (
        "INSERT INTO account SELECT id, 0, 0, '2001-01-01' FROM person WHERE role = 'manager'",
        "no account is open on a closed day",
    ),
    "a task given back to who held it before": (
        "UPDATE task SET assignee_id = (SELECT account_id FROM entry WHERE task_id = task.id AND kind = 'fee' "
        "AND account_id <> assignee_id LIMIT 1) WHERE status = 'open' AND EXISTS (SELECT 1 FROM entry "
        "WHERE task_id = task.id AND kind = 'fee' AND account_id <> assignee_id)",
        "a task is with whom its last round sent it, or still with its first",
    ),
    "a letter without its amount": (
        "UPDATE outbox SET payload = '{}' WHERE topic = 'payout'",
        "each payout has its letter, with the same amount",
    ),
    "a letter that waits for another day": (
        "UPDATE outbox SET awaits_day = '2099-01-01', sent_at = created_at WHERE topic = 'payout'",
        "a letter about a payout waits for the seal of its day",
    ),
    "a closed day opened again": (
        "UPDATE day SET state = 'open', seal = NULL, closed_at = NULL",
        "blocks are kept of sealed days only",
    ),
    "a closed day that never was": ("DELETE FROM day WHERE state = 'closed'", "blocks are kept of sealed days only"),
    "a fee of a reassignment that never was": (
        "DELETE FROM reassignment",
        "every other fee belongs to a reassignment, by whoever pressed",
    ),
    "a roster that lost somebody": (
        "UPDATE roster SET members = (SELECT seed FROM reassignment LIMIT 1)",
        "a reassignment gave each task to whoever the draw names",
    ),
    "a roster that is no list of ids": (
        "UPDATE roster SET members = '12345'",
        "a reassignment gave each task to whoever the draw names",
    ),
    "no roster at all": ("DELETE FROM roster", "a reassignment gave each task to whoever the draw names"),
}


def test_what_looks_honest_is_found_too(history: Company) -> None:
    history.disarm()
    for what, (damage, promise) in SLY.items():
        with history.house.engine.connect() as connection:
            assert connection.execute(text(damage)).rowcount, what
            assert promise in {each.promise for each in verify(connection)}, what
            connection.rollback()


def guards(company: Company) -> dict[tuple[str, str], str]:
    dialect = company.house.engine.dialect.name
    return {(table, each): words for table, triggers in GUARDS[dialect].items() for each, words in triggers.items()}


def test_every_trigger_there_is_guards_the_books(company: Company) -> None:
    """Word for word: whoever changes one in a migration writes its new fingerprint down."""
    with company.house.engine.connect() as connection:
        assert triggers_in_force(connection) == guards(company)


DISARMED = {
    "postgresql": (
        "DROP TRIGGER {trigger} ON {table}",
        "ALTER TABLE {table} DISABLE TRIGGER {trigger}",
        "ALTER TABLE {table} ENABLE REPLICA TRIGGER {trigger}",
    ),
    "sqlite": ("DROP TRIGGER {trigger}",),
}


def test_a_trigger_that_is_gone_or_asleep_is_named(company: Company) -> None:
    for table, trigger in guards(company):
        with company.house.engine.connect() as connection:
            for how in DISARMED[connection.dialect.name]:
                connection.execute(text(how.format(table=table, trigger=trigger)))
                [broken] = verify(connection)
                assert (broken.promise, broken.where) == (GUARDED, [f"{trigger} of {table}"])
                connection.rollback()


EMPTIED = {
    "postgresql": [
        "CREATE OR REPLACE FUNCTION check_entry_continues() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RETURN NULL; END $$"
    ],
    "sqlite": [
        "DROP TRIGGER entry_continues",
        "CREATE TRIGGER entry_continues BEFORE INSERT ON entry BEGIN SELECT 1; END",
    ],
}


def test_a_trigger_that_says_something_else_is_named(company: Company) -> None:
    with company.house.engine.connect() as connection:
        for statement in EMPTIED[connection.dialect.name]:
            connection.execute(text(statement))
        [broken] = verify(connection)
        assert (broken.promise, broken.where) == (GUARDED, ["entry_continues of entry"])


UNLOCKED = {
    "postgresql": {
        "ux_entry_task": "DROP INDEX ux_entry_task",
        "ux_reassignment_running": "DROP INDEX ux_reassignment_running",
        "pk_entry": "ALTER TABLE entry DROP CONSTRAINT pk_entry",
        "ck_task_reward": "ALTER TABLE task DROP CONSTRAINT ck_task_reward",
    },
    "sqlite": {name: f"DROP INDEX {name}" for name in ("ux_entry_task", "ux_entry_payout", "ux_reassignment_running")},
}


def test_a_key_or_a_check_that_is_gone_is_named(company: Company) -> None:
    for name, statement in UNLOCKED[company.house.engine.dialect.name].items():
        with company.house.engine.connect() as connection:
            connection.execute(text(statement))
            [broken] = verify(connection)
            assert (broken.promise, broken.where) == (GUARDED, [name])
            connection.rollback()
