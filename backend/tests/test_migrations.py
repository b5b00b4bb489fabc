"""The migrations lead to the very tables the code speaks of, and may be run by several processes at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, select

from backend.database import metadata, open_engine
from backend.migrations import configuration, is_current, migrate
from backend.tasks.rounds import reassignment
from backend.tests.company import Company
from conftest import Databases


@pytest.fixture
def empty_database_url(databases: Databases) -> Iterator[str]:
    url = databases.create()
    yield url
    databases.drop(url)


def test_the_migrated_tables_are_those_of_the_code(company: Company) -> None:
    with company.house.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": False})
        assert compare_metadata(context, metadata) == []


def test_three_at_once_and_then_once_more_break_nothing(empty_database_url: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(migrate, [empty_database_url] * 3))
    migrate(empty_database_url)
    engine = open_engine(empty_database_url)
    assert is_current(engine)
    engine.dispose()


def test_rounds_of_before_are_numbered_in_the_order_of_their_ids(empty_database_url: str) -> None:
    engine, config = open_engine(empty_database_url), configuration()
    values = {"actor": UUID(int=0), "state": "done", "seed": b"", "roster_hash": b"", "started_at": datetime.now(UTC)}
    counts = dict.fromkeys(("total", "done", "unchanged", "fees_cents"), 0)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0008")
        for number in (2, 3, 1):
            connection.execute(insert(reassignment).values(id=UUID(int=number), **values, **counts))
        command.upgrade(config, "head")
        found = connection.execute(select(reassignment.c.id, reassignment.c.number)).all()
    assert sorted(found) == [(UUID(int=number), number) for number in (1, 2, 3)]
    engine.dispose()
