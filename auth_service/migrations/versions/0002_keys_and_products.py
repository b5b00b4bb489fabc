"""Keys withdrawn, keys of products by address, signed userinfo."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
SIGNING = "state in ('next', 'current')"
STATES = "state in ('next', 'current', 'retiring', 'withdrawn')"


def upgrade() -> None:
    op.drop_index("one_signing_key_of_a_state", "signing_key")
    with op.batch_alter_table("signing_key") as table:
        table.drop_constraint("signing_key_state", type_="check")
        table.create_check_constraint("signing_key_state", STATES)
        for name in ("signs_from", "withdrawn_at"):
            table.add_column(sa.Column(name, WHEN, nullable=True))
    op.execute("UPDATE signing_key SET signs_from = created_at WHERE state <> 'next'")
    op.create_index(
        "one_signing_key_of_a_state",
        "signing_key",
        ["algorithm", "state"],
        unique=True,
        sqlite_where=sa.text(SIGNING),
        postgresql_where=sa.text(SIGNING),
    )
    op.add_column("product", sa.Column("jwks_uri", sa.String(), nullable=True))
    op.add_column("product", sa.Column("userinfo_signed_response_alg", sa.String(16), nullable=True))
