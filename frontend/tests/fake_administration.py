"""auth_service's administration as the contract promises it: a company in memory that a test can look into."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from frontend.tests.cast import ANN, BOB, CAST, ROOT, Popug

PAGE = 4
MOMENT = "2026-11-01T09:00:00Z"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
BEAK = "BEAK-F5DH-S01N-PK5K-VB4N9"
Json = dict[str, Any]


@dataclass
class FakeAdministration:
    issuer: str
    roster: dict[str, Json] = field(default_factory=dict)
    products: dict[str, Json] = field(default_factory=dict)
    sessions: dict[str, Json] = field(default_factory=dict)
    deliveries: dict[str, Json] = field(default_factory=dict)
    keys: list[Json] = field(default_factory=list)
    trail: list[Json] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)  # method and path with query, in order
    askers: list[tuple[str, str]] = field(default_factory=list)  # address and device, in order
    bearers: dict[str, tuple[Popug, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.roster = {popug.id: popug_like(popug, self.issuer) for popug in CAST}
        self.products = {"frontend": product_like("frontend", "aTES", is_ours=True), "seeds": product_like("seeds")}
        self.sessions = {"s-ann": session_like("s-ann", ANN), "s-bob": session_like("s-bob", BOB)}
        self.deliveries = {state: delivery_like(state, state) for state in ("waiting", "delivered", "dead")}
        self.keys = [key_like(f"{state}-key", state) for state in ("next", "current", "retiring", "withdrawn")]
        self.trail = [entry_like(number) for number in range(6)]

    # -- the door --

    def guarded(self, endpoint: Any, *scopes: str) -> Any:
        async def answer(request: Request) -> Response:
            self.asked.append(
                (request.method, request.url.path + (f"?{request.url.query}" if request.url.query else ""))
            )
            self.askers.append((request.headers["X-Forwarded-For"], request.headers["User-Agent"]))
            bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
            granted = self.bearers.get(bearer, (None, ""))[1].split()
            if not set(scopes) <= set(granted):
                return JSONResponse({"title": "No"}, status_code=401)
            body = await request.json() if request.headers.get("Content-Type") == "application/json" else {}
            told: Response = endpoint(request, body)
            return told

        return answer

    def routes(self) -> list[Route]:
        people, house = ("people:read", "people:write"), ("administration",)
        doors: list[tuple[str, Any, list[str], tuple[str, ...]]] = [
            ("/people", self.people, ["GET", "POST"], people),
            ("/people/{id}", self.person, ["GET", "PATCH"], people),
            ("/people/{id}/beak", self.moult, ["POST"], people),
            ("/people/{id}/hatching", self.invite, ["POST"], people),
            ("/people/{id}/sessions", self.end_sessions, ["DELETE"], house),
            ("/products", self.all_products, ["GET", "POST"], house),
            ("/products/{id}", self.product, ["GET", "PATCH"], house),
            ("/products/{id}/secret", self.new_secret, ["POST"], house),
            ("/products/{id}/sign-in-test", self.try_sign_in, ["POST"], house),
            ("/redirect-uri-check", self.check_uri, ["POST"], house),
            ("/sessions", self.all_sessions, ["GET"], house),
            ("/sessions/{id}", self.end_session, ["DELETE"], house),
            ("/logout-deliveries", self.all_deliveries, ["GET"], house),
            ("/logout-deliveries/{id}/attempt", self.deliver, ["POST"], house),
            ("/keys", self.all_keys, ["GET"], house),
            ("/key-rotations", self.rotate, ["POST"], house),
            ("/keys/{id}/withdrawal", self.withdraw, ["POST"], house),
            ("/trail", self.whole_trail, ["GET"], house),
            ("/trail.csv", self.trail_as_csv, ["GET"], house),
        ]
        return [Route(path, self.guarded(door, *scopes), methods=methods) for path, door, methods, scopes in doors]

    # -- people --

    def people(self, request: Request, body: Json) -> Response:
        if request.method == "GET":
            return self.list_people(dict(request.query_params))
        if not body["name"]:
            errors = [{"field": "name", "message": "Everybody has a name."}]
            return problem(422, "invalid-input", "Everybody has a name.", errors)
        if body["email"] in [popug["email"] for popug in self.roster.values()]:
            return problem(409, "email-taken", "Somebody has this mail already.")
        is_invited = body.pop("invite", False)
        popug = {**self.roster[ANN.id], **body, "id": f"01900000-0000-7000-8000-{secrets.token_hex(6)}"}
        self.roster[str(popug["id"])] = popug
        return JSONResponse(popug | (self.link() if is_invited else {"beak_shape": BEAK}), status_code=201)

    def link(self) -> Json:
        return {
            "hatching_url": f"{self.issuer}/hatching?invitation=only-once",
            "hatching_expires_at": "2026-12-01T09:00:00Z",
        }

    def list_people(self, query: dict[str, str]) -> Response:
        wanted = [
            popug
            for popug in sorted(self.roster.values(), key=lambda popug: str(popug["name"]))
            if query.get("role", popug["role"]) == popug["role"]
            and query.get("active", str(popug["active"]).lower()) == str(popug["active"]).lower()
            and query.get("q", "").lower() in str(popug["name"]).lower()
        ]
        return paged(wanted, query)

    def person(self, request: Request, changes: Json) -> Response:
        popug = self.roster.get(request.path_params["id"])
        if popug is None:
            return problem(404, "no-such-person", "There is no such popug.")
        if popug["role"] == "admin" and (changes.get("role", "admin") != "admin" or changes.get("active") is False):
            return problem(409, "last-admin", "This is the last admin.")
        if changes.get("name") == "":
            return problem(422, "invalid-input", "name", [{"field": "name", "message": "Everybody has a name."}])
        popug.update(changes)
        return JSONResponse(popug)

    def moult(self, request: Request, _body: Json) -> Response:
        return JSONResponse(self.roster[request.path_params["id"]] | {"beak_shape": BEAK}, status_code=201)

    def invite(self, request: Request, _body: Json) -> Response:
        return JSONResponse(self.link(), status_code=201)

    def end_sessions(self, request: Request, _body: Json) -> Response:
        whose = request.path_params["id"]
        self.sessions = {key: each for key, each in self.sessions.items() if each["person"]["id"] != whose}
        return Response(status_code=204)

    # -- products --

    def all_products(self, request: Request, body: Json) -> Response:
        if request.method == "GET":
            query = dict(request.query_params)
            return paged([each for each in self.products.values() if query.get("q", "") in each["client_name"]], query)
        if refusal := refused_product(body):
            return refusal
        if body["client_id"] in self.products:
            return problem(409, "client-id-taken", "There is such a product already.")
        product = self.registered(product_like(body["client_id"]), body)
        product["has_secret"] = product["token_endpoint_auth_method"] != "none"
        self.products[body["client_id"]] = product
        secret = {"client_secret": "told-once-0"} if product["has_secret"] else {}
        return JSONResponse(product | secret, status_code=201)

    def registered(self, product: Json, body: Json) -> Json:
        named = [{"id": each, "name": self.roster[each]["name"]} for each in body.get("people", [])]
        return {**product, **body, **({"people": named} if "people" in body else {})}

    def product(self, request: Request, changes: Json) -> Response:
        product = self.products.get(request.path_params["id"])
        if product is None:
            return problem(404, "no-such-product", "There is no such product.")
        if request.method == "GET":
            return JSONResponse(product)
        if product["is_ours"]:
            return problem(409, "product-of-the-house", "It is set up by the settings of the installation.")
        if changes.pop("version", product["version"]) != product["version"]:
            return problem(409, "changed-meanwhile", "Somebody else has changed this meanwhile.")
        if changes.get("redirect_uris") is not None and (refusal := refused_product(changes)):
            return refusal
        self.products[product["client_id"]] = self.registered(product, changes) | {"version": product["version"] + 1}
        return JSONResponse(self.products[product["client_id"]])

    def new_secret(self, request: Request, body: Json) -> Response:
        product = self.products[request.path_params["id"]]
        if body["version"] not in (None, product["version"]):
            return problem(409, "changed-meanwhile", "Somebody else has changed this meanwhile.")
        product["version"] += 1
        product["previous_secret_expires_at"] = "2026-12-24T09:00:00Z" if body["overlap_seconds"] else None
        told = {"client_secret": "told-once-1", "previous_secret_expires_at": product["previous_secret_expires_at"]}
        return JSONResponse(told, status_code=201)

    def check_uri(self, _request: Request, body: Json) -> Response:
        is_ok = body["redirect_uri"].startswith("https://")
        return JSONResponse({"ok": is_ok, "problem": "" if is_ok else "It must begin with https://.", "hint": ""})

    def try_sign_in(self, request: Request, _body: Json) -> Response:
        product = self.products[request.path_params["id"]]
        checks = [
            {"name": "redirect address", "ok": True, "detail": product["redirect_uris"][0]},
            {"name": "who may enter", "ok": not product["roles"] or "admin" in product["roles"], "detail": "you"},
        ]
        claims = {"sub": ROOT.id, "name": ROOT.name}
        told = {"checks": checks, "id_token_claims": claims, "userinfo": claims, "scope": "openid profile"}
        return JSONResponse(told)

    # -- sessions, sign-outs, keys, trail --

    def all_sessions(self, request: Request, _body: Json) -> Response:
        query = dict(request.query_params)
        wanted = [
            each
            for each in self.sessions.values()
            if query.get("person_id", each["person"]["id"]) == each["person"]["id"]
            and query.get("product", "seeds") in [product["client_id"] for product in each["products"]]
        ]
        return paged(wanted, query)

    def end_session(self, request: Request, _body: Json) -> Response:
        if self.sessions.pop(request.path_params["id"], None) is None:
            return problem(404, "no-such-session", "There is no such session.")
        return Response(status_code=204)

    def all_deliveries(self, request: Request, _body: Json) -> Response:
        query = dict(request.query_params)
        return paged(
            [each for each in self.deliveries.values() if query.get("state", each["state"]) == each["state"]], query
        )

    def deliver(self, request: Request, _body: Json) -> Response:
        self.deliveries[request.path_params["id"]]["state"] = "waiting"
        return Response(status_code=202)

    def told_keys(self) -> Json:
        return {"items": self.keys, "next_rotation_at": "2027-01-01T00:00:00Z"}

    def all_keys(self, _request: Request, _body: Json) -> Response:
        return JSONResponse(self.told_keys())

    def rotate(self, _request: Request, _body: Json) -> Response:
        self.keys.insert(0, key_like(f"key-{len(self.keys)}", "next"))
        return JSONResponse(self.told_keys(), status_code=201)

    def withdraw(self, request: Request, _body: Json) -> Response:
        key = next(each for each in self.keys if each["kid"] == request.path_params["id"])
        if key["state"] == "next":
            return problem(409, "last-key", "Nothing would be left to sign with.")
        key["state"] = "withdrawn"
        return JSONResponse(self.told_keys())

    def whole_trail(self, request: Request, _body: Json) -> Response:
        query = dict(request.query_params)
        return paged([each for each in self.trail if query.get("what", each["what"]) == each["what"]], query)

    def trail_as_csv(self, _request: Request, _body: Json) -> Response:
        lines = "".join(f"{each['at']},{each['what']}\r\n" for each in self.trail)
        return Response(f"at,what\r\n{lines}", media_type="text/csv")


def paged(items: list[Json], query: dict[str, str]) -> Response:
    after = int(query.get("after", 0))
    further = str(after + PAGE) if items[after + PAGE :] else None
    return JSONResponse({"items": items[after : after + PAGE], "next": further})


def refused_product(body: Json) -> Response | None:
    errors = [
        {"field": f"redirect_uris.{number}", "message": "Value error, must be https"}
        for number, uri in enumerate(body["redirect_uris"])
        if not uri.startswith("https://")
    ]
    if not body["client_name"]:
        errors.append({"field": "client_name", "message": "Every product has a name."})
    return problem(422, "invalid-input", "The input is not valid.", errors) if errors else None


def popug_like(popug: Popug, issuer: str) -> Json:
    return {
        "id": popug.id,
        "name": popug.name,
        "email": f"{popug.name.split()[0].lower()}@uberpopug.example",
        "role": popug.role,
        "active": True,
        "version": 3,
        "plumage": "F5DH",
        "picture": f"{issuer}/people/{popug.id}/portrait.svg?v=3",
        "created_at": MOMENT,
    }


def product_like(client_id: str, name: str = "Seed shop", *, is_ours: bool = False) -> Json:
    return {
        "client_id": client_id,
        "client_name": name,
        "client_uri": None,
        "redirect_uris": ["https://seeds.example/callback"],
        "post_logout_redirect_uris": [],
        "backchannel_logout_uri": None,
        "token_endpoint_auth_method": "client_secret_basic",
        "jwks": None,
        "jwks_uri": None,
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid profile email roles offline_access",
        "id_token_signed_response_alg": "RS256",
        "userinfo_signed_response_alg": None,
        "trusted": False,
        "active": True,
        "roles": [],
        "people": [],
        "has_secret": True,
        "previous_secret_expires_at": None,
        "created_at": MOMENT,
        "is_ours": is_ours,
        "version": 1,
    }


def session_like(session_id: str, popug: Popug) -> Json:
    return {
        "id": session_id,
        "person": {"id": popug.id, "name": popug.name},
        "signed_in_at": MOMENT,
        "seen_at": MOMENT,
        "ended_at": None,
        "address": "192.0.2.7",
        "device": FIREFOX,
        "products": [{"client_id": "seeds", "client_name": "Seed shop"}],
    }


def delivery_like(delivery_id: str, state: str) -> Json:
    return {
        "id": delivery_id,
        "client_id": "seeds",
        "client_name": "Seed shop",
        "person": {"id": ANN.id, "name": ANN.name},
        "session_id": "s-ann",
        "uri": "https://seeds.example/back-channel",
        "state": state,
        "attempts": 3,
        "created_at": MOMENT,
        "due_at": MOMENT,
        "delivered_at": MOMENT if state == "delivered" else None,
        "dead_at": MOMENT if state == "dead" else None,
        "last_error": None if state == "delivered" else "It answered 500.",
    }


def key_like(kid: str, state: str) -> Json:
    signs_from = None if state == "next" else MOMENT
    return {
        "kid": kid,
        "algorithm": "RS256",
        "state": state,
        "created_at": MOMENT,
        "signs_from": signs_from,
        "retires_at": MOMENT if state in ("retiring", "withdrawn") else None,
    }


def entry_like(number: int) -> Json:
    return {
        "id": f"t-{number}",
        "at": MOMENT,
        "what": "role_changed" if number % 2 else "keys_rotated",
        "by": {"id": ROOT.id, "name": ROOT.name} if number else {"client_id": "seeds", "client_name": "Seed shop"},
        "whom": {"id": ANN.id, "name": ANN.name} if number % 2 else None,
        "product": None,
        "address": "192.0.2.7",
        "device": FIREFOX,
        "details": {"from": "worker", "to": "manager"} if number % 2 else {},
    }


def problem(status: int, kind: str, detail: str, errors: list[dict[str, str]] | None = None) -> Response:
    body = {"type": f"/problems/{kind}", "title": kind, "status": status, "detail": detail, "errors": errors or []}
    return JSONResponse(body, status_code=status, media_type="application/problem+json")
