"""Wrong tries of one kind, counted in a row."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from auth_service.database import Base


class FailedTries(Base):
    __tablename__ = "failed_tries"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    whose: Mapped[str] = mapped_column(String(64), primary_key=True)
    plumage: Mapped[str | None] = mapped_column(String(4), index=True)  # of a beak or a device: a moult forgets them
    count: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)
    month_count: Mapped[int]
    month_began_at: Mapped[datetime]

    def begin_anew(self, at: datetime) -> None:
        self.count, self.first_at = 0, at

    def begin_month(self, at: datetime) -> None:
        self.month_count, self.month_began_at = 0, at

    def add_one(self, at: datetime) -> None:
        self.count, self.month_count, self.last_at = self.count + 1, self.month_count + 1, at
