"""The company dashboard over many entries. They are made by one statement with the guards off: it is only read here."""

import random

import psycopg

from backend.accounting.company import company_books
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
    FROM person, generate_series(1, %(each)s) AS number, gen_random_uuid() AS task_id, generate_series(0, 1) AS side
"""


def measure_books(stage: Stage, entries: int, accounts: int) -> None:
    engine = stage.engine()
    found(engine, tasks=0, people=accounts, dice=random.Random(1), now=now)
    with psycopg.connect(stage.dsn) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(ENTRIES, {"each": entries // accounts // 2, "days": DAYS})
        closed = "INSERT INTO day (day, state) SELECT DISTINCT day, 'open' FROM entry"
        connection.execute(closed)
        connection.commit()
    stage.settle()
    looks = []
    for _ in range(LOOKS):
        with reading(engine) as books:
            looks.append(timed(lambda: company_books(books, today=now().day, shown=None, before=None)))
    print(f"{stage.name}: the company dashboard with {entries} entries of {accounts} accounts: {in_ms(looks)}")
    engine.dispose()
