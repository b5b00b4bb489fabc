"""Alembic's entrance. The connection, its lock and its transaction come from `migrate`."""

from alembic import context

from auth_service.database import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table="auth_service_version",
    transactional_ddl=True,
)
context.run_migrations()
