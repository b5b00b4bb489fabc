"""Sessions of people, and the logout tokens already heard."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "session",
        sa.Column("id_hash", sa.String(64), primary_key=True),
        sa.Column("person_id", sa.String(64), nullable=False),
        sa.Column("sid", sa.String(255), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("portrait_version", sa.Integer, nullable=False),
        sa.Column("access_token", sa.LargeBinary, nullable=False),
        sa.Column("access_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refresh_token", sa.LargeBinary),
        sa.Column("id_token", sa.LargeBinary, nullable=False),
        sa.Column("people_token", sa.LargeBinary),
        sa.Column("people_expires_at", sa.DateTime(timezone=True)),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("refreshing_until", sa.DateTime(timezone=True)),
        sa.Column("resting_until", sa.DateTime(timezone=True)),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idle_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("absolute_expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_session_sid", "session", ["sid"])
    op.create_index("ix_session_person_id", "session", ["person_id"])
    op.create_index("ix_session_idle_expires_at", "session", ["idle_expires_at"])
    op.create_table(
        "heard_logout",
        sa.Column("jti", sa.String(255), primary_key=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("heard_logout")
    op.drop_table("session")
