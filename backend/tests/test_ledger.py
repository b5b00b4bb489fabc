"""The books: continuous, append-only, and defended by the database itself against everybody."""

from contextlib import suppress
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from backend.accounting.books import Kind, account, account_reading, day, entry, payout, seal_block
from backend.accounting.ledger import About, Movement, first_open_day, record
from backend.tasks.task import task
from backend.tests.company import Company, Popug

COLUMNS = (
    "(account_id, seq, amount_cents, balance_after_cents, kind, task_id, task_title, round_id, day, created_at, "
    "actor, reason)"
)
TAMPERING = {
    "an entry is changed": "UPDATE entry SET amount_cents = amount_cents - 1",
    "an entry is moved to another day": "UPDATE entry SET day = '2020-01-01'",
    "an entry is removed": "DELETE FROM entry",
    "a payout is changed": "UPDATE payout SET amount_cents = 1",
    "a payout is removed": "DELETE FROM payout",
    "a balance is raised": "UPDATE account SET balance_cents = balance_cents + 100",
    "a balance is raised with a number nobody wrote": (
        "UPDATE account SET balance_cents = balance_cents + 100, last_seq = last_seq + 1"
    ),
    "an account goes back to an older entry": "UPDATE account SET last_seq = 1",
    "an account goes back to a closed day": "UPDATE account SET open_day = '2020-01-01'",
    "an account with entries is removed": "DELETE FROM account",
    "an entry leaves a gap": (
        "INSERT INTO entry SELECT account_id, seq + 2, 100, 100, 'correction', NULL, NULL, NULL, day, "
        "created_at, account_id, 'why' FROM entry WHERE kind = 'payout'"
    ),
    "an entry does not add up": (
        "INSERT INTO entry SELECT account_id, seq + 1, 500, 999, 'correction', NULL, NULL, NULL, day, "
        "created_at, account_id, 'why' FROM entry WHERE kind = 'payout'"
    ),
    "a correction has no reason": (
        "INSERT INTO entry SELECT account_id, seq + 1, 500, 500, 'correction', NULL, NULL, NULL, day, "
        "created_at, account_id, NULL FROM entry WHERE kind = 'payout'"
    ),
    "a correction has a blank reason": (
        "INSERT INTO entry SELECT account_id, seq + 1, 500, 500, 'correction', NULL, NULL, NULL, day, "
        "created_at, account_id, '  ' FROM entry WHERE kind = 'payout'"
    ),
    "a correction was made by nobody": (
        "INSERT INTO entry SELECT account_id, seq + 1, 500, 500, 'correction', NULL, NULL, NULL, day, "
        "created_at, actor, 'why' FROM entry WHERE kind = 'payout'"
    ),
    "a seal is changed": "UPDATE day SET seal = closing.seal FROM day AS closing WHERE day.state = 'closed'",
    "a day is closed without a seal": "UPDATE day SET state = 'closed' WHERE state = 'open'",
    "a day is sealed before it is closed": (
        "UPDATE day SET seal = (SELECT seal FROM day WHERE state = 'closed') WHERE state = 'open'"
    ),
    "a closed day is written in": "INSERT INTO day (day, state) VALUES ('2026-01-01', 'closed')",
    "a block of a seal is changed": "UPDATE seal_block SET seq = seq + 1",
    "a block of a seal is removed": "DELETE FROM seal_block",
    "a closed day is changed": "UPDATE day SET fees_cents = 0 WHERE state = 'closed'",
    "a closed day is opened again": "UPDATE day SET state = 'open' WHERE state = 'closed'",
    "a closed day is removed": "DELETE FROM day WHERE state = 'closed'",
    "a second payout of one day": ("INSERT INTO payout SELECT account_id, day, amount_cents, entry_seq FROM payout"),
    "a price out of bounds": "INSERT INTO task {another} 'open', 1000, 4100, NULL FROM task WHERE status = 'open'",
    "a price in odd cents": "INSERT INTO task {another} 'open', 1050, 4000, NULL FROM task WHERE status = 'open'",
    "a task that is done on no day": (
        "INSERT INTO task {another} 'done', 1000, 4000, created_at FROM task WHERE status = 'open'"
    ),
    "a title with brackets": "INSERT INTO task {bracketed} 'open', 1000, 4000, NULL FROM task WHERE status = 'open'",
    "a fee is drawn again": "UPDATE task SET fee_cents = 1000 WHERE status = 'open'",
    "a reward is drawn again": "UPDATE task SET reward_cents = 4000 WHERE status = 'open'",
    "a task is called something else": "UPDATE task SET title = 'Something else' WHERE status = 'open'",
    "a task has another key": "UPDATE task SET key = 'POPUG-1' WHERE status = 'open'",
    "a task is described anew": "UPDATE task SET description = 'Something else' WHERE status = 'open'",
    "a task was made by somebody else": "UPDATE task SET created_by = assignee_id WHERE status = 'open'",
    "a task was made at another time": "UPDATE task SET created_at = '2020-01-01' WHERE status = 'open'",
    "a task that is done is opened again": "UPDATE task SET status = 'open', done_at = NULL, day_done = NULL",
    "a task was done on another day": "UPDATE task SET day_done = '2020-01-01' WHERE status = 'done'",
    "a task was done by somebody else": "UPDATE task SET assignee_id = created_by WHERE status = 'done'",
    "a task is removed": "DELETE FROM task",
    "a reading of an account is changed": "UPDATE account_reading SET reader = account_id",
    "a reading of an account is removed": "DELETE FROM account_reading",
}
NEW_TASK = "(id, title, description, assignee_id, created_by, created_at, status, fee_cents, reward_cents, done_at)"
SHORT = {
    "{another}": f"{NEW_TASK} SELECT created_by, title, description, assignee_id, created_by, created_at,",
    "{bracketed}": f"{NEW_TASK} SELECT created_by, '[x]', description, assignee_id, created_by, created_at,",
    "INTO entry SELECT": f"INTO entry {COLUMNS} SELECT",
}


