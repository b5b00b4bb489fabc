"""The tables: people's replica, tasks, the books, the outbox."""

import sqlalchemy as sa
from alembic import op

from backend.database import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("balance_cents", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("open_day", sa.Date(), nullable=False),
        sa.CheckConstraint("last_seq > 0 OR balance_cents = 0", name=op.f("ck_account_starts_empty")),
        sa.CheckConstraint("last_seq >= 0", name=op.f("ck_account_last_seq")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
    )
    op.create_index("ix_account_balance", "account", ["balance_cents", "id"])
    op.create_index("ix_account_open_day", "account", ["open_day", "id"])
    op.create_table(
        "account_reading",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("reader", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_reading")),
    )
    op.create_index("ix_account_reading_account", "account_reading", ["account_id", "id"])
    op.create_table(
        "day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("fees_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rewards_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("payouts_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("entries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("seal", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'closing', 'closed')", name=op.f("ck_day_state")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_day")),
    )
    op.create_table(
        "entry",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("balance_after_cents", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("task_title", sa.String(), nullable=True),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind <> 'fee' OR (amount_cents < 0 AND task_id IS NOT NULL)", name=op.f("ck_entry_fee")),
        sa.CheckConstraint(
            "kind <> 'payout' OR (amount_cents < 0 AND task_id IS NULL AND balance_after_cents = 0)",
            name=op.f("ck_entry_payout"),
        ),
        sa.CheckConstraint(
            "kind <> 'reward' OR (amount_cents > 0 AND task_id IS NOT NULL)", name=op.f("ck_entry_reward")
        ),
        sa.CheckConstraint("kind IN ('fee', 'reward', 'payout', 'correction')", name=op.f("ck_entry_kind")),
        sa.CheckConstraint(
            "(task_id IS NULL) = (task_title IS NULL) AND (task_id IS NULL) = (round_id IS NULL)",
            name=op.f("ck_entry_task"),
        ),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_entry_amount")),
        sa.CheckConstraint("seq > 0", name=op.f("ck_entry_seq")),
        sa.PrimaryKeyConstraint("account_id", "seq", name=op.f("pk_entry")),
    )
    op.create_index("ix_entry_account_day", "entry", ["account_id", "day", "seq"])
    op.create_index("ix_entry_day", "entry", ["day", "kind", "amount_cents"])
    op.create_index(
        "ux_entry_payout",
        "entry",
        ["account_id", "day"],
        unique=True,
        postgresql_where=sa.text("kind = 'payout'"),
        sqlite_where=sa.text("kind = 'payout'"),
    )
    op.create_index(
        "ux_entry_task",
        "entry",
        ["task_id", "kind", "round_id"],
        unique=True,
        postgresql_where=sa.text("task_id IS NOT NULL"),
        sqlite_where=sa.text("task_id IS NOT NULL"),
    )
    op.create_table(
        "idempotency",
        sa.Column("actor", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("dedup", sa.String(length=200), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("available_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("dead_at", UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedup", name=op.f("uq_outbox_dedup")),
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["available_at"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NULL AND dead_at IS NULL"),
        sqlite_where=sa.text("sent_at IS NULL AND dead_at IS NULL"),
    )
    op.create_table(
        "payout",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("entry_seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_payout_amount")),
        sa.PrimaryKeyConstraint("account_id", "day", name=op.f("pk_payout")),
    )
    op.create_table(
        "people_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("contacted_at", UtcDateTime(), nullable=True),
        sa.Column("failing_since", UtcDateTime(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_people_feed_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_feed")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index("ix_person_name", "person", ["name", "id"])
    op.create_index("ix_person_roster", "person", ["active", "role", "id"])
    op.create_table(
        "reassignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("fees_cents", sa.BigInteger(), nullable=False),
        sa.Column("cursor", sa.Uuid(), nullable=True),
        sa.Column("seed", sa.LargeBinary(length=32), nullable=False),
        sa.Column("roster_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('running', 'done')", name=op.f("ck_reassignment_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reassignment")),
    )
    op.create_index(
        "ux_reassignment_running",
        "reassignment",
        ["state"],
        unique=True,
        postgresql_where=sa.text("state = 'running'"),
        sqlite_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=4), nullable=False),
        sa.Column("fee_cents", sa.Integer(), nullable=False),
        sa.Column("reward_cents", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("day_done", sa.Date(), nullable=True),
        sa.CheckConstraint("(status = 'done') = (day_done IS NOT NULL)", name=op.f("ck_task_day_done")),
        sa.CheckConstraint("(status = 'done') = (done_at IS NOT NULL)", name=op.f("ck_task_done_at")),
        sa.CheckConstraint("status IN ('open', 'done')", name=op.f("ck_task_status")),
        sa.CheckConstraint(
            "title <> '' AND replace(replace(title, '[', ''), ']', '') = title", name=op.f("ck_task_title")
        ),
        sa.CheckConstraint(
            "fee_cents BETWEEN 1000 AND 2000 AND fee_cents / 100 * 100 = fee_cents", name=op.f("ck_task_fee")
        ),
        sa.CheckConstraint(
            "reward_cents BETWEEN 2000 AND 4000 AND reward_cents / 100 * 100 = reward_cents",
            name=op.f("ck_task_reward"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index("ix_task_assignee", "task", ["assignee_id", "status", "id"])
    op.create_index("ix_task_done", "task", ["day_done", "reward_cents"])
    op.create_index("ix_task_status", "task", ["status", "id"])

    op.execute("INSERT INTO people_feed (id, cursor) VALUES (1, 0)")
