"""Assign tasks, as a multiple of the plain statements over as many rows, while others finish tasks and look around."""

import multiprocessing
import random
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from uuid import UUID

from sqlalchemy import Connection, Engine, func, select, text

from backend.accounting.accounts import balance_of
from backend.business_day import Moment, utc_now
from backend.database import open_engine, reading, writing
from backend.demo.large_company import found
from backend.errors import Refused
from backend.people.roster import Lot
from backend.settings import Settings
from backend.tasks import board
from backend.tasks.completion import complete
from backend.tasks.dealer import Dealer
from backend.tasks.draw_check import check_draw
from backend.tasks.reassignment import press
from backend.tasks.rounds import reassignment
from backend.tasks.task import task
from backend.tests.bench.stage import Stage, in_ms, timed
from backend.verification import verify

CALENDAR = Settings().calendar
ROLES = ("worker", "accountant")
BOSS = UUID(int=7)
PACE_SECONDS = 0.05  # between two deeds of one thread

PLAIN = {
    "PostgreSQL": (
        "CREATE TABLE plain_task (LIKE task INCLUDING ALL)",
        "CREATE TABLE plain_entry (LIKE entry INCLUDING ALL)",
        "UPDATE plain_task SET assignee_id = md5(id::text)::uuid, round_id = '00000000-0000-0000-0000-000000000001'",
        "md5(id::text)::uuid",
        "'00000000-0000-0000-0000-000000000001'::uuid",
    ),
    "SQLite": (
        "CREATE TABLE plain_task AS SELECT * FROM task WHERE false",
        "CREATE TABLE plain_entry AS SELECT * FROM entry WHERE false",
        "UPDATE plain_task SET assignee_id = lower(hex(randomblob(16))), round_id = '00000000000000000000000000000001'",
        "lower(hex(randomblob(16)))",
        "'00000000000000000000000000000001'",
    ),
}


def measure_assigning(stage: Stage, tasks: int, people: int) -> None:
    engine = stage.engine()
    seconds = timed(lambda: found(engine, tasks=tasks, people=people, dice=random.Random(1), now=now))
    print(f"{stage.name}: {tasks} open tasks with {people} popugs, made up in {seconds:.0f} s")
    stage.settle()
    plain = plain_statements(stage, engine)
    print(f"  plain UPDATE + plain INSERT … SELECT of {tasks} rows: {plain:.1f} s")
    stage.settle()
    measure_quiet(stage)
    with Meanwhile(stage) as others:
        round_id, dealer, seconds = assign(engine)
    print(f"  Assign tasks: {seconds:.1f} s = {seconds / plain:.2f} of these; at last {dealer.pace.size} tasks a step")
    print(f"  meanwhile: Done {in_ms(others.done)}; board {in_ms(others.read)}")
    with reading(engine) as connection:
        row = connection.execute(select(reassignment).where(reassignment.c.id == round_id)).one()
        draw, broken = check_draw(connection, round_id), verify(connection)
    print(f"  {row.done} dealt, {row.unchanged} unchanged, {row.skipped} finished meanwhile; "
          f"{len(draw.differences)} differences in the draw, {len(broken)} broken promises")  # fmt: skip
    engine.dispose()


def now() -> Moment:
    return CALENDAR.moment(utc_now())


def plain_statements(stage: Stage, engine: Engine) -> float:
    """On tables of the same shape and indexes, without triggers: an UPDATE of every task, an entry for every task."""
    new_task, new_entry, update, someone, occasion = PLAIN[stage.name]
    insert = f"""
        INSERT INTO plain_entry (account_id, seq, amount_cents, balance_after_cents, kind, task_id, task_title,
            round_id, day, created_at, actor)
        SELECT {someone}, 2, -fee_cents, -fee_cents, 'fee', id, title, {occasion}, current_date, created_at, id
        FROM plain_task
    """
    with engine.begin() as connection:
        connection.execute(text(new_task))
        connection.execute(text(new_entry))
        for table in ("task", "entry") if stage.name == "SQLite" else ():
            copy_indexes(connection, table)
        connection.execute(text("INSERT INTO plain_task SELECT * FROM task"))
        connection.execute(text("INSERT INTO plain_entry SELECT * FROM entry"))
    stage.settle()

    def run() -> None:
        for statement in (update, insert):
            with engine.begin() as connection:
                connection.execute(text(statement))

    seconds = timed(run)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE plain_task"))
        connection.execute(text("DROP TABLE plain_entry"))
    return seconds


