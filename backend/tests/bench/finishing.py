""" "Done" per second: in one process, over HTTP, and what pgbench makes of the same five statements."""

import http.client
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.queues import Queue
from statistics import median
from uuid import UUID

from sqlalchemy import Engine, func, select, text

from backend.database import writing
from backend.demo.large_company import found
from backend.tasks.completion import complete
from backend.tasks.task import task
from backend.tests.bench.assigning import now
from backend.tests.bench.stage import Stage, pgbench
from backend.tests.issuer import Issuer, free_port

ROUNDS = 3

Work = Sequence[tuple[UUID, UUID]]  # tasks with who holds them

FIVE_STATEMENTS = """
\\set n random(1, {tasks})
BEGIN;
SELECT t.id AS tid, t.assignee_id AS who, t.reward_cents AS cents, t.title FROM task t
    JOIN bench_task b ON b.task_id = t.id WHERE b.number = :n FOR NO KEY UPDATE OF t \\gset
SELECT balance_cents AS bal, last_seq AS seq, open_day AS oday FROM account WHERE id = :who::uuid
    FOR NO KEY UPDATE \\gset
INSERT INTO entry (account_id, seq, amount_cents, balance_after_cents, kind, task_id, task_title, round_id, day,
    created_at, actor) VALUES (:who::uuid, :seq::bigint + 1, :cents::bigint, :bal::bigint + :cents::bigint, 'reward',
    :tid::uuid, 'a title as long as most', gen_random_uuid(), :oday::date, now(), :who::uuid);
UPDATE account SET balance_cents = :bal::bigint + :cents::bigint, last_seq = :seq::bigint + 1 WHERE id = :who::uuid;
UPDATE task SET status = 'done', done_at = now(), day_done = :oday::date WHERE id = :tid::uuid;
COMMIT;
"""


def measure_finishing(stage: Stage, tasks: int, people: int, seconds: int) -> None:
    engine = stage.engine()
    found(engine, tasks=tasks, people=people, dice=random.Random(1), now=now)
    if stage.name == "PostgreSQL":
        set_aside(engine, tasks // 4)
    work = deque(sample(engine, tasks // 4))
    stage.settle()
    for clients in (8, 32):
        measure_clients(stage, engine, work, clients, aside=tasks // 4, seconds=seconds)
    engine.dispose()


def set_aside(engine: Engine, count: int) -> None:
    """The oldest tasks, for pgbench alone: it pays without asking whether somebody was paid before."""
    oldest = f"SELECT id AS task_id FROM task ORDER BY id LIMIT {count}"
    with engine.begin() as connection:
        numbered = f"SELECT row_number() OVER (ORDER BY random()) AS number, task_id FROM ({oldest}) AS oldest"
        connection.execute(text(f"CREATE TABLE bench_task AS {numbered}"))
        connection.execute(text("ALTER TABLE bench_task ADD PRIMARY KEY (number)"))


def measure_clients(
    stage: Stage, engine: Engine, work: deque[tuple[UUID, UUID]], clients: int, *, aside: int, seconds: int
) -> None:
    rounds = [measure_once(stage, engine, work, clients, aside=aside, seconds=seconds) for _ in range(ROUNDS)]
    inside, over_http, plain = (median(each) for each in zip(*rounds, strict=True))
    said = f'{stage.name}, "Done" with {clients} clients: {inside:.0f}/s in one process, {over_http:.0f}/s over HTTP'
    if stage.name == "PostgreSQL":
        said += f"; pgbench {plain:.0f}/s, so {inside / plain:.2f} and {over_http / plain:.2f} of it"
    print(f"{said} (medians of {ROUNDS})", flush=True)


def measure_once(
    stage: Stage, engine: Engine, work: deque[tuple[UUID, UUID]], clients: int, *, aside: int, seconds: int
) -> tuple[float, float, float]:
    """Done a second in this process, over HTTP, and by pgbench (0 where there is none), one right after the other."""
    inside = in_process(engine, work, clients, seconds)
    over_http = through_http(stage, [work.pop() for _ in range(min(len(work) // 6, 1_000 * seconds))], clients, seconds)
    if stage.name != "PostgreSQL":
        return inside, over_http, 0
    return inside, over_http, pgbench(stage, FIVE_STATEMENTS.format(tasks=aside), clients=clients, seconds=seconds)


def sample(engine: Engine, but: int) -> Work:
    """Open tasks in any order, without the oldest."""
    others = select(task.c.id, task.c.assignee_id).order_by(task.c.id).offset(but).subquery()
    with engine.connect() as connection:
        rows = connection.execute(select(others).order_by(func.random()).limit(150_000))
        return [(row[0], row[1]) for row in rows]


def in_process(engine: Engine, work: deque[tuple[UUID, UUID]], clients: int, seconds: int) -> float:
    def finish() -> None:
        task_id, holder = work.popleft()
        writing(engine, lambda connection: complete(connection, task_id, by=holder, at=now()))

    return rate(lambda: finish, clients, seconds)


def rate(make: Callable[[], Callable[[], None]], clients: int, seconds: int) -> float:
    """How often a second all of the clients together do it, each as fast as it can."""
    begun, until = threading.Barrier(clients + 1, timeout=60), [0.0]

    def run() -> int:
        deed, times = make(), 0
        deed()
        begun.wait()  # broken for all when one of them never comes
        while time.perf_counter() < until[0]:
            deed()
            times += 1
        return times

    with ThreadPoolExecutor(clients) as pool:
        running = [pool.submit(run) for _ in range(clients)]
        until[0] = time.perf_counter() + 3600
        begun.wait()
        began = time.perf_counter()
        until[0] = began + seconds
        return sum(each.result() for each in running) / (time.perf_counter() - began)


def through_http(stage: Stage, work: Work, clients: int, seconds: int) -> float:
    """One serving process; the clients are threads of another."""
    issuer, port = Issuer(), free_port()
    issuer.start()
    tokens = {holder: "" for _, holder in work}
    for holder in tokens:
        tokens[holder] = issuer.sign(issuer.claims(holder, "worker", 1, now=int(time.time())))
    context = multiprocessing.get_context("spawn")
    answers: Queue[float] = context.Queue()
    asked = [(str(task_id), tokens[holder]) for task_id, holder in work]
    with tempfile.TemporaryDirectory() as folder:
        server = serve(stage, issuer, port, folder)
        try:
            client = context.Process(target=ask, args=(port, asked, clients, seconds, answers), daemon=True)
            client.start()
            return answers.get(timeout=seconds + 90)
        finally:
            server.kill()
            server.wait()
            issuer.stop()


def serve(stage: Stage, issuer: Issuer, port: int, folder: str) -> "subprocess.Popen[bytes]":
    settings = {
        "ATES_VAR": folder,
        "BACKEND_DATABASE_URL": stage.url,
        "BACKEND_PORT": str(port),
        "BACKEND_ISSUER": issuer.url,
        "BACKEND_CLIENT_SECRET": "for measurements",
    }
    command = [sys.executable, "-c", "from backend.command_line import app; app()", "serve"]
    server = subprocess.Popen(command, env={**os.environ, **settings})
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return server
        except OSError:
            pass
        time.sleep(0.1)
    raise TimeoutError("the backend did not get ready")


def ask(port: int, work: list[tuple[str, str]], clients: int, seconds: int, answers: "Queue[float]") -> None:
    waiting = deque(work)

    def client() -> Callable[[], None]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

        def finish() -> None:
            task_id, token = waiting.popleft()
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": task_id}
            connection.request("POST", f"/tasks/{task_id}/completion", headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status == 200, body

        return finish

    answers.put(rate(client, clients, seconds))
