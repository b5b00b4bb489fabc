"""The tables, step by step (Alembic), on SQLite and PostgreSQL; any number of processes may ask for them."""

from contextlib import closing
from pathlib import Path

from sqlalchemy import inspect, text

from auth_service.database import Database

HERE = Path(__file__).parent
ONE_AT_A_TIME = 0x61754D16  # any number that nobody else locks


def migrate_if_empty(database_url: str) -> None:
    """For the very first command of a new installation; tables that are there are left to `migrate`."""
    with closing(Database(database_url)) as database:
        is_empty = not inspect(database.engine).get_table_names()
    if is_empty:
        migrate(database_url)


def migrate(database_url: str, to: str = "head") -> None:
    """Up to the step `to`, in one transaction; a second process waits for the first and then finds nothing to do."""
    if to == "head" and is_newest(database_url):
        return
    from alembic import command  # 10 MB, which a process that finds nothing to do can spare
    from alembic.config import Config

    database = Database(database_url)
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    with closing(database), database.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ONE_AT_A_TIME})
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def is_newest(database_url: str) -> bool:
    newest = max(file.stem for file in (HERE / "versions").glob("[0-9]*.py")).partition("_")[0]
    with closing(Database(database_url)) as database, database.engine.connect() as connection:
        if not inspect(connection).has_table("auth_service_version"):
            return False
        return bool(connection.scalar(text("SELECT version_num FROM auth_service_version")) == newest)
