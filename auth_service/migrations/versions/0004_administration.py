"""The trail, secrets with overlap."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
SORTED_TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")

SQLITE = (
    """
    CREATE TRIGGER trail_no_update BEFORE UPDATE ON trail
    BEGIN SELECT RAISE(ABORT, 'trail is append-only'); END
    """,
    """
    CREATE TRIGGER trail_no_delete BEFORE DELETE ON trail
    BEGIN SELECT RAISE(ABORT, 'trail is append-only'); END
    """,
    # INSERT OR REPLACE deletes without asking the trigger above.
    """
    CREATE TRIGGER trail_no_replace BEFORE INSERT ON trail WHEN EXISTS (SELECT 1 FROM trail WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'trail is append-only'); END
    """,
)
POSTGRESQL = (
    """
    CREATE FUNCTION refuse_change_of_trail() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'trail is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER trail_is_append_only BEFORE UPDATE OR DELETE ON trail
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_trail()
    """,
    """
    CREATE TRIGGER trail_not_emptied BEFORE TRUNCATE ON trail
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail()
    """,
)


def upgrade() -> None:
    create_trail()
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.get_bind().exec_driver_sql(statement)
    widen_product()


def create_trail() -> None:
    op.create_table(
        "trail",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("by_person_id", sa.String(length=36), nullable=True),
        sa.Column("by_client_id", sa.String(length=100), nullable=True),
        sa.Column("whom_id", sa.String(length=36), nullable=True),
        sa.Column("client_id", sa.String(length=100), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("device", sa.String(length=300), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("trail_by_time", "trail", ["at", "id"], unique=False)
    op.create_index("trail_of_doer", "trail", ["by_person_id", "at"], unique=False)
    op.create_index("trail_of_person", "trail", ["whom_id", "at"], unique=False)
    op.create_index("trail_of_product", "trail", ["client_id", "at"], unique=False)


def widen_product() -> None:
    op.add_column("product", sa.Column("name_key", SORTED_TEXT, nullable=False, server_default=""))
    op.add_column("product", sa.Column("previous_secret_hash", sa.String(length=64), nullable=True))
    op.add_column("product", sa.Column("previous_secret_expires_at", WHEN, nullable=True))
    op.add_column("product", sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("product", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    product = sa.table("product", sa.column("client_id"), sa.column("name"), sa.column("name_key"))
    for client_id, name in op.get_bind().execute(sa.select(product.c.client_id, product.c.name)).all():
        key = sa.update(product).where(product.c.client_id == client_id).values(name_key=name.casefold())
        op.execute(key)
