"""The books: accounts, their entries, what was paid out, and the days."""

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Uuid,
    text,
)

from backend.database import UtcDateTime, metadata


class Kind(StrEnum):
    FEE = "fee"
    REWARD = "reward"
    PAYOUT = "payout"
    CORRECTION = "correction"


account = Table(
    "account",
    metadata,
    Column("id", Uuid, primary_key=True),  # the person's
    Column("balance_cents", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("open_day", Date, nullable=False),  # the first day that is not closed for this account
    CheckConstraint("last_seq >= 0", name="last_seq"),
    CheckConstraint("last_seq > 0 OR balance_cents = 0", name="starts_empty"),
    Index("ix_account_open_day", "open_day", "id"),
    postgresql_with={"fillfactor": 50},  # a balance has room to move on its page, and no index has to follow it
)

SHAPES = {  # of an entry, kind by kind
    "amount": "amount_cents <> 0",
    "kind": "kind IN ('fee', 'reward', 'payout', 'correction')",
    "fee": "kind <> 'fee' OR (amount_cents < 0 AND task_id IS NOT NULL)",
    "reward": "kind <> 'reward' OR (amount_cents > 0 AND task_id IS NOT NULL)",
    "payout": "kind <> 'payout' OR (amount_cents < 0 AND task_id IS NULL AND balance_after_cents = 0)",
    "correction": (
        "(kind = 'correction') = (reason IS NOT NULL) AND (kind <> 'correction' OR (trim(reason) <> '' "
        "AND task_id IS NULL AND actor <> '00000000000000000000000000000000'))"
    ),
    "task": "(task_id IS NULL) = (task_title IS NULL) AND (task_id IS NULL) = (round_id IS NULL)",
    "seq": "seq > 0",
}

entry = Table(
    "entry",
    metadata,
    Column("account_id", Uuid, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("amount_cents", BigInteger, nullable=False),
    Column("balance_after_cents", BigInteger, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("task_id", Uuid),
    Column("task_title", String),  # as it was when the money moved
    Column("round_id", Uuid),  # the reassignment that moved the task; the task itself for its creation and completion
    Column("day", Date, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("actor", Uuid, nullable=False),
    Column("reason", String),  # of a correction, in the words of who made it
    *(CheckConstraint(shape, name=name) for name, shape in SHAPES.items()),
    Index("ux_entry_task", "task_id", "kind", "round_id", unique=True, postgresql_where=text("task_id IS NOT NULL"),
          sqlite_where=text("task_id IS NOT NULL")),
    Index("ux_entry_payout", "account_id", "day", unique=True, postgresql_where=text("kind = 'payout'"),
          sqlite_where=text("kind = 'payout'")),
    Index("ix_entry_round", "round_id", postgresql_where=text("kind = 'fee' AND round_id <> task_id"),
          sqlite_where=text("kind = 'fee' AND round_id <> task_id")),
    Index("ix_entry_day", "day", "kind", "amount_cents"),
    Index("ix_entry_account_day", "account_id", "day", "seq"),
)  # fmt: skip

payout = Table(
    "payout",
    metadata,
    Column("account_id", Uuid, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("amount_cents", BigInteger, nullable=False),
    Column("entry_seq", BigInteger, nullable=False),
    CheckConstraint("amount_cents > 0", name="amount"),
)

day = Table(
    "day",
    metadata,
    Column("day", Date, primary_key=True),
    Column("state", String(10), nullable=False),
    Column("fees_cents", BigInteger, nullable=False, server_default="0"),
    Column("rewards_cents", BigInteger, nullable=False, server_default="0"),
    Column("payouts_cents", BigInteger, nullable=False, server_default="0"),
    Column("entries", Integer, nullable=False, server_default="0"),
    Column("closed_at", UtcDateTime),
    Column("seal", LargeBinary),  # 32 bytes, from the closing on (accounting/seals.py)
    Column("corrections_cents", BigInteger, nullable=False, server_default="0"),  # signed, as the popugs see them
    CheckConstraint("state IN ('open', 'closing', 'closed')", name="state"),
)

seal_block = Table(
    "seal_block",
    metadata,
    Column("day", Date, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("account_id", Uuid, nullable=False),  # of its first entry
    Column("seq", BigInteger, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)

account_reading = Table(
    "account_reading",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("account_id", Uuid, nullable=False),
    Column("reader", Uuid, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_account_reading_account", "account_id", "id"),
)
