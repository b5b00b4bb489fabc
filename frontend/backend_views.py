"""The shapes of the backend's answers, as the contract between the services names them. Amounts are integer cents."""

from typing import Literal, NotRequired, TypedDict


class Ref(TypedDict):
    id: str
    name: str
    version: int


class Task(TypedDict):
    id: str
    key: str | None
    title: str
    description: str | None
    status: Literal["open", "done"]
    assignee: Ref
    fee_cents: int
    reward_cents: int
    created_at: str
    done_at: str | None
    can_complete: bool


class TaskName(TypedDict):
    id: str
    title: str


class Assignment(TypedDict):
    open_tasks: int
    popugs: int
    expected_fees_cents: int
    counted_to: int
    available: bool
    reason: str | None


class Counts(TypedDict):
    mine_open: int
    open: int
    done: int
    counted_to: int


class Board(TypedDict):
    items: list[Task]
    next: str | None
    counts: Counts
    balance_cents: int
    mark: int  # what the page has seen of the person's account
    assignment: Assignment | None


class Created(TypedDict):
    task: Task
    balance_cents: int


class Completed(TypedDict):
    task: Task
    balance_cents: int
    earned_cents: int


class Change(TypedDict):
    person: Ref
    received: int
    gave: int | None
    fees_cents: int


class Reassignment(TypedDict):
    id: str
    total: int
    done: int
    unchanged: int
    skipped: int
    fees_cents: int
    state: str
    seconds_left: int | None
    time_zone: str
    started_at: str
    finished_at: str | None
    actor: Ref
    joined: bool
    people: list[Change]
    people_changed: int


class RefusedRow(TypedDict):
    row: int
    key: str | None
    title: str | None
    reason: str


class ImportReport(TypedDict):
    created: int
    fees_cents: int
    refused: list[RefusedRow]


class Entry(TypedDict):
    seq: int
    kind: Literal["fee", "reward", "payout", "correction"]
    amount_cents: int
    balance_after_cents: int
    task: TaskName | None
    day: str
    created_at: str
    reason: str | None
    actor: Ref | None


class Reading(TypedDict):
    """Somebody else opened this account, `times` in all and `at` last."""

    person: Ref
    at: str
    times: int


class Statement(TypedDict):
    person: Ref
    today: str
    time_zone: str
    day: str | None
    balance_cents: int
    opening_balance_cents: int
    closing_balance_cents: int
    fees_cents: int
    rewards_cents: int
    payouts_cents: int
    corrections_cents: int
    seal: str | None
    visits: list[Reading]
    entries: list[Entry]
    next: str | None


class Corrected(TypedDict):
    entry: Entry
    balance_cents: int


class Day(TypedDict):
    day: str
    earned_cents: int
    fees_cents: int
    rewards_cents: int
    payouts_cents: int
    corrections_cents: int
    entries: int
    closed: bool


class Account(TypedDict):
    person: Ref
    role: str
    balance_cents: int
    day_cents: int


class Company(TypedDict):
    today: str
    day: Day
    seal: str | None
    days: list[Day]
    next_day: NotRequired[str | None]
    accounts: list[Account]
    next_account: str | None


class Accounts(TypedDict):
    today: str
    day: str
    items: list[Account]
    next: str | None


Span = TypedDict(
    "Span",
    {
        "from": str,
        "to": str,
        "earned_cents": int,
        "fees_cents": int,
        "rewards_cents": int,
        "payouts_cents": int,
        "corrections_cents": int,
        "entries": int,
        "closed": bool,
    },
)


class Spans(TypedDict):
    today: str
    by: Literal["day", "week", "month"]
    items: list[Span]
    next: str | None


class CompanyEntry(Entry):
    account: Ref


class CompanyEntries(TypedDict):
    time_zone: str
    sum_cents: int
    count: int
    items: list[CompanyEntry]
    next: str | None


class Preferences(TypedDict):
    digest: bool


class Letter(TypedDict):
    id: str
    topic: Literal["payout", "new work"]
    person: Ref | None
    day: str | None
    state: Literal["waiting", "sent", "dead"]
    attempts: int
    created_at: str
    available_at: str
    awaits_day: str | None
    sent_at: str | None
    dead_at: str | None
    last_error: str | None


class Letters(TypedDict):
    items: list[Letter]
    next: str | None


class Accounting(TypedDict):
    account: Statement
    company: Company | None


class Management(TypedDict):
    earned_today_cents: int
    in_the_red: int | None


class Home(TypedDict):
    today: str
    time_zone: str
    balance_cents: int
    mark: int
    day_cents: int
    open_count: int
    tasks: list[Task]
    recent: list[Entry]
    management: Management | None
    assignment: Assignment | None


class EarnedOnDay(TypedDict):
    day: str
    earned_cents: int


class InTheRed(TypedDict):
    person: Ref
    balance_cents: int
    since: str | None


Period = TypedDict("Period", {"name": str, "from": str, "to": str, "previous": str, "next": str | None})


class TopTask(TypedDict):
    task: TaskName
    reward_cents: int
    person: Ref
    done_at: str


class TopOfDay(TypedDict):
    """The first of those that share the highest reward, and how many do."""

    day: str
    top: list[TopTask]
    count: int


class Trend(TypedDict):
    yesterday_cents: int
    last_7_days_cents: int
    previous_7_days_cents: int


class Analytics(TypedDict):
    today: str
    time_zone: str
    earned_today_cents: int
    trend: Trend
    earned_by_day: list[EarnedOnDay]
    in_the_red: list[InTheRed]
    in_the_red_count: int
    period: Period
    top: list[TopTask]
    top_count: int
    by_day: list[TopOfDay]
