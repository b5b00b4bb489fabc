"""The tables, step by step (Alembic), on SQLite and PostgreSQL; any number of processes may ask for them."""

from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, text

from auth_service.database import Database

ONE_AT_A_TIME = 0x61754D16  # any number that nobody else locks


def migrate_if_empty(database_url: str) -> None:
    """For the very first command of a new installation; tables that are there are left to `migrate`."""
    with closing(Database(database_url)) as database:
        is_empty = not inspect(database.engine).get_table_names()
    if is_empty:
        migrate(database_url)


def migrate(database_url: str, to: str = "head") -> None:
    """Up to the step `to`, in one transaction; a second process waits for the first and then finds nothing to do."""
    database = Database(database_url)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    with closing(database), database.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ONE_AT_A_TIME})
        config.attributes["connection"] = connection
        command.upgrade(config, to)
