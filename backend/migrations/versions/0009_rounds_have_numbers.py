"""Rounds are numbered as they begin: their ids follow the clock, which may go back or differ between two machines."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

NUMBER = """
    UPDATE reassignment SET number = numbered.place
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM reassignment) AS numbered
    WHERE numbered.id = reassignment.id
"""


def upgrade() -> None:
    op.add_column("reassignment", sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
    op.get_bind().exec_driver_sql(NUMBER)
    op.create_index("ux_reassignment_number", "reassignment", ["number"], unique=True)
