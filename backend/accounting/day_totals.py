"""What each day brought: the stored totals of closed days, and the entries of the others."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, func, select

from backend.accounting.books import Kind, day, entry


@dataclass(frozen=True)
class Totals:
    """Of one day or several; each figure positive, as people say it. A correction shows in none of them."""

    fees_cents: int = 0
    rewards_cents: int = 0
    payouts_cents: int = 0
    entries: int = 0

    @property
    def earned_cents(self) -> int:
        """Management's: fees minus rewards; payouts are no part of it (A5)."""
        return self.fees_cents - self.rewards_cents


NOTHING = Totals()


def totals_by_day(connection: Connection, first: date, last: date) -> dict[date, tuple[Totals, bool]]:
    """Every day from `first` to `last`, with whether it is closed."""
    columns = (day.c.day, day.c.fees_cents, day.c.rewards_cents, day.c.payouts_cents, day.c.entries)
    stored = select(*columns).where(day.c.day.between(first, last), day.c.state == "closed")
    closed = {row.day: Totals(*row[1:]) for row in connection.execute(stored)}
    open_days = [each for each in every_day(first, last) if each not in closed]
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
        on_day: Totals(-found[Kind.FEE], found[Kind.REWARD], -found[Kind.PAYOUT], found["entries"])
        for on_day, found in sums.items()
    }


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
