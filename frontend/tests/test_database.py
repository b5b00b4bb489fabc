"""The database and its migrations, on the engine of TEST_DATABASE."""

from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from frontend.back_channel import heard_logouts
from frontend.database import is_ready, metadata, migrate, open_engine
from frontend.sessions import sessions


class Databases(Protocol):
    def create(self, template: str | None = None) -> str: ...


@pytest.fixture
def url(databases: Databases) -> str:
    return databases.create()


def test_a_new_database_is_not_ready_before_it_is_migrated(url: str) -> None:
    engine = open_engine(url)
    assert not is_ready(engine)
    migrate(url)
    assert is_ready(engine)
    engine.dispose()


def test_migrations_make_what_the_code_expects(url: str) -> None:
    migrate(url)
    engine = open_engine(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    assert {sessions.name, heard_logouts.name} <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_migrating_at_the_same_time_breaks_nothing(url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, [url] * 4))
    migrate(url)
