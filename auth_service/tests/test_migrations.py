"""Migrations: they end where the models are, and two processes may run them at once."""

from concurrent.futures import ThreadPoolExecutor

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text

from auth_service.database import Database
from auth_service.keys.signing_key import SigningKey
from auth_service.migrations import migrate
from auth_service.products.product import by_name
from auth_service.tables import METADATA, TABLES
from conftest import Databases


def test_migrations_end_where_the_models_are(databases: Databases) -> None:
    url = databases.create()
    migrate(url)
    database = Database(url)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "auth_service_version"})
        assert compare_metadata(context, METADATA) == []
    database.close()
    assert {table.__tablename__ for table in TABLES} == set(METADATA.tables)


def test_two_processes_may_migrate_at_once_and_again(databases: Databases) -> None:
    url = databases.create()
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(migrate, [url] * 3))
    migrate(url)
    database = Database(url)
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT last_number FROM directory_change")).scalars().all() == [0]
    database.close()


def test_signing_keys_of_the_first_version_go_on_signing(databases: Databases) -> None:
    url = databases.create()
    migrate(url, to="0001")
    database = Database(url)
    insert = """
        INSERT INTO signing_key (kid, algorithm, state, public_jwk, sealed_private_key, created_at)
        VALUES (:kid, 'ES256', :kid, '{}', :seal, '2026-01-01 00:00:00+00:00')
    """
    with database.engine.begin() as connection:
        for state in ("next", "current", "retiring"):
            connection.execute(text(insert), {"kid": state, "seal": b"sealed"})
    database.close()
    migrate(url)
    with database.reading() as session:
        keys = {key.kid: key for key in session.scalars(select(SigningKey))}
    assert {kid: key.state for kid, key in keys.items()} == {kid: kid for kid in keys}
    assert [keys[kid].signs_from for kid in ("next", "current")] == [None, keys["current"].created_at]
    database.close()


def test_products_of_the_first_version_are_active_and_found_by_name(databases: Databases) -> None:
    url = databases.create()
    migrate(url, to="0001")
    database = Database(url)
    insert = """
        INSERT INTO product (client_id, name, secret_hash, token_endpoint_auth_method, grant_types, redirect_uris,
            post_logout_redirect_uris, id_token_signed_response_alg, scope, trusted, roles, people, created_at)
        VALUES ('den', 'ДЕН', 'x', 'client_secret_basic', '[]', '["https://den.example/cb"]', '[]', 'RS256', 'openid',
            false, '[]', '[]', '2026-01-01 00:00:00+00:00')
    """
    with database.engine.begin() as connection:
        connection.execute(text(insert))
    migrate(url)
    with database.reading() as session:
        (den,) = by_name(session, search="ден")
        assert (den.active, den.version, den.previous_secret_hash) == (True, 1, None)
    database.close()
