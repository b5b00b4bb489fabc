"""What the backend can be asked, one method for each operation, always with the person's own access token.

Every method raises Refused with the backend's own words, Unreachable when it does not answer in time or does not know a
new token yet, and SignInNeeded when the person's token is refused and can not be renewed.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

from frontend import backend_views as views
from frontend.clock import Deadline
from frontend.errors import Refused, SignInNeeded, Unreachable
from frontend.neighbour import Download, Neighbour, Query
from frontend.sessions import BrowserSession
from frontend.tokens import TokenKeeper

ASSIGN_SECONDS = 60
IMPORT_SECONDS = 60
SOUND_KEY = re.compile("[!-~]{1,255}")  # what the backend takes


@dataclass(frozen=True, slots=True)
class BackendClient:
    neighbour: Neighbour
    tokens: TokenKeeper
    session: BrowserSession
    deadline: Deadline
    request_id: str

    def home(self) -> views.Home:
        return cast(views.Home, self._get("/home"))

    def tasks(self, **filters: str | None) -> views.Board:
        return cast(views.Board, self._get("/tasks", filters))

    def task(self, task_id: str) -> views.Task:
        return cast(views.Task, self._get(f"/tasks/{quote(task_id, safe='')}"))

    def create_task(self, *, title: str, description: str, key: str, idempotency_key: str) -> views.Created:
        body = {"title": title, "description": description, "key": key or None}
        return cast(views.Created, self._post("/tasks", idempotency_key, json=body))

    def complete_task(self, task_id: str, *, idempotency_key: str) -> views.Completed:
        return cast(views.Completed, self._post(f"/tasks/{quote(task_id, safe='')}/completion", idempotency_key))

    def reassign_all(self, *, idempotency_key: str) -> views.Reassignment:
        patient = Deadline(ASSIGN_SECONDS)
        return cast(views.Reassignment, self._post("/reassignments", idempotency_key, deadline=patient))

    def reassignment(self, reassignment_id: str) -> views.Reassignment:
        return cast(views.Reassignment, self._get(f"/reassignments/{quote(reassignment_id, safe='')}"))

    def import_tasks(self, csv: bytes, *, idempotency_key: str) -> views.ImportReport:
        patient = Deadline(IMPORT_SECONDS)
        return cast(views.ImportReport, self._post("/imports", idempotency_key, content=csv, deadline=patient))

    def accounting(self, *, day: str | None = None, after: str | None = None) -> views.Accounting:
        return cast(views.Accounting, self._get("/accounting", {"day": day, "after": after}))

    def statement_of(self, person_id: str, *, day: str | None = None, after: str | None = None) -> views.Statement:
        path = f"/accounts/{quote(person_id, safe='')}/statement"
        return cast(views.Statement, self._get(path, {"day": day, "after": after}))

    def company(self, *, day: str | None = None, before: str | None = None) -> views.Company:
        return cast(views.Company, self._get("/company", {"day": day, "before": before}))

    def correct(self, person_id: str, *, amount_cents: int, reason: str, idempotency_key: str) -> views.Corrected:
        body = {"amount_cents": amount_cents, "reason": reason}
        path = f"/accounts/{quote(person_id, safe='')}/corrections"
        return cast(views.Corrected, self._post(path, idempotency_key, json=body))

    def proof(self, day: str) -> dict[str, Any]:
        return cast(dict[str, Any], self._get("/accounts/me/proof", {"day": day}))

    def spans(self, *, by: str, before: str | None = None) -> views.Spans:
        return cast(views.Spans, self._get("/company/periods", {"by": by, "before": before}))

    def accounts(self, wanted: Query) -> views.Accounts:
        return cast(views.Accounts, self._get("/accounts", wanted))

    def company_entries(self, wanted: Query) -> views.CompanyEntries:
        return cast(views.CompanyEntries, self._get("/company/entries", wanted))

    def analytics(self, asked: Query) -> views.Analytics:
        return cast(views.Analytics, self._get("/analytics", asked))

    def preferences(self) -> views.Preferences:
        return cast(views.Preferences, self._get("/me/preferences"))

    def prefer(self, *, digest: bool) -> views.Preferences:
        return cast(views.Preferences, self._call("PUT", "/me/preferences", json={"digest": digest}))

    def letters(self, *, state: str, after: str | None = None) -> views.Letters:
        return cast(views.Letters, self._get("/letters", {"state": state, "after": after}))

    def resend(self, letter_id: str, *, idempotency_key: str) -> views.Letter:
        return cast(views.Letter, self._post(f"/letters/{quote(letter_id, safe='')}/resending", idempotency_key))

    def csv(self, path: str, query: Query | None = None) -> Download:
        """Begun at once, so that a refusal is still a page; then passed on as it comes."""

        def ask(bearer: str) -> Download:
            return self.neighbour.stream(
                path, bearer=bearer, deadline=self.deadline, query=query, headers={"X-Request-Id": self.request_id}
            )

        return cast(Download, self._speaking(ask))

    def _get(self, path: str, query: Query | None = None) -> Any:
        return self._call("GET", path, query=query)

    def _post(
        self,
        path: str,
        idempotency_key: str,
        *,
        json: object = None,
        content: bytes | None = None,
        deadline: Deadline | None = None,
    ) -> Any:
        headers = {"Idempotency-Key": sound(idempotency_key)} if idempotency_key else {}
        if content is not None:
            headers["Content-Type"] = "text/csv"
        return self._call("POST", path, json=json, content=content, headers=headers, deadline=deadline)

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        json: object = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        deadline: Deadline | None = None,
    ) -> Any:
        def ask(bearer: str) -> Any:
            return self.neighbour.call(
                method,
                path,
                bearer=bearer,
                deadline=deadline or self.deadline,
                query=query,
                json=json,
                content=content,
                headers={"X-Request-Id": self.request_id, **(headers or {})},
            )

        return self._speaking(ask)

    def _speaking(self, ask: Callable[[str], Any]) -> Any:
        bearer = self.tokens.access_token(self.session)
        try:
            return ask(bearer)
        except Refused as refusal:
            if refusal.status != 401:
                raise
        return self._ask_again(ask, refused=bearer)

    def _ask_again(self, ask: Callable[[str], Any], *, refused: str) -> Any:
        """A refused token did nothing on the other side, so asking again with a new one is safe for every method.

        If one of just now is refused as well, the backend does not know its key or its person yet: then a new sign-in
        would only bring such another, and people would be sent round in circles.
        """
        bearer = self.tokens.access_token_after(refused, self.session)
        try:
            return ask(bearer)
        except Refused as refusal:
            if refusal.status != 401:
                raise
            if bearer == refused:
                raise SignInNeeded from refusal
            raise Unreachable("backend", f"refused a new token: {refusal.detail}") from refusal


def sound(idempotency_key: str) -> str:
    """It comes out of a form and goes into a header. Raises Refused for what none of our forms holds."""
    if not SOUND_KEY.fullmatch(idempotency_key):
        raise Refused(422, "Not a form of ours", "Nothing was done: open the page anew and fill in its form.")
    return idempotency_key
