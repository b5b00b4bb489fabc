"""What auth_service's administration of people can be asked, with a token of the admin's own, narrowed to it.

Every method raises Refused, Unreachable and SignInNeeded, as the backend's client does.
"""

from dataclasses import dataclass
from typing import Any, TypedDict, cast
from urllib.parse import quote

from frontend.clock import Deadline
from frontend.errors import Refused, SignInNeeded
from frontend.neighbour import Neighbour, Query
from frontend.sessions import BrowserSession
from frontend.tokens import TokenKeeper


class Popug(TypedDict):
    id: str
    name: str
    email: str
    role: str
    active: bool
    version: int
    plumage: str
    picture: str
    created_at: str


class Hatched(Popug):
    beak_shape: str  # told this once


class Roster(TypedDict):
    items: list[Popug]
    next: str | None


@dataclass(frozen=True, slots=True)
class PeopleClient:
    neighbour: Neighbour
    tokens: TokenKeeper
    session: BrowserSession
    deadline: Deadline
    request_id: str

    def roster(self, **filters: str | None) -> Roster:
        return cast(Roster, self._call("GET", "/people", query=filters))

    def add(self, *, name: str, email: str, role: str) -> Hatched:
        return cast(Hatched, self._call("POST", "/people", json={"name": name, "email": email, "role": role}))

    def change(self, person_id: str, **changes: str | bool) -> Popug:
        return cast(Popug, self._call("PATCH", f"/people/{quote(person_id, safe='')}", json=changes))

    def _call(self, method: str, path: str, *, query: Query | None = None, json: object = None) -> Any:
        try:
            return self.neighbour.call(
                method,
                path,
                bearer=self.tokens.people_token(self.session),
                deadline=self.deadline,
                query=query,
                json=json,
                headers={"X-Request-Id": self.request_id},
            )
        except Refused as refusal:
            if refusal.status == 401:
                raise SignInNeeded from refusal
            raise
