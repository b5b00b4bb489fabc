"""A small company for tests: people with names, a clock one can turn, and the application they use."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import httpx2
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Connection, select, text

from backend.accounting.books import entry
from backend.accounting.guards import GUARDS
from backend.accounting.payday import Closing, close_days
from backend.business_day import Moment
from backend.database import AnyRow, writing
from backend.house import House
from backend.tests.issuer import Issuer

NAMESPACE = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
NOON = datetime(2026, 3, 4, 9, tzinfo=UTC)  # a Wednesday, noon in Moscow


class HandClock:
    """A clock that stands still until somebody turns it."""

    def __init__(self, start: datetime = NOON) -> None:
        self.now = start

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass(eq=False)
class Popug:
    """Somebody of the company with a browser of their own."""

    id: UUID
    name: str
    role: str
    company: "Company" = field(repr=False)
    version: int = 1
    active: bool = True

    def token(self, **claims: Any) -> str:
        issuer, now = self.company.issuer, int(self.company.clock().timestamp())
        return issuer.sign({**issuer.claims(self.id, self.role, self.version, now=now), **claims})

    def get(self, path: str, **query: Any) -> httpx2.Response:
        return self.company.client.get(path, params=query, headers=self.headers())

    def post(self, path: str, json: Any = None, *, key: str | None = None) -> httpx2.Response:
        keyed = {"Idempotency-Key": key} if key else {}
        return self.company.client.post(path, json=json, headers={**self.headers(), **keyed})

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token()}"}

    def as_told(self) -> dict[str, Any]:
        email = f"{self.name.lower().replace(' ', '.')}@uberpopug.example"
        told = {"id": str(self.id), "name": self.name, "role": self.role, "email": email}
        return {**told, "active": self.active, "version": self.version}

    def become(self, role: str) -> None:
        self.change(role=role)

    def leave(self) -> None:
        self.change(active=False)

    def change(self, **changes: Any) -> None:
        """As auth_service does it: a new version, told by the feed."""
        for name, value in changes.items():
            setattr(self, name, value)
        self.version += 1
        self.company.tell(self)

    def balance(self) -> int:
        cents: int = self.get("/home").json()["balance_cents"]
        return cents

    def creates(self, title: str = "Fix the perch", **more: Any) -> dict[str, Any]:
        answer = self.post("/tasks", {"title": title, **more})
        assert answer.status_code == 201, answer.text
        task: dict[str, Any] = answer.json()["task"]
        return task

    def completes(self, task: dict[str, Any]) -> httpx2.Response:
        return self.post(f"/tasks/{task['id']}/completion")


@dataclass
class Company:
    app: FastAPI
    client: TestClient
    issuer: Issuer
    clock: HandClock

    @property
    def house(self) -> House:
        house: House = self.app.state.house
        return house

    def hire(self, name: str, role: str = "worker") -> Popug:
        popug = Popug(uuid5(NAMESPACE, name), name, role, self)
        self.tell(popug)
        return popug

    def tell(self, popug: Popug) -> None:
        self.issuer.tell(popug.as_told())
        assert self.house.feed.sync()

    def time_passes(self, **by: float) -> None:
        """With the feed listening all the while."""
        self.clock.turn(**by)
        assert self.house.feed.sync()

    def auth_service_goes_away(self) -> None:
        """After somebody was here, so that the signing keys are known."""
        self.house.doorman.reader.keys.refresh(wait=True)
        self.issuer.away = True
        assert not self.house.feed.sync()

    def closes(self, last: date) -> list[Closing]:
        return close_days(self.house.engine, last, self.now)

    def closes_yesterday(self) -> list[Closing]:
        return self.closes(self.now().day - timedelta(days=1))

    def writing(self, deed: Callable[[Connection], Any]) -> Any:
        return writing(self.house.engine, deed)

    def disarm(self) -> None:
        """As somebody with all rights on the database would: nothing guards the books any more."""
        with self.house.engine.begin() as connection:
            for table, triggers in GUARDS[connection.dialect.name].items():
                for trigger in triggers:
                    of_table = f" ON {table}" if connection.dialect.name == "postgresql" else ""
                    connection.execute(text(f"DROP TRIGGER {trigger}{of_table}"))

    def entries(self, popug: Popug) -> list[AnyRow]:
        query = select(entry).where(entry.c.account_id == popug.id).order_by(entry.c.seq)
        with self.house.engine.connect() as connection:
            return list(connection.execute(query))

    def now(self) -> Moment:
        return self.house.now()

    def dice(self, seed: int = 1) -> random.Random:
        return random.Random(seed)
