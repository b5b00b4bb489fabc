"""Rounds that go on where they stopped: whom they draw among, what stayed where it was, what changed for whom."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

# On PostgreSQL the guards of 0002 join the rows of a statement with each other and with the entries. PostgreSQL plans
# such a join once in a session, for as many rows as came first: quadratic for the many rows of a round after a single
# one, and reading all entries for a single one after many. These say the same and cost the same for each row, whatever
# came first: a sum instead of a join, and one look into the primary key for each row.
STEADY_GUARDS = [
    """
    CREATE OR REPLACE FUNCTION check_entry_continues() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT 1 FROM fresh WHERE fresh.balance_after_cents - fresh.amount_cents IS DISTINCT FROM
                CASE WHEN fresh.seq = 1 THEN 0 ELSE (
                    SELECT before.balance_after_cents FROM entry AS before
                    WHERE before.account_id = fresh.account_id AND before.seq = fresh.seq - 1
                ) END
        ) THEN
            RAISE EXCEPTION 'entry does not continue its account' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE OR REPLACE FUNCTION check_account_follows_entries() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT 1 FROM (
                SELECT id, open_day, last_seq, balance_cents, true AS is_new FROM fresh
                UNION ALL SELECT id, open_day, last_seq, balance_cents, false FROM stale
            ) AS both_sides GROUP BY id HAVING count(*) <> 2
                OR min(open_day) FILTER (WHERE is_new) < min(open_day) FILTER (WHERE NOT is_new)
                OR min(last_seq) FILTER (WHERE is_new) < min(last_seq) FILTER (WHERE NOT is_new)
                OR (min(last_seq) = max(last_seq) AND min(balance_cents) <> max(balance_cents))
        ) OR EXISTS (
            SELECT 1 FROM fresh WHERE fresh.last_seq > 0 AND fresh.balance_cents IS DISTINCT FROM (
                SELECT entry.balance_after_cents FROM entry
                WHERE entry.account_id = fresh.id AND entry.seq = fresh.last_seq
            )
        ) THEN
            RAISE EXCEPTION 'balance without an entry' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END $$
    """,
]

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
    if op.get_bind().dialect.name == "postgresql":
        for statement in STEADY_GUARDS:
            op.get_bind().exec_driver_sql(statement)
