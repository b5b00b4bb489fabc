"""Corrections with their reasons, seals of closed days, letters that wait for a seal, and what people want mailed.

Columns are added in place: SQLite would rebuild a table for anything more, and lose its triggers on the way. Days that
were closed before keep no seal; the chain begins with the first day closed after this migration.
"""

import sqlalchemy as sa
from alembic import op

from backend.database import UtcDateTime

revision = "0003"
down_revision = "0002"

CORRECTION = (
    "(kind = 'correction') = (reason IS NOT NULL) AND (kind <> 'correction' OR (trim(reason) <> '' "
    "AND task_id IS NULL AND actor <> '00000000000000000000000000000000'))"
)
DUE = "sent_at IS NULL AND dead_at IS NULL AND awaits_day IS NULL"
DEAD = "dead_at IS NOT NULL"
AWAITS = "awaits_day IS NOT NULL"
UNSEALED = "(NEW.state = 'closed') <> (NEW.seal IS NOT NULL) OR length(NEW.seal) <> 32"

BOTH = [
    f"ALTER TABLE entry ADD COLUMN reason VARCHAR CONSTRAINT ck_entry_correction CHECK ({CORRECTION})",
    "ALTER TABLE day ADD COLUMN corrections_cents BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE outbox ADD COLUMN awaits_day DATE",
    "ALTER TABLE person ADD COLUMN locale VARCHAR(35)",
    "DROP INDEX ix_outbox_due",
]

SQLITE = [
    """
    UPDATE outbox SET awaits_day = json_extract(payload, '$.day') WHERE topic = 'payout' AND sent_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM day WHERE state = 'closed' AND day.day = json_extract(outbox.payload, '$.day'))
    """,
    f"""
    CREATE TRIGGER day_is_sealed BEFORE UPDATE ON day WHEN {UNSEALED}
    BEGIN SELECT RAISE(ABORT, 'a day is sealed as it is closed, and not before'); END
    """,
    f"""
    CREATE TRIGGER day_opens_unsealed BEFORE INSERT ON day WHEN {UNSEALED}
    BEGIN SELECT RAISE(ABORT, 'a day is sealed as it is closed, and not before'); END
    """,
    *(
        f"CREATE TRIGGER seal_block_no_{verb} BEFORE {verb} ON seal_block "
        "BEGIN SELECT RAISE(ABORT, 'seal_block is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ),
]

POSTGRESQL = [
    """
    UPDATE outbox SET awaits_day = CAST(payload ->> 'day' AS date) WHERE topic = 'payout' AND sent_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM day WHERE state = 'closed' AND day.day = CAST(outbox.payload ->> 'day' AS date))
    """,
    """
    CREATE FUNCTION refuse_unsealed_day() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'a day is sealed as it is closed, and not before'
            USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    f"""
    CREATE TRIGGER day_is_sealed BEFORE INSERT OR UPDATE ON day FOR EACH ROW WHEN ({UNSEALED})
    EXECUTE FUNCTION refuse_unsealed_day()
    """,
    """
    CREATE TRIGGER seal_block_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON seal_block
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
]


def upgrade() -> None:
    run(BOTH)
    for name, column, condition in (
        ("ix_outbox_due", "available_at", DUE),
        ("ix_outbox_dead", "id", DEAD),
        ("ix_outbox_awaits", "awaits_day", AWAITS),
    ):
        where = sa.text(condition)
        op.create_index(name, "outbox", [column], postgresql_where=where, sqlite_where=where)
    op.create_table(
        "seal_block",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("day", "position", name=op.f("pk_seal_block")),
    )
    op.create_table(
        "preference",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_preference")),
    )
    run(SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL)


def run(statements: list[str]) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)
