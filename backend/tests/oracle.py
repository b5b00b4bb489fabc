"""The company's books once more, in plain Python with lists and no database: what the real ones are compared with."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

ONE_DAY = timedelta(days=1)


@dataclass
class Account:
    open_day: date
    balance: int = 0
    entries: list[tuple[str, int, date]] = field(default_factory=list)  # kind, cents, day

    def write(self, kind: str, cents: int, today: date) -> None:
        self.end_days_before(today)
        self.balance += cents
        self.entries.append((kind, cents, self.open_day))

    def end_days_before(self, today: date) -> None:
        while self.open_day < today:
            if self.balance > 0:
                self.entries.append(("payout", -self.balance, self.open_day))
                self.balance = 0
            self.open_day += ONE_DAY


@dataclass
class Task:
    holder: UUID
    fee: int
    reward: int
    done: bool = False


@dataclass
class Oracle:
    accounts: dict[UUID, Account] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    first_day: date | None = None
    closed_until: date | None = None

    def write(self, person: UUID, kind: str, cents: int, today: date) -> None:
        if person not in self.accounts:
            opens = max(today, self.closed_until + ONE_DAY) if self.closed_until else today
            self.accounts[person] = Account(opens)
            self.first_day = self.first_day or opens
        self.accounts[person].write(kind, cents, today)

    def create(self, task_id: str, task: Task, today: date) -> None:
        self.tasks[task_id] = task
        self.write(task.holder, "fee", -task.fee, today)

    def deal(self, holders: dict[str, UUID], today: date) -> int:
        """How many changed hands."""
        moved = [task_id for task_id in sorted(holders) if self.tasks[task_id].holder != holders[task_id]]
        for task_id in moved:
            self.tasks[task_id].holder = holders[task_id]
            self.write(holders[task_id], "fee", -self.tasks[task_id].fee, today)
        return len(moved)

    def finish(self, task_id: str, today: date) -> None:
        task = self.tasks[task_id]
        task.done = True
        self.write(task.holder, "reward", task.reward, today)

    def close(self, last: date) -> None:
        if self.first_day is None or last < (self.closed_until or self.first_day):
            return
        for account in self.accounts.values():
            account.end_days_before(last + ONE_DAY)
        self.closed_until = last

    def totals(self) -> dict[date, dict[str, int]]:
        found: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for account in self.accounts.values():
            for kind, cents, day in account.entries:
                found[day][kind] += cents
        return found
