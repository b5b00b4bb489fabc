"""Who is let in, and with what: forged tokens, changed people, programs, and days without auth_service."""

from uuid import uuid4

import pytest

from backend.tests.company import Company, Popug
from forged_tokens import Forge, forgeries

# Answered in other words: no token, somebody unknown, and a good token that has expired. HTTP trims its headers.
FORGIVEN = frozenset(
    {
        "empty",
        "a space at the end",
        "a newline at the end",
        "subject nobody",
        "expired a day ago",
        "expired in 1970",
        "expiry negative",
        "expiry twice, the last one past",
    }
)

ONE_OF_A_SORT = ("alg none", "by a stranger under our kid", "HS256 with an empty key", "another audience", "no typ")


def forged(company: Company, person: Popug) -> dict[str, str]:
    now = int(company.clock().timestamp())
    pair = company.issuer.pair
    forge = Forge(
        sign=pair.private.sign,
        public_jwk=pair.public,
        algorithm="ES256",
        typ="at+jwt",
        claims=company.issuer.claims(person.id, "admin", 1, now=now),
        required=("iss", "sub", "aud", "exp", "iat", "jti", "scope"),
        now=now,
    )
    also = {
        "ver as text": forge.claiming(ver="1"),
        "role as a list": forge.claiming(role=["admin"]),
        "scope as a list": forge.claiming(scope=["ates"]),
    }
    return forgeries(forge, forgiven=FORGIVEN) | also


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
    every, operations = forged(company, chief), every_operation(company)
    assert len(every) > 100
    assert len(operations) >= 13
    refused(company, every, [("get", "/home")])
    refused(company, {kind: every[kind] for kind in ONE_OF_A_SORT}, operations)


@pytest.mark.thorough
def test_every_forged_token_is_refused_at_every_operation(company: Company, chief: Popug) -> None:
    refused(company, forged(company, chief), every_operation(company))


def refused(company: Company, tokens: dict[str, str], operations: list[tuple[str, str]]) -> None:
    for kind, token in tokens.items():
        headers = {b"Authorization": f"Bearer {token}".encode()}
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


def test_who_was_read_a_moment_ago_is_recognised_until_the_keys_change(company: Company, ann: Popug) -> None:
    doorman, shown = company.house.doorman, ann.headers()["Authorization"]
    assert doorman.recognise(shown) is None, "a stranger so far"
    assert doorman.recognise(None) is doorman.recognise("Bearer x") is None
    token = doorman.greet(shown)
    assert doorman.recognise(shown) == token
    assert doorman.recognise(shown.replace("Bearer", "Basic")) is None
    doorman.reader.keys.learn({"keys": []})
    assert doorman.recognise(shown) is None


def test_someone_hired_a_second_ago_is_let_in(company: Company) -> None:
    newcomer = Popug(uuid4(), "Nell Nymph", "worker", company)
    company.issuer.tell(newcomer.as_told())  # and the feed has not asked yet
    assert newcomer.get("/home").status_code == 200


def test_someone_nobody_knows_is_refused(company: Company) -> None:
    stranger = Popug(uuid4(), "Sly Starling", "admin", company)
    answer = stranger.get("/home")
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unknown-person")
