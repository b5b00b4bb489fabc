"""Alembic's way in. The connection, and its transaction, come from `frontend.database.migrate`."""

from alembic import context

from frontend.database import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
