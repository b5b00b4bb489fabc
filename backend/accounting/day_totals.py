"""What each day brought: the stored totals of closed days, and the entries of the others."""

from collections import defaultdict
from dataclasses import astuple, dataclass, fields
from datetime import date, timedelta

from sqlalchemy import Connection, func, select

from backend.accounting.books import Kind, day, entry


@dataclass(frozen=True)
class Totals:
    """Of one day or several; as people say it: all positive, but a correction signed, as the popug sees it."""

    fees_cents: int = 0
    rewards_cents: int = 0
    payouts_cents: int = 0
    corrections_cents: int = 0
    entries: int = 0

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    @property
    def earned_cents(self) -> int:
        """Management's: fees minus rewards; payouts and corrections are no part of it (A5)."""
        return self.fees_cents - self.rewards_cents


NOTHING = Totals()


def totals_by_day(connection: Connection, first: date, last: date) -> dict[date, tuple[Totals, bool]]:
    """Every day from `first` to `last`, with whether it is closed."""
    stored = select(day.c.day, *(day.c[figure.name] for figure in fields(Totals))).where(
        day.c.day.between(first, last), day.c.state == "closed"
    )
    closed = {row.day: Totals(*row[1:]) for row in connection.execute(stored)}
    since = max(closed, default=first)  # days are closed oldest first: one before these that is not has no entries
    open_days = [each for each in every_day(since, last) if each not in closed]
    live = entry_totals(connection, open_days[0], open_days[-1]) if open_days else {}
    return {
        each: (closed[each], True) if each in closed else (live.get(each, NOTHING), False)
        for each in every_day(first, last)
    }


def totals_of(connection: Connection, on_day: date) -> Totals:
    return totals_by_day(connection, on_day, on_day)[on_day][0]


def entry_totals(connection: Connection, first: date, last: date) -> dict[date, Totals]:
    """Summed from the entries themselves."""
    query = (
        select(entry.c.day, entry.c.kind, func.sum(entry.c.amount_cents), func.count())
        .where(entry.c.day.between(first, last))
        .group_by(entry.c.day, entry.c.kind)
    )
    sums: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for on_day, kind, cents, count in connection.execute(query):
        sums[on_day][kind] = int(cents)
        sums[on_day]["entries"] += count
    return {
        on_day: Totals(
            fees_cents=-found[Kind.FEE],
            rewards_cents=found[Kind.REWARD],
            payouts_cents=-found[Kind.PAYOUT],
            corrections_cents=found[Kind.CORRECTION],
            entries=found["entries"],
        )
        for on_day, found in sums.items()
    }


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