@pytest.fixture
def paid_company(company: Company, ann: Popug, boss: Popug) -> Company:
    """Ann was charged, paid for her work, and paid out; Penny has looked; another task is open."""
    assert ann.completes(boss.creates()).status_code == 200
    company.time_passes(days=1)
    company.closes_yesterday()
    boss.creates()
    company.hire("Penny Parakeet", "accountant").get(f"/accounts/{ann.id}/statement")
    company.writing(lambda connection: first_open_day(connection, company.now().day))
    return company


@pytest.mark.parametrize("how", TAMPERING)
def test_the_database_refuses_when(paid_company: Company, how: str) -> None:
    before = snapshot(paid_company)
    with pytest.raises(IntegrityError), paid_company.house.engine.begin() as connection:
        connection.execute(text(in_full(TAMPERING[how])))
    assert snapshot(paid_company) == before


REPLACING = {
    "an entry, by its number": (
        "INTO entry SELECT account_id, seq, amount_cents, balance_after_cents, kind, task_id, task_title, round_id, "
        "day, created_at, account_id, reason FROM entry"
    ),
    "an entry, by its task": (
        "INTO entry SELECT actor, 1, amount_cents, amount_cents, kind, task_id, task_title, round_id, "
        "day, created_at, actor, reason FROM entry WHERE kind <> 'payout'"
    ),
    "an entry, by its payout": (
        "INTO entry SELECT account_id, seq + 1, -100, 0, kind, task_id, task_title, round_id, "
        "day, created_at, actor, reason FROM entry WHERE kind = 'payout'"
    ),
    "an account": "INTO account (id, balance_cents, last_seq, open_day) SELECT id, 0, 0, open_day FROM account",
    "a payout": "INTO payout (account_id, day, amount_cents, entry_seq) SELECT account_id, day, 1, 1 FROM payout",
    "a day": "INTO day (day, state) SELECT day, 'open' FROM day",
    "a block of a seal": (
        "INTO seal_block (day, position, account_id, seq, hash) "
        "SELECT day, position, account_id, 9, hash FROM seal_block"
    ),
    "a task": (
        "INTO task (id, title, description, assignee_id, created_by, created_at, status, fee_cents, reward_cents) "
        "SELECT id, title, description, assignee_id, created_by, created_at, 'open', 1000, 4000 FROM task"
    ),
    "a reading of an account": (
        "INTO account_reading (id, account_id, reader, created_at) SELECT id, account_id, account_id, created_at "
        "FROM account_reading"
    ),
}


