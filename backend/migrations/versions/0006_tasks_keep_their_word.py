"""Tasks defend themselves as the books do: prices are drawn once (A4), what is done stays done, and no task goes away.
Who opened somebody's account (A1) is not to be unwritten either.

A round deals many tasks with one statement, and must not pay for this. On PostgreSQL the terms are guarded once a
statement, and only in one that names such a column; what is done by a trigger after each row, which unlike one before
it takes no lock, and whose condition is looked at without PL/pgSQL.
"""

from alembic import op

revision = "0006"
down_revision = "0005"

TERMS = "id, key, title, description, fee_cents, reward_cents, created_by, created_at"
KEPT = "a task keeps its words and its prices"
DONE = "a task that is done stays as it is"
STAYS = "a task stays"

SQLITE = [
    f"""
    CREATE TRIGGER task_keeps_its_terms BEFORE UPDATE OF {TERMS} ON task
    BEGIN SELECT RAISE(ABORT, '{KEPT}'); END
    """,
    f"""
    CREATE TRIGGER task_stays_done BEFORE UPDATE ON task WHEN OLD.status = 'done'
    BEGIN SELECT RAISE(ABORT, '{DONE}'); END
    """,
    f"CREATE TRIGGER task_stays BEFORE DELETE ON task BEGIN SELECT RAISE(ABORT, '{STAYS}'); END",
    *(
        f"CREATE TRIGGER account_reading_no_{verb} BEFORE {verb} ON account_reading "
        "BEGIN SELECT RAISE(ABORT, 'account_reading is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ),
]

POSTGRESQL = [
    """
    CREATE FUNCTION refuse_with_words() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation'; END $$
    """,
    f"""
    CREATE TRIGGER task_keeps_its_terms BEFORE UPDATE OF {TERMS} ON task
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_with_words('{KEPT}')
    """,
    f"""
    CREATE TRIGGER task_stays_done AFTER UPDATE ON task FOR EACH ROW WHEN (OLD.status = 'done')
    EXECUTE FUNCTION refuse_with_words('{DONE}')
    """,
    f"""
    CREATE TRIGGER task_stays BEFORE DELETE OR TRUNCATE ON task
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_with_words('{STAYS}')
    """,
    """
    CREATE TRIGGER account_reading_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON account_reading
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
]


def upgrade() -> None:
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.get_bind().exec_driver_sql(statement)
