"""Writers on SQLite share a transaction without sharing their failures."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import sleep

import pytest
from sqlalchemy import Connection, Engine, event, text

from backend import database, group_commit
from backend.database import GROUPS, open_engine, reading, writing


class SpiltInkError(Exception):
    pass


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path / 'book.db'}")
    writing(engine, lambda connection: connection.execute(text("CREATE TABLE line (words TEXT UNIQUE)")))
    yield engine
    engine.dispose()


@contextmanager
def before_each_commit(engine: Engine, deed: Callable[[], None]) -> Iterator[None]:
    """Of those that write."""

    def hear(connection: Connection) -> None:
        if not connection.get_execution_options().get("reads_only"):
            deed()

    event.listen(engine, "commit", hear)
    yield
    event.remove(engine, "commit", hear)


@pytest.fixture
def commits(engine: Engine) -> Iterator[list[None]]:
    seen: list[None] = []
    with before_each_commit(engine, lambda: seen.append(None)):
        yield seen


def note(words: str) -> Callable[[Connection], str]:
    def deed(connection: Connection) -> str:
        connection.execute(text("INSERT INTO line VALUES (:words)"), {"words": words})
        return words

    return deed


def spill(connection: Connection) -> None:
    note("half a sentence")(connection)
    raise SpiltInkError


def lines(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return list(connection.scalars(text("SELECT words FROM line ORDER BY words")))


def together(
    engine: Engine, *deeds: Callable[[Connection], object], on_answer: Callable[[object], None] = lambda _: None
) -> list[Future[object]]:
    """While one writes, the others come; then they are a group, however slow the machine is."""
    begun, go_on = Event(), Event()

    def hold(_connection: Connection) -> None:
        begun.set()
        assert go_on.wait(10)

    with ThreadPoolExecutor(len(deeds) + 1) as pool, pytest.MonkeyPatch.context() as patch:
        patch.setattr(group_commit, "LONGEST_SECONDS", 0)  # it takes nobody in
        first = pool.submit(writing, engine, hold)
        assert begun.wait(10)
        patch.setattr(group_commit, "LONGEST_SECONDS", 10)
        futures = [pool.submit(writing, engine, deed) for deed in deeds]
        for each in futures:
            each.add_done_callback(on_answer)
        while len(GROUPS[engine].waiting) < len(deeds):
            sleep(0.001)
        go_on.set()
        first.result()
        wait(futures)
    return futures


def test_who_waits_together_commits_together(engine: Engine, commits: list[None]) -> None:
    answers = together(engine, *(note(f"line {number}") for number in range(8)))
    assert [each.result() for each in answers] == lines(engine) == [f"line {number}" for number in range(8)]
    assert len(commits) == 2, "one of who came first, one of all the others"


def test_one_that_fails_leaves_nothing_and_disturbs_nobody(engine: Engine, commits: list[None]) -> None:
    before, spilt, after = together(engine, note("a"), spill, note("b"))
    assert (before.result(), after.result()) == ("a", "b")
    with pytest.raises(SpiltInkError):
        spilt.result()
    assert lines(engine) == ["a", "b"]
    assert len(commits) == 2


def test_the_database_refusing_one_refuses_that_one(engine: Engine) -> None:
    first, again, other = together(engine, note("a"), note("a"), note("b"))
    assert (first.result(), other.result()) == ("a", "b")
    assert "UNIQUE" in str(again.exception())
    assert lines(engine) == ["a", "b"]


def test_what_could_not_be_committed_is_told_to_all_and_happened_to_none(engine: Engine) -> None:
    def fail() -> None:
        if not GROUPS[engine].waiting:  # the group that took the last of them in
            raise SpiltInkError

    with before_each_commit(engine, fail):
        answers = together(engine, note("a"), note("b"))
    assert {type(each.exception()) for each in answers} == {SpiltInkError}
    assert lines(engine) == []
    assert writing(engine, note("c")) == "c", "and the next one may write"
    assert lines(engine) == ["c"]


def test_nobody_is_answered_before_it_is_on_the_disk(engine: Engine) -> None:
    answered: list[object] = []
    known: list[tuple[list[object], list[str]]] = []
    with before_each_commit(engine, lambda: known.append((list(answered), lines(engine)))):
        together(engine, note("a"), note("b"), on_answer=answered.append)
    assert known[-1] == ([], []), "as the group was about to be committed"
    assert len(answered) == len(lines(engine)) == 2


def test_a_deed_that_begins_another_transaction_is_told_so_instead_of_waiting_for_itself(engine: Engine) -> None:
    with pytest.raises(RuntimeError, match="another transaction"):
        writing(engine, lambda _connection: writing(engine, note("inner")))
    assert lines(engine) == []


def test_a_crowd_loses_no_line(engine: Engine, commits: list[None]) -> None:
    with ThreadPoolExecutor(32) as pool:
        told = list(pool.map(lambda number: writing(engine, note(f"line {number:03}")), range(400)))
    assert told == lines(engine)
    assert len(commits) < 400


def test_what_is_committed_outlives_a_power_cut(
    tmp_path: Path, as_shipped: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "SQLITE", as_shipped)
    engine = open_engine(f"sqlite:///{tmp_path / 'ledger.db'}")
    with reading(engine) as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2, "FULL"
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
    engine.dispose()
