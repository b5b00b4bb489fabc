"""On SQLite, INSERT OR REPLACE removes a row without a word to the triggers that refuse to let it go. So what is there
is guarded against whoever would take its place. To an account or a day, which the house itself opens "unless it is
there", nothing happens then; all else is refused aloud. SQLite would also keep half a cent in a column of integers.
"""

from alembic import op

revision = "0008"
down_revision = "0007"

THERE = "EXISTS (SELECT 1 FROM {table} WHERE {same})"
GUARD = "CREATE TRIGGER {table}_not_replaced BEFORE INSERT ON {table} WHEN {there} BEGIN SELECT RAISE({answer}); END"
SAME = {  # which rows a new one would push out
    "account": ("id = NEW.id",),
    "account_reading": ("id = NEW.id",),
    "day": ("day = NEW.day",),
    "entry": (
        "account_id = NEW.account_id AND seq = NEW.seq",
        "task_id = NEW.task_id AND kind = NEW.kind AND round_id = NEW.round_id",
        "kind = 'payout' AND NEW.kind = 'payout' AND account_id = NEW.account_id AND day = NEW.day",
    ),
    "payout": ("account_id = NEW.account_id AND day = NEW.day",),
    "seal_block": ("day = NEW.day AND position = NEW.position",),
    "task": ("id = NEW.id",),
}
OPENED_UNLESS_THERE = ("account", "day")
WHOLE_CENTS = """
CREATE TRIGGER entry_in_whole_cents BEFORE INSERT ON entry
WHEN NEW.amount_cents <> CAST(NEW.amount_cents AS INTEGER)
    OR NEW.balance_after_cents <> CAST(NEW.balance_after_cents AS INTEGER)
BEGIN SELECT RAISE(ABORT, 'money is in whole cents'); END
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table, rows in SAME.items():
            there = " OR ".join(THERE.format(table=table, same=same) for same in rows)
            answer = "IGNORE" if table in OPENED_UNLESS_THERE else f"ABORT, '{table} is there already'"
            op.get_bind().exec_driver_sql(GUARD.format(table=table, there=there, answer=answer))
        op.get_bind().exec_driver_sql(WHOLE_CENTS)
