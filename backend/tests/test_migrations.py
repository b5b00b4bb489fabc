"""The migrations lead to the very tables the code speaks of, and may be run by several processes at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from backend.database import metadata, open_engine
from backend.migrations import is_current, migrate
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
