"""What people want to be mailed: payouts always, the digest of new tasks unless they switched it off."""

from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Boolean, Column, Connection, Table, Uuid, select
from sqlalchemy.dialects import postgresql, sqlite

from backend.business_day import Moment
from backend.database import UtcDateTime, metadata

preference = Table(
    "preference",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("digest", Boolean, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)


class Preferences(BaseModel):
    """`digest`: one letter for each press of Assign tasks that brought them new ones (T7)."""

    digest: bool = True


def preferences_of(connection: Connection, person_id: UUID) -> Preferences:
    digest = connection.scalar(select(preference.c.digest).where(preference.c.person_id == person_id))
    return Preferences() if digest is None else Preferences(digest=digest)


def keep_preferences(connection: Connection, person_id: UUID, wanted: Preferences, at: Moment) -> None:
    values = {"digest": wanted.digest, "changed_at": at.instant}
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(preference)
    connection.execute(
        insert.values(person_id=person_id, **values).on_conflict_do_update(
            index_elements=[preference.c.person_id], set_=values
        )
    )
