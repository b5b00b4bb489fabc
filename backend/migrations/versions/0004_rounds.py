"""Rounds that go on where they stopped: whom they draw among, what stayed where it was, what changed for whom."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

REDEALT = "kind = 'fee' AND round_id <> task_id"


def upgrade() -> None:
    op.create_table(
        "roster",
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("members", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_roster")),
    )
    op.create_table(
        "reassignment_stay",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("round_id", "task_id", name=op.f("pk_reassignment_stay")),
    )
    for column in (
        sa.Column("last_task", sa.Uuid(), nullable=True),
        sa.Column("skipped", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("busy_ms", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("gone", sa.JSON(), nullable=True),
        sa.Column("gave", sa.JSON(), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=True),
    ):
        op.add_column("reassignment", column)
    op.create_index(
        "ix_entry_round", "entry", ["round_id"], postgresql_where=sa.text(REDEALT), sqlite_where=sa.text(REDEALT)
    )
