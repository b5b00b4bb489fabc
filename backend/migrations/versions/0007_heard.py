"""Up to which number of the directory the roster of a round holds: nothing heard since, nobody has left since."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("reassignment", sa.Column("heard", sa.BigInteger(), nullable=True))