def copy_indexes(connection: Connection, table: str) -> None:
    found_sql = "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :name AND sql IS NOT NULL"
    for sql in connection.scalars(text(found_sql), {"name": table}).all():
        place = sql.index(" ON ")
        head, tail = sql[:place], sql[place:]
        connection.execute(text(f"{head}_plain {tail.replace(f'ON {table}', f'ON plain_{table}', 1)}"))
    key = "id" if table == "task" else "account_id, seq"
    connection.execute(text(f"CREATE UNIQUE INDEX pk_{table}_plain ON plain_{table} ({key})"))


def assign(engine: Engine) -> tuple[UUID, Dealer, float]:
    lot, dealer = Lot(random.SystemRandom(), ROLES), Dealer(engine, ROLES, now)
    began = time.perf_counter()
    pressed = writing(engine, lambda connection: press(connection, seen=None, by=BOSS, at=now(), lot=lot))
    dealer.look()
    return pressed.round_id, dealer, time.perf_counter() - began


def measure_quiet(stage: Stage) -> None:
    with Meanwhile(stage) as others:
        time.sleep(5)
    print(f"  before: Done {in_ms(others.done)}; board {in_ms(others.read)}")


class Meanwhile:
    """Another process in which two threads finish tasks and two look at boards, at an even pace."""

    def __init__(self, stage: Stage) -> None:
        context = multiprocessing.get_context("spawn")
        self.begun, self.stop = context.Event(), context.Event()
        self.answers: Queue[tuple[list[float], list[float]]] = context.Queue()
        arguments = (stage.url, self.begun, self.stop, self.answers)
        self.process = context.Process(target=work_and_look, args=arguments, daemon=True)
        self.done: list[float] = []
        self.read: list[float] = []

    def __enter__(self) -> "Meanwhile":
        self.process.start()
        assert self.begun.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.done, self.read = self.answers.get(timeout=60)
        self.process.join(10)


def work_and_look(url: str, begun: Event, stop: Event, answers: "Queue[tuple[list[float], list[float]]]") -> None:
    engine = open_engine(url)
    with engine.connect() as connection:
        sample = select(task.c.id).where(task.c.status == "open").order_by(func.random()).limit(20_000)
        ids = list(connection.scalars(sample))
    waiting = deque(ids)
    done: list[float] = []
    read: list[float] = []
    with ThreadPoolExecutor(4) as pool:
        for _ in range(2):
            pool.submit(keep, stop, lambda: done.append(finish(engine, waiting.popleft())))
            pool.submit(keep, stop, lambda: read.append(look(engine, random.choice(ids))))
        begun.set()
    answers.put((done, read))


def keep(stop: Event, deed: Callable[[], None]) -> None:
    while not stop.wait(PACE_SECONDS):
        deed()


def finish(engine: Engine, task_id: UUID) -> float:
    """By whoever holds it; a round may be faster, and then that is the answer."""
    with reading(engine) as connection:
        holder = connection.execute(select(task.c.assignee_id).where(task.c.id == task_id)).scalar_one()

    def run() -> None:
        with suppress(Refused):
            writing(engine, lambda connection: complete(connection, task_id, by=holder, at=now()))

    return timed(run)


def look(engine: Engine, task_id: UUID) -> float:
    """As GET /tasks reads for a worker."""

    def run() -> None:
        with reading(engine) as connection:
            viewer = connection.execute(select(task.c.assignee_id).where(task.c.id == task_id)).scalar_one()
            mine = board.wanted(viewer, show="mine", status="open", assignee=None, words="")
            board.page(connection, viewer, mine, after=None, limit=50)
            board.count(connection, viewer)
            balance_of(connection, viewer)

    return timed(run)
