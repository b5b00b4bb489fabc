"""The history of the tables. `migrate` brings a database to the newest; two processes may do it at once."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, text

if TYPE_CHECKING:
    from alembic.config import Config

LOCK = 0x61544553  # one number for everybody who migrates this database


def migrate(database_url: str) -> None:
    from backend.database import open_engine

    make_folder(database_url)
    engine = open_engine(database_url)
    try:
        upgrade(engine)
    finally:
        engine.dispose()


def upgrade(engine: Engine) -> None:
    """In one transaction that locks others out: BEGIN IMMEDIATE on SQLite, an advisory lock on PostgreSQL."""
    from alembic import command

    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    from alembic.migration import MigrationContext

    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found == newest()


@cache
def newest() -> str | None:
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(configuration()).get_current_head()


def configuration() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def make_folder(database_url: str) -> None:
    from sqlalchemy import make_url

    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
