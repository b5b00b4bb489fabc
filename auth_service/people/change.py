"""The order of changes: a counter in one row, moved in the transaction that changes a person.

Its row lock makes such transactions queue, so commit order is number order, and a reader who has seen number n can
never miss a smaller one that commits later (a sequence would allow that). See docs/decisions/changes-feed-counter.md.
"""

from sqlalchemy import BigInteger, CheckConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from auth_service.database import Base


class DirectoryChange(Base):
    __tablename__ = "directory_change"
    __table_args__ = (CheckConstraint("id = 1", name="directory_change_is_one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_number: Mapped[int] = mapped_column(BigInteger)


def next_change(session: Session) -> int:
    """The number of this transaction's change. Taken before any person is touched, so that none deadlock."""
    statement = update(DirectoryChange).values(last_number=DirectoryChange.last_number + 1)
    return session.execute(statement.returning(DirectoryChange.last_number)).scalar_one()


def hold_changes(session: Session) -> None:
    """Until this transaction ends, nobody else changes the directory or opens the house."""
    session.execute(select(DirectoryChange.last_number).with_for_update())


def last_change(session: Session) -> int:
    return session.execute(select(DirectoryChange.last_number)).scalar_one()
