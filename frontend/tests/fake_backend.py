"""The backend as the contract promises it, over real HTTP, with a small world in memory; it can misbehave."""

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from frontend.tests.cast import ANN, BOB, CAST, GOLD, Popug
from frontend.tests.fake_administration import problem
from frontend.tests.fake_provider import FakeProvider

TODAY = "2026-11-23"
Json = dict[str, Any]
FIGURES = {
    "earned_cents": -1900,
    "fees_cents": 1200,
    "rewards_cents": 3100,
    "payouts_cents": 0,
    "corrections_cents": 500,
    "entries": 3,
}


@dataclass
class Heard:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


class FakeBackend:
    def __init__(self, provider: FakeProvider) -> None:
        self.provider = provider
        self.reset()

    def reset(self) -> None:
        self.tasks: list[Json] = []
        self.answers: dict[str, Json] = {}
        self.corrections: dict[str, bytes] = {}  # what was asked, by key
        self.heard: list[Heard] = []
        self.dead_tokens: set[str] = set()
        self.knows_nobody = False  # of the keys that sign now, or of the people
        self.fails_with: int | None = None
        self.unreadable: str | None = None  # what the backend says of a query that makes no sense
        self.delay_seconds = 0.0
        self.reason: str | None = None  # why nothing can be assigned
        self.page = 50
        self.counted_to = 10_000
        self.in_the_red = 1
        self.ties = 1  # tasks that share the highest reward
        self.balance_cents = 0
        self.entries: list[Json] = []
        self.visits: list[Json] = []
        self.letters: list[Json] = []
        self.preferences: Json = {"digest": True}
        self.marks: dict[str, int] = {}
        self.news: Json = {"by_others": True, "new_tasks": 1}
        self.waiting: list[str] = []  # who has a poll open

    def add_task(self, title: str, *, holder: Popug = ANN, **more: Any) -> Json:
        task = {
            "id": f"01910000-0000-7000-8000-{len(self.tasks):012d}",
            "key": None,
            "title": title,
            "description": None,
            "status": "open",
            "assignee": ref(holder),
            "fee_cents": 1200,
            "reward_cents": 3100,
            "created_at": "2026-11-23T10:00:00Z",
            "done_at": None,
            **more,
        }
        self.tasks.insert(0, task)
        return task

    def add_entry(
        self, amount_cents: int, kind: str, title: str | None, *, day: str = TODAY, reason: str | None = None
    ) -> None:
        before = self.entries[0]["balance_after_cents"] if self.entries else 0
        task = {"id": "01910000-0000-7000-8000-00000000ffff", "title": title} if title else None
        entry = {
            "seq": len(self.entries) + 1,
            "kind": kind,
            "amount_cents": amount_cents,
            "balance_after_cents": before + amount_cents,
            "task": task,
            "day": day,
            "created_at": f"{day}T11:05:00Z",
            "reason": reason,
            "actor": ref(GOLD) if reason else None,
        }
        self.entries.insert(0, entry)

    # -- who asks --

    def caller(self, request: Request) -> Popug | None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        person, scope = self.provider.bearers.get(token, (None, ""))
        if self.knows_nobody:
            return None
        return person if scope == "ates" and token not in self.dead_tokens else None

    def guarded(
        self, endpoint: Callable[[Request, Popug], Response], *roles: str
    ) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            body = await request.body()
            request.state.body = body
            query, headers = dict(request.query_params), dict(request.headers)
            self.heard.append(Heard(request.method, request.url.path, query, headers, body))
            if self.delay_seconds:
                time.sleep(self.delay_seconds)
            if self.fails_with:
                return Response("the backend is not well", status_code=self.fails_with)
            if self.unreadable:
                return problem(422, "invalid-input", self.unreadable)
            person = self.caller(request)
            if person is None:
                return problem(401, "token-outdated", "The token is not good any more.")
            if roles and person.role not in roles:
                return problem(403, "forbidden", f"Only {' and '.join(roles)} may do this.")
            return endpoint(request, person)

        return answer

    # -- tasks --

    def view(self, task: Json, person: Popug) -> Json:
        mine = task["assignee"]["id"] == person.id
        return {**task, "can_complete": mine and task["status"] == "open"}

    def assignment(self, person: Popug) -> Json | None:
        if person.role not in ("manager", "admin"):
            return None
        open_tasks = [task for task in self.tasks if task["status"] == "open"]
        return {
            "open_tasks": len(open_tasks),
            "popugs": 3,
            "expected_fees_cents": 1234,
            "counted_to": self.counted_to,
            "available": self.reason is None,
            "reason": self.reason,
        }

    def board(self, request: Request, person: Popug) -> Response:
        query = request.query_params
        mine = [task for task in self.tasks if task["assignee"]["id"] == person.id]
        shown = mine if query.get("show", "mine") == "mine" else self.tasks
        if query.get("status", "open") != "any":
            shown = [task for task in shown if task["status"] == query.get("status", "open")]
        if "assignee" in query:
            shown = [task for task in shown if task["assignee"]["id"] == query["assignee"]]
        shown = [task for task in shown if query.get("q", "").lower() in task["title"].lower()]
        start = int(query.get("after", 0))
        more = shown[start + self.page :]
        return JSONResponse(
            {
                "items": [self.view(task, person) for task in shown[start : start + self.page]],
                "next": str(start + self.page) if more else None,
                "counts": {
                    "mine_open": len([task for task in mine if task["status"] == "open"]),
                    "open": len([task for task in self.tasks if task["status"] == "open"]),
                    "done": len([task for task in self.tasks if task["status"] == "done"]),
                    "counted_to": self.counted_to,
                },
                "balance_cents": self.balance_cents,
                "mark": self.marks.get(person.id, 0),
                "assignment": self.assignment(person),
            }
        )

    def create(self, request: Request, person: Popug) -> Response:
        new = json.loads(request.state.body)
        if "[" in new["title"] or not new["title"].strip():
            sentence = "A title has no square brackets." if new["title"].strip() else "A task needs a title."
            return problem(422, "invalid-input", sentence, [{"field": "title", "message": sentence}])
        key = request.headers.get("Idempotency-Key", "")
        if key not in self.answers:
            task = self.add_task(new["title"], holder=BOB, description=new["description"])
            self.answers[key] = {"task": self.view(task, person), "balance_cents": self.balance_cents}
        return JSONResponse(self.answers[key], status_code=201)

    def find(self, task_id: str) -> Json | None:
        return next((task for task in self.tasks if task["id"] == task_id), None)

    def task(self, request: Request, person: Popug) -> Response:
        task = self.find(request.path_params["id"])
        return JSONResponse(self.view(task, person)) if task else problem(404, "not-found", "There is no such task.")

    def complete(self, request: Request, person: Popug) -> Response:
        task = self.find(request.path_params["id"])
        if task is None:
            return problem(404, "not-found", "There is no such task.")
        if task["assignee"]["id"] != person.id:
            return problem(403, "not-your-task", f"This task is with {task['assignee']['name']}.")
        if task["status"] == "done":
            return problem(409, "already-completed", "This task is done already.")
        task["status"] = "done"
        self.balance_cents += task["reward_cents"]
        return JSONResponse(
            {
                "task": self.view(task, person),
                "balance_cents": self.balance_cents,
                "earned_cents": task["reward_cents"],
            }
        )

    def reassign(self, _request: Request, person: Popug) -> Response:
        if self.reason:
            return problem(409, "nobody-assignable", self.reason)
        if self.answers.get("round", {}).get("state") == "running":
            return JSONResponse({**self.answers["round"], "joined": True}, status_code=202)
        total = len([task for task in self.tasks if task["status"] == "open"])
        self.answers["round"] = {
            "id": f"01920000-0000-7000-8000-{secrets.token_hex(6)}",
            "total": total,
            "done": total,
            "unchanged": min(1, total),
            "skipped": 0,
            "seconds_left": 0,
            "joined": False,
            "people": [{"person": ref(person), "received": 1, "gave": 2, "fees_cents": 1200}] if total else [],
            "people_changed": min(1, total),
            "fees_cents": 1200 * max(0, total - 1),
            "state": "done",
            "time_zone": "Europe/Moscow",
            "started_at": "2026-11-23T10:00:00Z",
            "finished_at": "2026-11-23T10:00:01Z",
            "actor": ref(person),
        }
        return JSONResponse(self.answers["round"], status_code=201)

    def reassignment(self, request: Request, _person: Popug) -> Response:
        found = self.answers.get("round")
        if found is None or found["id"] != request.path_params["id"]:
            return problem(404, "not-found", "There is no such result.")
        return JSONResponse(found)

    def imports(self, request: Request, _person: Popug) -> Response:
        lines = request.state.body.decode("utf-8-sig").strip().splitlines()
        if "Summary" not in lines[0]:
            return problem(422, "not-a-backlog", "The first line names no column Summary or Title.")
        good = [line for line in lines[1:] if "[" not in line]
        refused = [
            {"row": number, "key": None, "title": line, "reason": "A title has no square brackets."}
            for number, line in enumerate(lines[1:], start=2)
            if "[" in line
        ]
        return JSONResponse({"created": len(good), "fees_cents": 1500 * len(good), "refused": refused})

    # -- money --

    def statement(self, person: Popug, query: dict[str, str]) -> Json:
        entries = [entry for entry in self.entries if query.get("day", entry["day"]) == entry["day"]]
        start = int(query.get("after", 0))
        return {
            "person": ref(person),
            "today": TODAY,
            "time_zone": "Europe/Moscow",
            "day": query.get("day"),
            "balance_cents": self.entries[0]["balance_after_cents"] if self.entries else 0,
            "opening_balance_cents": -500,
            "closing_balance_cents": 700,
            "fees_cents": -1200,
            "rewards_cents": 3100,
            "payouts_cents": 0,
            "corrections_cents": sum(entry["amount_cents"] for entry in entries if entry["kind"] == "correction"),
            "seal": seal_of(query.get("day", TODAY)),
            "visits": self.visits,
            "entries": entries[start : start + self.page],
            "next": start + self.page if entries[start + self.page :] else None,
        }

    def company_books(self, query: dict[str, str]) -> Json:
        shown = query.get("day", TODAY)
        day = {"day": shown, **FIGURES}
        days = [{**day, "day": each, "closed": each < TODAY} for each in (TODAY, "2026-11-22", "2026-11-21")]
        accounts, next_account = self.page_of_accounts({})
        day["closed"] = shown < TODAY
        return {"today": TODAY, "day": day, "days": days, "next_day": "2026-11-21"} | {
            "seal": seal_of(shown),
            "accounts": accounts,
            "next_account": next_account,
        }

    def page_of_accounts(self, query: dict[str, str]) -> tuple[list[Json], str | None]:
        """The workers are in the red."""
        found = [
            {"person": ref(popug), "role": popug.role, "balance_cents": -700 if worker else 0, "day_cents": 1900}
            for popug in CAST
            if query.get("q", "").lower() in popug.name.lower()
            and ((worker := popug.role == "worker") or query.get("show") != "red")
        ]
        start = int(query.get("after", 0))
        return found[start : start + self.page], str(start + self.page) if found[start + self.page :] else None

    def accounts(self, request: Request, _person: Popug) -> Response:
        query = dict(request.query_params)
        items, further = self.page_of_accounts(query)
        return JSONResponse({"today": TODAY, "day": query.get("day", TODAY), "items": items, "next": further})

    def accounting(self, request: Request, person: Popug) -> Response:
        query = dict(request.query_params)
        books = self.company_books(query) if person.role in ("accountant", "admin") else None
        account = self.statement(person, query)
        return JSONResponse({"account": account, "company": books})

    def statement_of(self, request: Request, person: Popug) -> Response:
        whose = next((popug for popug in CAST if popug.id == request.path_params["id"]), None)
        if whose is None:
            return problem(404, "not-found", "Nobody here has such an account.")
        if whose != person and person.role not in ("accountant", "admin"):
            return problem(403, "forbidden", "Only accountants and admins open somebody else's account.")
        return JSONResponse(self.statement(whose, dict(request.query_params)))

    def company(self, request: Request, _person: Popug) -> Response:
        return JSONResponse(self.company_books(dict(request.query_params)))

    def correct(self, request: Request, person: Popug) -> Response:
        wanted = json.loads(request.state.body)
        if request.path_params["id"] == person.id:
            return problem(403, "own-account", "Nobody corrects their own account.")
        if len(wanted["reason"]) < 3:
            sentence = "Write a reason of three letters or more."
            return problem(422, "invalid-input", f"reason: {sentence}", [{"field": "reason", "message": sentence}])
        body, key = request.state.body, request.headers.get("Idempotency-Key", "")
        if key and self.corrections.setdefault(key, body) != body:
            return problem(422, "idempotency-key-reused", "The Idempotency-Key was used before with another request.")
        self.add_entry(wanted["amount_cents"], "correction", None, reason=wanted["reason"])
        return JSONResponse({"entry": self.entries[0], "balance_cents": 0}, status_code=201)

    def spans(self, request: Request, _person: Popug) -> Response:
        span = {"from": "2026-11-16", "to": "2026-11-22", **FIGURES, "closed": True}
        by = request.query_params["by"]
        return JSONResponse({"today": TODAY, "by": by, "items": [span], "next": "2026-11-16"})

    def company_entries(self, request: Request, _person: Popug) -> Response:
        if refusal := days_refused(request):
            return refusal
        kinds = request.query_params.getlist("kind")
        found = [{**entry, "account": ref(BOB)} for entry in self.entries if not kinds or entry["kind"] in kinds]
        start = int(request.query_params.get("after", 0))
        return JSONResponse(
            {
                "time_zone": "Europe/Moscow",
                "sum_cents": sum(entry["amount_cents"] for entry in found),
                "count": len(found),
                "items": found[start : start + self.page],
                "next": str(start + self.page) if found[start + self.page :] else None,
            }
        )

    def csv(self, request: Request, _person: Popug) -> Response:
        if refusal := days_refused(request):
            return refusal
        query, kinds = request.query_params, ",".join(request.query_params.getlist("kind"))
        named = {"Content-Disposition": f'attachment; filename="of-{query.get("from", "every-day")}.csv"'}
        return Response(f"path,kinds\n{request.url.path},{kinds}\n", media_type="text/csv", headers=named)

    def proof(self, request: Request, _person: Popug) -> Response:
        return JSONResponse({"day": request.query_params["day"], "seal": "5ea1" * 16})

    def show_letters(self, request: Request, _person: Popug) -> Response:
        found = [letter for letter in self.letters if letter["state"] == request.query_params["state"]]
        return JSONResponse({"items": found, "next": None})

    def resend(self, request: Request, _person: Popug) -> Response:
        [letter] = [letter for letter in self.letters if letter["id"] == request.path_params["id"]]
        letter |= {"state": "waiting", "dead_at": None}
        return JSONResponse(letter, status_code=202)

    def prefer(self, request: Request, _person: Popug) -> Response:
        if request.method == "PUT":
            self.preferences = json.loads(request.state.body)
        return JSONResponse(self.preferences)

    def analytics(self, request: Request, _person: Popug) -> Response:
        if refusal := days_refused(request):
            return refusal
        top = {
            "task": {"id": "01910000-0000-7000-8000-00000000ffff", "title": "Gild the perch"},
            "reward_cents": 4000,
            "person": ref(ANN),
            "done_at": "2026-11-23T09:00:00Z",
        }
        days = [f"2026-11-{number:02d}" for number in range(10, 24)]
        period = "range" if "from" in request.query_params else request.query_params.get("period", "day")
        return JSONResponse(
            {
                "today": TODAY,
                "time_zone": "Europe/Moscow",
                "earned_today_cents": -1900,
                "trend": {"yesterday_cents": 700, "last_7_days_cents": 2100, "previous_7_days_cents": -400},
                "earned_by_day": [{"day": day, "earned_cents": index * 700 - 1900} for index, day in enumerate(days)],
                "in_the_red": [{"person": ref(BOB), "balance_cents": -700, "since": "2026-11-20T08:00:00Z"}],
                "in_the_red_count": self.in_the_red,
                "period": {
                    "name": period,
                    "from": TODAY if period == "day" else "2026-11-01",
                    "to": "2026-11-30" if period in ("week", "month") else TODAY,
                    "previous": "2026-10-31",
                    "next": None,
                },
                "top": [top],
                "top_count": self.ties,
                "by_day": [
                    {"day": TODAY, "top": [top], "count": self.ties},
                    {"day": "2026-11-22", "top": [], "count": 0},
                ],
            }
        )

    def home(self, _request: Request, person: Popug) -> Response:
        mine = [task for task in self.tasks if task["assignee"]["id"] == person.id and task["status"] == "open"]
        leads = person.role in ("accountant", "admin")
        in_the_red = 1 if person.role == "admin" else None
        return JSONResponse(
            {
                "today": TODAY,
                "time_zone": "Europe/Moscow",
                "balance_cents": self.balance_cents,
                "mark": self.marks.get(person.id, 0),
                "day_cents": 1900,
                "open_count": len(mine),
                "tasks": [self.view(task, person) for task in mine[:5]],
                "recent": self.entries[:5],
                "management": {"earned_today_cents": -1900, "in_the_red": in_the_red} if leads else None,
                "assignment": self.assignment(person),
            }
        )

    def nudge(self, popug: Popug, **news: Any) -> None:
        """Something happened on their account."""
        self.news = {"by_others": True, "new_tasks": 1, **news}
        self.marks[popug.id] = self.marks.get(popug.id, 0) + 1

    async def nudges(self, request: Request) -> Response:
        """As the real one: at once when there is news, else a long poll that its asker may leave."""
        answered = await self.guarded(lambda _request, _person: Response())(request)
        person = self.caller(request)
        if answered.status_code != 200 or person is None:
            return answered
        after, wait = request.query_params.get("after"), float(request.query_params.get("wait", 25))
        until, waiting = time.monotonic() + wait, self.waiting
        waiting.append(person.id)
        while str(self.marks.get(person.id, 0)) == after and time.monotonic() < until:
            if await request.is_disconnected():
                break
            await asyncio.sleep(0.02)
        waiting.remove(person.id)
        mark = self.marks.get(person.id, 0)
        news = self.news if after not in (None, str(mark)) else {"by_others": False, "new_tasks": 0}
        return JSONResponse({"mark": mark, **news})

    def app(self) -> Starlette:
        leads, books = ("manager", "admin"), ("accountant", "admin")
        return Starlette(
            routes=[
                Route("/home", self.guarded(self.home)),
                Route("/nudges", self.nudges),
                Route("/tasks", self.guarded(self.board)),
                Route("/tasks", self.guarded(self.create), methods=["POST"]),
                Route("/tasks/{id}", self.guarded(self.task)),
                Route("/tasks/{id}/completion", self.guarded(self.complete), methods=["POST"]),
                Route("/reassignments", self.guarded(self.reassign, *leads), methods=["POST"]),
                Route("/reassignments/{id}", self.guarded(self.reassignment, *leads)),
                Route("/imports", self.guarded(self.imports), methods=["POST"]),
                Route("/accounting", self.guarded(self.accounting)),
                Route("/accounts", self.guarded(self.accounts, *books)),
                Route("/accounts/me/statement.csv", self.guarded(self.csv)),
                Route("/accounts/me/proof", self.guarded(self.proof)),
                Route("/accounts/{id}/statement.csv", self.guarded(self.csv, *books)),
                Route("/accounts/{id}/statement", self.guarded(self.statement_of)),
                Route("/accounts/{id}/corrections", self.guarded(self.correct, *books), methods=["POST"]),
                Route("/company/periods", self.guarded(self.spans, *books)),
                Route("/company/entries", self.guarded(self.company_entries, *books)),
                Route("/company/entries.csv", self.guarded(self.csv, *books)),
                Route("/company/days.csv", self.guarded(self.csv, *books)),
                Route("/letters", self.guarded(self.show_letters, "admin")),
                Route("/letters/{id}/resending", self.guarded(self.resend, "admin"), methods=["POST"]),
                Route("/me/preferences", self.guarded(self.prefer), methods=["GET", "PUT"]),
                Route("/company", self.guarded(self.company, *books)),
                Route("/analytics", self.guarded(self.analytics, "admin")),
            ],
        )


def seal_of(day: str) -> str | None:
    return "5ea1" * 16 if day < TODAY else None


def ref(popug: Popug) -> Json:
    return {"id": popug.id, "name": popug.name, "version": 3}


def days_refused(request: Request) -> Response | None:
    first, last = request.query_params.get("from", ""), request.query_params.get("to", "9")
    sentence = f"The first day, {first}, comes after the last, {last}: swap them."
    return problem(422, "invalid-input", sentence, [{"field": "from", "message": sentence}]) if first > last else None
