"""Who is let in, and with what: forged tokens, changed people, programs, and days without auth_service."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from jose import jwt

from backend.tests.company import Company, Popug
from backend.tests.issuer import Issuer, SigningPair

Forge = Callable[[Issuer, dict[str, Any]], str]


def encode(part: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def unsigned(algorithm: str) -> Forge:
    head = encode({"alg": algorithm, "typ": "at+jwt", "kid": "first"})
    return lambda _issuer, claims: f"{head}.{encode(claims)}."


def with_public_key_as_secret(issuer: Issuer, claims: dict[str, Any]) -> str:
    head = f"{encode({'alg': 'HS256', 'typ': 'at+jwt', 'kid': 'first'})}.{encode(claims)}"
    mac = hmac.new(json.dumps(issuer.pair.public).encode(), head.encode(), hashlib.sha256).digest()
    return f"{head}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def with_empty_secret(issuer: Issuer, claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "", algorithm="HS256", headers={"typ": "at+jwt", "kid": "first"})


def without(claim: str) -> Forge:
    return lambda issuer, claims: issuer.sign({name: value for name, value in claims.items() if name != claim})


def claiming(**changes: Any) -> Forge:
    return lambda issuer, claims: issuer.sign({**claims, **changes})


def headed(**headers: Any) -> Forge:
    return lambda issuer, claims: issuer.sign(claims, headers=headers)


def signed_by_a_stranger(issuer: Issuer, claims: dict[str, Any]) -> str:
    return issuer.sign(claims, pair=SigningPair("first"))


def with_an_unknown_key(issuer: Issuer, claims: dict[str, Any]) -> str:
    return issuer.sign(claims, pair=SigningPair("second"))


def with_changed_claims(issuer: Issuer, claims: dict[str, Any]) -> str:
    head, _, signature = issuer.sign(claims).split(".")
    return f"{head}.{encode({**claims, 'role': 'admin'})}.{signature}"


def truncated(issuer: Issuer, claims: dict[str, Any]) -> str:
    return issuer.sign(claims)[:-10]


def without_signature(issuer: Issuer, claims: dict[str, Any]) -> str:
    return issuer.sign(claims).rpartition(".")[0] + "."


def oversized(issuer: Issuer, claims: dict[str, Any]) -> str:
    return issuer.sign({**claims, "padding": "x" * 10_000})


FORGED: dict[str, Forge] = {
    "alg none": unsigned("none"),
    "alg nOnE": unsigned("nOnE"),
    "public key as secret": with_public_key_as_secret,
    "empty secret": with_empty_secret,
    "a stranger's key under our kid": signed_by_a_stranger,
    "a key nobody published": with_an_unknown_key,
    "claims changed after signing": with_changed_claims,
    "truncated": truncated,
    "without signature": without_signature,
    "oversized": oversized,
    "not a token": lambda _issuer, _claims: "parrot",
    "five parts": lambda issuer, claims: issuer.sign(claims) + ".a.b",
    "header is a list": lambda _issuer, claims: f"{encode([])}.{encode(claims)}.AAAA",
    "header is deeply nested": lambda _issuer, claims: (
        f"{base64.urlsafe_b64encode(b'[' * 4000).decode()}.{encode(claims)}.AAAA"
    ),
    "an ID token": headed(typ="JWT"),
    "a logout token": headed(typ="logout+jwt"),
    "crit": headed(crit=["b64"], b64=False),
    "jku": headed(jku="https://evil.example/jwks"),
    "jwk": headed(jwk={}),
    "x5u": headed(x5u="https://evil.example/cert"),
    "kid is a path": headed(kid="../../dev/null"),
    "kid is a number": headed(kid=7),
    "another algorithm's name": headed(alg="RS256"),
    "another issuer": claiming(iss="https://evil.example"),
    "issuer is a list": lambda issuer, claims: issuer.sign({**claims, "iss": [issuer.url]}),
    "for another service": claiming(aud="frontend"),
    "for several audiences": claiming(aud=["backend", "frontend"]),
    "no audience": without("aud"),
    "no expiry": without("exp"),
    "no issue time": without("iat"),
    "no subject": without("sub"),
    "no jti": without("jti"),
    "no scope": without("scope"),
    "expiry is words": claiming(exp="tomorrow"),
    "expiry is a boolean": claiming(exp=True),
    "version is words": claiming(ver="1"),
    "role is a list": claiming(role=["admin"]),
    "issued in the future": claiming(iat=4102444800, exp=4102445100),
}


def every_operation(company: Company) -> list[tuple[str, str]]:
    paths = company.client.get("/openapi.json").json()["paths"]
    open_to_all = ("/livez", "/readyz")
    return [
        (method, path.replace("{", "").replace("}", "").replace("task_id", str(uuid4())).replace("round_id", "x"))
        for path, methods in paths.items()
        for method in methods
        if path not in open_to_all
    ]


def test_forged_tokens_of_every_kind_are_refused_everywhere(company: Company, chief: Popug) -> None:
    claims = company.issuer.claims(chief.id, "admin", 1, now=int(company.clock().timestamp()))
    operations = every_operation(company)
    assert len(operations) >= 13
    for kind, forge in FORGED.items():
        headers = {"Authorization": f"Bearer {forge(company.issuer, claims)}"}
        for method, path in operations:
            answer = company.client.request(method, path, headers=headers)
            assert (answer.status_code, answer.json()["type"]) == (401, "/problems/token-invalid"), (kind, method, path)
            assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YW5uOmFubg==", "ann"])
def test_no_token_is_refused_everywhere(company: Company, header: str | None) -> None:
    for method, path in every_operation(company):
        answer = company.client.request(method, path, headers={"Authorization": header} if header is not None else {})
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/token-missing"), (method, path)


def test_headers_that_name_a_person_mean_nothing(company: Company, ann: Popug, chief: Popug) -> None:
    headers = {**ann.headers(), "X-User-Id": str(chief.id), "X-Role": "admin"}
    assert company.client.get("/analytics", headers=headers).status_code == 403


def test_a_token_without_our_scope_is_refused(company: Company, ann: Popug) -> None:
    answer = company.client.get("/home", headers={"Authorization": f"Bearer {ann.token(scope='openid people:read')}"})
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/insufficient-scope")
    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]


def test_a_program_is_no_person(company: Company, ann: Popug) -> None:
    claims = company.issuer.claims(ann.id, "admin", 1, now=int(company.clock().timestamp()))
    for changes in ({"sub": "backend"}, {"role": None}, {"ver": None}):
        answer = company.client.get(
            "/home", headers={"Authorization": f"Bearer {company.issuer.sign(claims | changes)}"}
        )
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/people-only")


def test_an_expired_token_is_refused_while_auth_service_answers(company: Company, ann: Popug) -> None:
    headers = ann.headers()
    company.clock.turn(seconds=299)
    assert company.client.get("/home", headers=headers).status_code == 200
    company.clock.turn(seconds=1)
    answer = company.client.get("/home", headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/token-expired")


def test_while_auth_service_is_away_an_expired_token_does_for_55_minutes(company: Company, ann: Popug) -> None:
    task, headers = ann.creates(), ann.headers()
    company.auth_service_goes_away()
    company.clock.turn(minutes=5 + 54)
    assert company.client.get("/home", headers=headers).status_code == 200
    assert company.client.post("/tasks", json={"title": "Oil the door"}, headers=headers).status_code == 201
    assert company.client.post(f"/tasks/{task['id']}/completion", headers=headers).status_code == 200
    company.clock.turn(minutes=1)
    assert company.client.get("/home", headers=headers).status_code == 401


def test_an_expired_token_never_assigns_tasks(company: Company, ann: Popug, boss: Popug) -> None:
    headers = boss.headers()
    company.auth_service_goes_away()
    company.clock.turn(minutes=6)
    answer = company.client.post("/reassignments", headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/roster-too-old")


def test_when_auth_service_is_back_an_expired_token_is_refused_again(company: Company, ann: Popug) -> None:
    headers = ann.headers()
    company.auth_service_goes_away()
    company.clock.turn(minutes=10)
    company.issuer.away = False
    assert company.house.feed.sync()
    assert company.client.get("/home", headers=headers).status_code == 401


def test_a_dismissed_popug_is_refused_at_once(company: Company, ann: Popug) -> None:
    old = ann.headers()
    ann.leave()
    for headers in (old, ann.headers()):
        answer = company.client.get("/home", headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/dismissed")


def test_a_dismissed_popug_is_refused_everywhere(company: Company, chief: Popug) -> None:
    headers = chief.headers()
    chief.leave()
    for method, path in every_operation(company):
        path = path.replace("/reassignments/x", f"/reassignments/{uuid4()}").replace("person_id", str(chief.id))
        path = path.replace("letter_id", str(uuid4()))
        if path == "/imports":
            answer = company.client.post(path, content=b"Title\nOil the door", headers=headers)
        else:
            body = None if method == "get" else {"title": "Oil the door", "amount_cents": 100, "reason": "a slip"}
            answer = company.client.request(method, path, params={"day": "2026-03-04"}, headers=headers, json=body)
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/dismissed"), (method, path)


def test_a_token_from_before_a_role_change_is_refused(company: Company, chief: Popug) -> None:
    old = chief.headers()
    chief.become("worker")
    answer = company.client.get("/analytics", headers=old)
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/token-outdated")
    assert chief.get("/analytics").status_code == 403


def test_a_token_newer_than_the_replica_counts_with_its_own_role(company: Company, chief: Popug) -> None:
    token = chief.token(ver=2, role="worker")
    assert company.client.get("/analytics", headers={"Authorization": f"Bearer {token}"}).status_code == 403


def test_someone_hired_a_second_ago_is_let_in(company: Company) -> None:
    newcomer = Popug(uuid4(), "Nell Nymph", "worker", company)
    company.issuer.tell(newcomer.as_told())  # and the feed has not asked yet
    assert newcomer.get("/home").status_code == 200


def test_someone_nobody_knows_is_refused(company: Company) -> None:
    stranger = Popug(uuid4(), "Sly Starling", "admin", company)
    answer = stranger.get("/home")
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unknown-person")
