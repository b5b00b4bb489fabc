"""Random walks through the company's life, over HTTP, beside an oracle that knows nothing of databases (oracle.py).

TEST_WALKS=400: as many as there is time for, others on every run, and the shortest walk that still goes wrong is told.
"""

import os
import random
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from pydantic import SecretStr
from sqlalchemy import func, select

from backend.accounting.books import account, day
from backend.app import create_app
from backend.database import reading
from backend.post.outbox import outbox
from backend.settings import Settings
from backend.tests.company import Company, HandClock, Popug
from backend.tests.issuer import Issuer
from backend.tests.oracle import Oracle, Task
from backend.verification import verify
from conftest import Databases

WORKERS = ("Ann Aracari", "Bob Budgerigar", "Carl Conure")
ASSIGNABLE = ("worker", "accountant")
WHO = st.integers(0, len(WORKERS) - 1)
LONG = "TEST_WALKS" in os.environ
WALKS = int(os.environ.get("TEST_WALKS", "12"))
STEPS = 80
OpenCompany = Callable[[ExitStack, int], Company]


class Walk(RuleBasedStateMachine):
    """One company's life. `open_company` is given by the test."""

    open_company: OpenCompany

    @initialize(seed=st.integers(0, 2**32))
    def people_are_hired(self, seed: int) -> None:
        self.stack = ExitStack()
        self.company = type(self).open_company(self.stack, seed)
        self.oracle = Oracle()
        self.workers = [self.company.hire(name) for name in WORKERS]
        self.boss = self.company.hire("Boss Macaw", "manager")
        self.chief = self.company.hire("Chief Cockatoo", "admin")

    @property
    def drawn_from(self) -> set[UUID]:
        return {popug.id for popug in self.workers if popug.active and popug.role in ASSIGNABLE}

    @property
    def today(self) -> Any:
        return self.company.now().day

    @rule()
    def somebody_creates_a_task(self) -> None:
        self.company.clock.turn(seconds=1)  # ids in the order of creation: the same walk deals the same tasks again
        answer = self.boss.post("/tasks", {"title": "Fix the perch"})
        if not self.drawn_from:
            assert answer.json()["type"] == "/problems/nobody-assignable"
            return
        told = answer.json()["task"]
        assert UUID(told["assignee"]["id"]) in self.drawn_from
        task = Task(UUID(told["assignee"]["id"]), told["fee_cents"], told["reward_cents"])
        self.oracle.create(told["id"], task, self.today)

    @rule()
    def the_boss_assigns_tasks(self) -> None:
        self.company.clock.turn(seconds=1)
        answer = self.boss.post("/reassignments")
        if not self.drawn_from:
            assert answer.json()["type"] == "/problems/nobody-assignable"
            return
        holders = {}
        for told in self.boss.get("/tasks", show="all", limit=200).json()["items"]:
            holders[told["id"]] = UUID(told["assignee"]["id"])
        assert set(holders.values()) <= self.drawn_from
        moved = self.oracle.deal(holders, self.today)
        assert (answer.json()["total"], answer.json()["unchanged"]) == (len(holders), len(holders) - moved)

    @rule(who=WHO, which=st.integers(0, 50))
    def somebody_says_done_twice(self, who: int, which: int) -> None:
        """Of any task at all, and presses again."""
        tasks, popug = list(self.oracle.tasks), self.workers[who]
        if not tasks:
            return
        task_id = tasks[which % len(tasks)]
        task = self.oracle.tasks[task_id]
        answers = [popug.post(f"/tasks/{task_id}/completion", key=f"{task_id}-{popug.version}") for _ in range(2)]
        assert answers[0].status_code == answers[1].status_code
        if popug.active and task.holder == popug.id and not task.done:
            assert answers[0].json()["earned_cents"] == task.reward
            self.oracle.finish(task_id, self.today)
        elif not task.done:
            assert answers[0].status_code == (403 if popug.active else 401)

    @rule(who=WHO)
    def somebody_finishes_all_they_hold(self, who: int) -> None:
        self.finish([self.workers[who]])

    @rule(hours=st.integers(0, 30))
    def everybody_comes_back_and_works(self, hours: int) -> None:
        for popug in self.workers:
            popug.change(active=True, role="worker")
        self.company.time_passes(hours=hours)
        self.somebody_creates_a_task()
        self.finish(self.workers)

    def finish(self, popugs: list[Popug]) -> None:
        by_id = {popug.id: popug for popug in popugs if popug.active}
        for task_id, task in self.oracle.tasks.items():
            if task.holder in by_id and not task.done:
                assert by_id[task.holder].post(f"/tasks/{task_id}/completion").status_code == 200
                self.oracle.finish(task_id, self.today)

    @rule(who=WHO, cents=st.integers(-5000, 5000).filter(bool))
    def the_chief_corrects(self, who: int, cents: int) -> None:
        body = {"amount_cents": cents, "reason": "the dice said so"}
        answer = self.chief.post(f"/accounts/{self.workers[who].id}/corrections", body)
        self.oracle.write(self.workers[who].id, "correction", cents, self.today)
        assert answer.json()["balance_cents"] == self.oracle.accounts[self.workers[who].id].balance

    @rule(who=WHO)
    def somebody_leaves_or_comes_back(self, who: int) -> None:
        self.workers[who].change(active=not self.workers[who].active)

    @rule(who=WHO, role=st.sampled_from(["worker", "manager", "accountant"]))
    def somebody_gets_another_role(self, who: int, role: str) -> None:
        self.workers[who].become(role)

    @rule(hours=st.integers(1, 40))
    def time_passes(self, hours: int) -> None:
        self.company.time_passes(hours=hours)

    @rule()
    def what_is_over_is_closed(self) -> None:
        self.company.closes_yesterday()
        self.oracle.close(self.today - timedelta(days=1))

    @precondition(lambda self: self.today.day % 3 == 0)
    @rule()
    def today_is_closed_early(self) -> None:
        self.company.closes(self.today)
        self.oracle.close(self.today)

    def teardown(self) -> None:
        with self.stack, reading(self.company.house.engine) as connection:
            assert verify(connection) == []
            accounts = {row.id: row for row in connection.execute(select(account))}
            days = {row.day: row for row in connection.execute(select(day).where(day.c.state == "closed"))}
            letters = connection.scalar(select(func.count()).where(outbox.c.topic == "payout"))
            assert set(accounts) == set(self.oracle.accounts)
            for popug in [*self.workers, self.boss, self.chief]:
                self.compare_entries(popug)
            for person, kept in self.oracle.accounts.items():
                assert (accounts[person].balance_cents, accounts[person].last_seq) == (kept.balance, len(kept.entries))
            for on_day, totals in self.oracle.totals().items():
                if on_day in days:
                    assert (days[on_day].fees_cents, days[on_day].rewards_cents) == (-totals["fee"], totals["reward"])
                    assert days[on_day].payouts_cents == -totals["payout"]
                    assert days[on_day].corrections_cents == totals["correction"]
            payouts = [each for kept in self.oracle.accounts.values() for each in kept.entries if each[0] == "payout"]
            assert letters == len(payouts)
            assert max(days, default=None) == self.oracle.closed_until

    def compare_entries(self, popug: Popug) -> None:
        found = [(row.kind, row.amount_cents, row.day) for row in self.company.entries(popug)]
        kept = self.oracle.accounts.get(popug.id)
        assert found == (kept.entries if kept else [])


@pytest.mark.thorough
def test_whatever_happens_the_books_are_those_of_the_oracle(
    databases: Databases, migrated: str, issuer_for_all: Issuer, tmp_path: Path
) -> None:
    def open_company(stack: ExitStack, seed: int) -> Company:
        issuer_for_all.forget()
        url = databases.create(migrated)
        stack.callback(databases.drop, url)
        secret = SecretStr("a secret for tests only")
        keys = tmp_path / "jwks.json"
        told = Settings(database_url=url, issuer=issuer_for_all.url, client_secret=secret, jwks_file=keys)
        app = create_app(told, clock=(clock := HandClock()), dice=random.Random(seed))
        client = stack.enter_context(TestClient(app, client=("127.0.0.1", 50000)))
        return Company(app, client, issuer_for_all, clock)

    machine = type("WalkHere", (Walk,), {"open_company": staticmethod(open_company)})
    long = settings(
        max_examples=WALKS,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=not LONG,
        phases=(Phase.generate, Phase.shrink) if LONG else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=long)
