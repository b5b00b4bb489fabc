"""Two indexes that every movement of money paid for, whether anybody asked them or not.

On PostgreSQL a row that stays on its page, with no indexed value changed, touches no index. Every movement changes a
balance, so an index of balances cost more than the rest of an account's update. Open tasks have no place in an index of
done ones (docs/decisions/no-index-of-balances.md).
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

DONE = sa.text("day_done IS NOT NULL")


def upgrade() -> None:
    op.drop_index("ix_account_balance", "account")
    op.drop_index("ix_task_done", "task")
    op.create_index("ix_task_done", "task", ["day_done", "reward_cents"], postgresql_where=DONE, sqlite_where=DONE)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE account SET (fillfactor = 50)")
