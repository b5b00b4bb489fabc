"""How much a question makes the database read, so that a test can say that it reads no more of a larger company."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, event

from backend.database import reading

Json = dict[str, Any]


def effort(engine: Engine, question: Callable[[Connection], object]) -> int:
    """Rows that PostgreSQL reads, by its own count; instructions that SQLite carries out."""
    if engine.dialect.name == "sqlite":
        with reading(engine) as connection:
            return steps(connection, question)
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")  # as autovacuum does after a while
    with reading(engine) as connection:
        return rows_read(connection, question)


def steps(connection: Connection, question: Callable[[Connection], object]) -> int:
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    raw: Any = connection.connection.driver_connection
    raw.set_progress_handler(count, 1)
    try:
        question(connection)
    finally:
        raw.set_progress_handler(None, 1)
    return taken


def rows_read(connection: Connection, question: Callable[[Connection], object]) -> int:
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        asked.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    question(connection)
    event.remove(connection, "before_cursor_execute", note)
    return sum(rows_of(explained(connection, *each)) for each in asked)


def explained(connection: Connection, statement: str, parameters: Any) -> Json:
    answer = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).scalar_one()
    plan: Json = answer[0]["Plan"]
    return plan


def rows_of(node: Json) -> int:
    """Of this node and those below it, with what was read and then left out."""
    names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck", "Rows Removed by Join Filter")
    own: float = sum(node.get(name, 0) for name in names) * node["Actual Loops"]
    return round(own) + sum(rows_of(each) for each in node.get("Plans", []))
