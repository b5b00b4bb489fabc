"""What people see of themselves: devices, hatching, languages."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("browser_session", sa.Column("address", sa.String(length=64), nullable=True))
    op.add_column("browser_session", sa.Column("device", sa.String(length=300), nullable=True))
    create_invitation()


def create_invitation() -> None:
    op.create_table(
        "invitation",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("expires_at", WHEN, nullable=False),
        sa.Column("used_at", WHEN, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("person_id"),
        sa.UniqueConstraint("secret_hash"),
    )
