"""The books defend themselves: entries are never changed or removed, and no balance moves without an entry behind it.

On SQLite row by row; on PostgreSQL once a statement, over its transition tables, which costs a bulk load far less.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

APPEND_ONLY = ("entry", "payout")

SQLITE_APPEND_ONLY = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""

SQLITE = [
    """
    CREATE TRIGGER entry_continues BEFORE INSERT ON entry
    WHEN NEW.balance_after_cents <> NEW.amount_cents + CASE WHEN NEW.seq = 1 THEN 0 ELSE coalesce((
        SELECT balance_after_cents FROM entry WHERE account_id = NEW.account_id AND seq = NEW.seq - 1
    ), NEW.balance_after_cents) END
    BEGIN SELECT RAISE(ABORT, 'entry does not continue its account'); END
    """,
    """
    CREATE TRIGGER account_opens_empty BEFORE INSERT ON account WHEN NEW.balance_cents <> 0 OR NEW.last_seq <> 0
    BEGIN SELECT RAISE(ABORT, 'account opens empty'); END
    """,
    """
    CREATE TRIGGER account_follows_entries BEFORE UPDATE ON account
    WHEN NEW.id <> OLD.id OR NEW.open_day < OLD.open_day OR NEW.last_seq < OLD.last_seq
        OR (NEW.last_seq = OLD.last_seq AND NEW.balance_cents <> OLD.balance_cents)
        OR (NEW.last_seq <> OLD.last_seq AND NOT EXISTS (
            SELECT 1 FROM entry WHERE account_id = NEW.id AND seq = NEW.last_seq
            AND balance_after_cents = NEW.balance_cents
        ))
    BEGIN SELECT RAISE(ABORT, 'balance without an entry'); END
    """,
    """
    CREATE TRIGGER account_stays BEFORE DELETE ON account WHEN OLD.last_seq > 0
    BEGIN SELECT RAISE(ABORT, 'account has entries'); END
    """,
    """
    CREATE TRIGGER day_stays_closed BEFORE UPDATE ON day WHEN OLD.state = 'closed'
    BEGIN SELECT RAISE(ABORT, 'a closed day never changes'); END
    """,
    """
    CREATE TRIGGER day_stays BEFORE DELETE ON day WHEN OLD.state = 'closed'
    BEGIN SELECT RAISE(ABORT, 'a closed day never changes'); END
    """,
]

POSTGRESQL = [
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only', ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE FUNCTION refuse_day_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'a closed day never changes' USING ERRCODE = 'integrity_constraint_violation'; END $$
    """,
    """
    CREATE FUNCTION check_entry_continues() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT 1 FROM fresh LEFT JOIN entry AS before
                ON before.account_id = fresh.account_id AND before.seq = fresh.seq - 1
            WHERE (fresh.seq > 1 AND before.seq IS NULL)
                OR fresh.balance_after_cents <> coalesce(before.balance_after_cents, 0) + fresh.amount_cents
        ) THEN
            RAISE EXCEPTION 'entry does not continue its account' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION check_account_opens_empty() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM fresh WHERE balance_cents <> 0 OR last_seq <> 0) THEN
            RAISE EXCEPTION 'account opens empty' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION check_account_follows_entries() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT 1 FROM fresh LEFT JOIN stale ON stale.id = fresh.id
            LEFT JOIN entry ON entry.account_id = fresh.id AND entry.seq = fresh.last_seq
                AND entry.balance_after_cents = fresh.balance_cents
            WHERE stale.id IS NULL OR fresh.open_day < stale.open_day OR fresh.last_seq < stale.last_seq
                OR (fresh.last_seq = stale.last_seq AND fresh.balance_cents <> stale.balance_cents)
                OR (fresh.last_seq <> stale.last_seq AND entry.seq IS NULL)
        ) THEN
            RAISE EXCEPTION 'balance without an entry' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER entry_continues AFTER INSERT ON entry REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION check_entry_continues()
    """,
    """
    CREATE TRIGGER account_opens_empty AFTER INSERT ON account REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION check_account_opens_empty()
    """,
    """
    CREATE TRIGGER account_follows_entries AFTER UPDATE ON account REFERENCING OLD TABLE AS stale NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION check_account_follows_entries()
    """,
    """
    CREATE TRIGGER account_stays BEFORE DELETE ON account FOR EACH ROW WHEN (OLD.last_seq > 0)
    EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER day_stays_closed BEFORE UPDATE OR DELETE ON day FOR EACH ROW WHEN (OLD.state = 'closed')
    EXECUTE FUNCTION refuse_day_change()
    """,
    """
    CREATE TRIGGER account_not_emptied BEFORE TRUNCATE ON account FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
]


def upgrade() -> None:
    for statement in sqlite() if op.get_bind().dialect.name == "sqlite" else postgresql():
        op.get_bind().exec_driver_sql(statement)


def sqlite() -> list[str]:
    guards = [
        SQLITE_APPEND_ONLY.format(table=table, verb=verb) for table in APPEND_ONLY for verb in ("UPDATE", "DELETE")
    ]
    return guards + SQLITE


def postgresql() -> list[str]:
    guards = [
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        for table in APPEND_ONLY
    ]
    return POSTGRESQL + guards
