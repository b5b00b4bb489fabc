"""What auth_service's administration can be asked, with a token of the admin's own, narrowed to it.

Every method raises Refused, Unreachable and SignInNeeded, as the backend's client does.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import quote

from frontend import administration_views as views
from frontend.clock import Deadline
from frontend.errors import Refused, SignInNeeded
from frontend.neighbour import Download, Neighbour, Query
from frontend.sessions import BrowserSession
from frontend.tokens import TokenKeeper

Fields = Mapping[str, object]


@dataclass(slots=True)
class PeopleClient:
    neighbour: Neighbour
    tokens: TokenKeeper
    session: BrowserSession
    deadline: Deadline
    request_id: str
    asker: Mapping[str, str] = field(default_factory=dict)  # headers that say from where the person asks, for the trail
    bearer: str = field(default="", repr=False)  # fetched for the first question, kept for the others of this page

    def at_once(self, *questions: Callable[[], Any]) -> list[Any]:
        """The answers, in order, to questions that need not wait for each other; the first "no" is raised."""
        self._fetch_bearer()
        with ThreadPoolExecutor(len(questions)) as pool:
            return [asked.result() for asked in [pool.submit(question) for question in questions]]

    def must_be_an_admins(self) -> None:
        """For pages that ask nothing: raises Refused 403 where the provider gives no token for the administration."""
        self._fetch_bearer()

    # -- people --

    def roster(self, **filters: str | None) -> views.Roster:
        return cast(views.Roster, self._get("/people", filters))

    def person(self, person_id: str) -> views.Popug:
        return cast(views.Popug, self._get(f"/people/{quoted(person_id)}"))

    def add(self, *, name: str, email: str, role: str) -> views.Hatched:
        return cast(views.Hatched, self._post("/people", {"name": name, "email": email, "role": role}))

    def invite(self, *, name: str, email: str, role: str) -> views.Invited:
        body = {"name": name, "email": email, "role": role, "invite": True}
        return cast(views.Invited, self._post("/people", body))

    def change(self, person_id: str, **changes: str | bool) -> views.Popug:
        return cast(views.Popug, self._call("PATCH", f"/people/{quoted(person_id)}", json=changes))

    def moult(self, person_id: str) -> views.Hatched:
        return cast(views.Hatched, self._post(f"/people/{quoted(person_id)}/beak"))

    def invite_again(self, person_id: str) -> views.Invitation:
        return cast(views.Invitation, self._post(f"/people/{quoted(person_id)}/hatching"))

    # -- products --

    def products(self, **filters: str | None) -> views.Products:
        return cast(views.Products, self._get("/products", filters))

    def product(self, client_id: str) -> views.Product:
        return cast(views.Product, self._get(f"/products/{quoted(client_id)}"))

    def add_product(self, fields: Fields) -> views.NewProduct:
        return cast(views.NewProduct, self._post("/products", fields))

    def change_product(self, client_id: str, fields: Fields) -> views.NewProduct:
        return cast(views.NewProduct, self._call("PATCH", f"/products/{quoted(client_id)}", json=fields))

    def new_secret(self, client_id: str, *, overlap_seconds: int, version: int | None) -> views.NewSecret:
        body = {"overlap_seconds": overlap_seconds, "version": version}
        return cast(views.NewSecret, self._post(f"/products/{quoted(client_id)}/secret", body))

    def check_redirect_uri(self, redirect_uri: str) -> views.UriCheck:
        return cast(views.UriCheck, self._post("/redirect-uri-check", {"redirect_uri": redirect_uri}))

    def try_sign_in(self, client_id: str, *, redirect_uri: str = "") -> views.SignInTest:
        body = {"redirect_uri": redirect_uri} if redirect_uri else {}
        return cast(views.SignInTest, self._post(f"/products/{quoted(client_id)}/sign-in-test", body))

    # -- sessions, sign-outs, keys, trail --

    def sessions(self, **filters: str | None) -> views.SignedInPage:
        return cast(views.SignedInPage, self._get("/sessions", filters))

    def end_session(self, session_id: str) -> None:
        self._call("DELETE", f"/sessions/{quoted(session_id)}")

    def end_sessions_of(self, person_id: str) -> None:
        self._call("DELETE", f"/people/{quoted(person_id)}/sessions")

    def logout_deliveries(self, **filters: str | None) -> views.Deliveries:
        return cast(views.Deliveries, self._get("/logout-deliveries", filters))

    def deliver_again(self, delivery_id: str) -> None:
        self._post(f"/logout-deliveries/{quoted(delivery_id)}/attempt")

    def keys(self) -> views.Keys:
        return cast(views.Keys, self._get("/keys"))

    def rotate_keys(self) -> views.Keys:
        return cast(views.Keys, self._post("/key-rotations"))

    def withdraw_key(self, kid: str) -> views.Keys:
        return cast(views.Keys, self._post(f"/keys/{quoted(kid)}/withdrawal"))

    def trail(self, **filters: str | None) -> views.Trail:
        return cast(views.Trail, self._get("/trail", filters))

    def trail_as_csv(self, **filters: str | None) -> Iterator[bytes]:
        """Begun at once, so that a refusal is still a page; then passed on as it comes."""
        download: Download = self._speaking(
            lambda bearer: self.neighbour.stream(
                "/trail.csv", bearer=bearer, deadline=self.deadline, query=filters, headers=self._headers
            )
        )
        return download.pieces

    # -- asking --

    @property
    def _headers(self) -> dict[str, str]:
        return {"X-Request-Id": self.request_id, **self.asker}

    def _get(self, path: str, query: Query | None = None) -> Any:
        return self._call("GET", path, query=query)

    def _post(self, path: str, json: object = None) -> Any:
        return self._call("POST", path, json=json)

    def _call(self, method: str, path: str, *, query: Query | None = None, json: object = None) -> Any:
        return self._speaking(
            lambda bearer: self.neighbour.call(
                method, path, bearer=bearer, deadline=self.deadline, query=query, json=json, headers=self._headers
            )
        )

    def _speaking(self, ask: Callable[[str], Any]) -> Any:
        try:
            return ask(self._fetch_bearer())
        except Refused as refusal:
            if refusal.status == 401:
                raise SignInNeeded from refusal
            raise

    def _fetch_bearer(self) -> str:
        self.bearer = self.bearer or self.tokens.people_token(self.session)
        return self.bearer


def quoted(name: str) -> str:
    return quote(name, safe="")
