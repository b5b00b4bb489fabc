"""The company's pages over many entries. They are made by one statement with the guards off: it is only read here."""

import random
from collections.abc import Callable
from functools import partial

import psycopg
from sqlalchemy import Connection

from backend.accounting.company import company_books
from backend.accounting.company_accounts import WantedAccounts, list_accounts
from backend.accounting.company_periods import list_periods
from backend.analytics.in_the_red import deepest_in_the_red
from backend.database import reading
from backend.demo.large_company import found
from backend.tests.bench.assigning import now
from backend.tests.bench.stage import Stage, in_ms, timed

LOOKS = 100
DAYS = 90

ENTRIES = """
    INSERT INTO entry (account_id, seq, amount_cents, balance_after_cents, kind, task_id, task_title, round_id, day,
        created_at, actor)
    SELECT id, 2 * number - 1 + side, CASE side WHEN 0 THEN -1500 ELSE 1500 END, CASE side WHEN 0 THEN -1500 ELSE 0 END,
        CASE side WHEN 0 THEN 'fee' ELSE 'reward' END, task_id, 'Oil the door of the main aviary', task_id,
        current_date - ((%(each)s - number) * %(days)s / %(each)s)::int, now(), id
    FROM person, generate_series(1, %(each)s) AS number, generate_series(0, 1) AS side,
        LATERAL (SELECT md5(id::text || number)::uuid AS task_id) AS made_up
"""

ACCOUNTS = """
    INSERT INTO account (id, balance_cents, last_seq, open_day)
    SELECT id, CASE WHEN random() < 0.5 THEN -1500 ELSE 0 END, %(last)s, current_date FROM person
"""

DAYS_BEFORE = """
    INSERT INTO day (day, state, entries, fees_cents, rewards_cents, seal)
    SELECT day, CASE WHEN day < current_date THEN 'closed' ELSE 'open' END, count(*),
        -sum(amount_cents) FILTER (WHERE kind = 'fee'), sum(amount_cents) FILTER (WHERE kind = 'reward'),
        CASE WHEN day < current_date THEN sha256('a seal') END
    FROM entry GROUP BY day
"""


def measure_books(stage: Stage, entries: int, accounts: int) -> None:
    engine = stage.engine()
    found(engine, tasks=0, people=accounts, dice=random.Random(1), now=now)
    each = entries // accounts // 2
    with psycopg.connect(stage.dsn) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(ENTRIES, {"each": each, "days": DAYS})
        connection.execute(ACCOUNTS, {"last": 2 * each})
        connection.execute(DAYS_BEFORE)
        connection.commit()
    stage.settle()
    print(f"{stage.name}: {entries} entries of {accounts} accounts, {entries // DAYS} of them today")
    for name, page in pages().items():
        looks = []
        for _ in range(LOOKS):
            with reading(engine) as books:
                looks.append(timed(partial(page, books)))
        print(f"  {name}: {in_ms(looks)}", flush=True)
    engine.dispose()


def pages() -> dict[str, Callable[[Connection], object]]:
    today = now().day
    return {
        "the company dashboard": lambda books: company_books(books, today=today, shown=None, before=None),
        "its weeks": lambda books: list_periods(books, "week", today=today, before=None),
        "its accounts": lambda books: list_accounts(books, WantedAccounts(), shown=today),
        "its accounts in the red": lambda books: list_accounts(books, WantedAccounts("red"), shown=today),
        "the deepest in the red": deepest_in_the_red,
    }
