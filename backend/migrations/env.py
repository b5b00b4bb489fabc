"""What Alembic runs: always on the connection that `upgrade` hands over."""

from alembic import context

from backend.database import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