@pytest.mark.parametrize("what", REPLACING)
def test_nothing_takes_the_place_of(paid_company: Company, what: str) -> None:
    """On SQLite a row that is replaced is gone, and the triggers of its removal hear nothing of it."""
    before, engine = snapshot(paid_company), paid_company.house.engine
    verb = "INSERT OR REPLACE" if engine.dialect.name == "sqlite" else "INSERT"
    with suppress(IntegrityError), engine.begin() as connection:
        connection.execute(text(f"{verb} {in_full(REPLACING[what])}"))
    assert snapshot(paid_company) == before


def test_there_is_no_half_a_cent(paid_company: Company) -> None:
    """PostgreSQL makes it a whole one."""
    half = (
        "INSERT INTO entry SELECT account_id, seq + 1, 0.5, 0.5, 'correction', NULL, NULL, NULL, day, created_at, "
        "account_id, 'why' FROM entry WHERE kind = 'payout'"
    )
    with suppress(IntegrityError), paid_company.house.engine.begin() as connection:
        connection.execute(text(in_full(half)))
    with paid_company.house.engine.connect() as connection:
        assert {type(cents) for cents in connection.scalars(select(entry.c.amount_cents))} == {int}


def in_full(statement: str) -> str:
    for short, long in SHORT.items():
        statement = statement.replace(short, long)
    return statement


def snapshot(company: Company) -> list[list[str]]:
    with company.house.engine.connect() as connection:
        tables = (entry, account, payout, day, seal_block, task, account_reading)
        return [sorted(str(row) for row in connection.execute(select(table))) for table in tables]


def test_postgresql_refuses_to_empty_the_books(paid_company: Company) -> None:
    """SQLite has no TRUNCATE; there the statement is refused as no statement at all."""
    for table in ("entry", "payout", "account", "task", "account_reading"):
        with pytest.raises(DBAPIError), paid_company.house.engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {table}"))


def test_movements_of_one_account_are_numbered_and_add_up(company: Company, ann: Popug, bob: Popug) -> None:
    def move(popug: Popug, kind: Kind, cents: int) -> Movement:
        task_id = uuid4()
        return Movement(popug.id, kind, cents, About(task_id, "Oil the door", task_id))

    movements = [
        move(ann, Kind.FEE, -1200),
        move(bob, Kind.FEE, -1000),
        move(ann, Kind.REWARD, 3000),
        move(ann, Kind.FEE, -1900),
    ]
    pages = company.writing(lambda connection: record(connection, movements, by=ann.id, at=company.now()))
    assert [(row.seq, row.balance_after_cents) for row in company.entries(ann)] == [(1, -1200), (2, 1800), (3, -100)]
    assert (pages[ann.id].balance_cents, pages[bob.id].balance_cents) == (-100, -1000)
    assert (ann.balance(), bob.balance()) == (-100, -1000)


def test_a_crash_between_the_steps_leaves_nothing_behind(
    company: Company, ann: Popug, boss: Popug, monkeypatch: pytest.MonkeyPatch
) -> None:
    chore = boss.creates()
    before = snapshot(company)

    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("backend.tasks.routes.show", crash)  # after the entry, the balance and the task were written
    assert ann.completes(chore).status_code == 500
    assert boss.post("/tasks", {"title": "Oil the door"}).status_code == 500
    monkeypatch.undo()
    assert snapshot(company) == before
    assert ann.completes(chore).status_code == 200
