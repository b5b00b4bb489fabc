"""What those who look after the house can ask, and what every answer carries."""

import random
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from backend.app import create_app
from backend.settings import Settings
from backend.tests.company import Company, Popug
from conftest import Databases


@pytest.fixture
def empty_database_url(databases: Databases) -> Iterator[str]:
    url = databases.create()
    yield url
    databases.drop(url)


def test_alive_and_ready(company: Company) -> None:
    for path in ("/livez", "/readyz"):
        answer = company.client.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_not_ready_before_the_tables_are_there(settings: Settings, empty_database_url: str) -> None:
    app = create_app(settings.model_copy(update={"database_url": empty_database_url}))
    with TestClient(app) as client:
        assert client.get("/readyz").status_code == 503
        assert client.get("/livez").status_code == 200


def test_not_ready_when_the_database_does_not_answer(settings: Settings) -> None:
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    with TestClient(create_app(settings.model_copy(update={"database_url": nowhere}))) as client:
        assert client.get("/readyz").status_code == 503


def test_a_demonstration_is_ready_when_its_history_is_there(settings: Settings, company: Company, ann: Popug) -> None:
    app = create_app(settings.model_copy(update={"demo": True}), clock=company.clock, dice=random.Random(1))
    with TestClient(app) as client:
        assert client.get("/readyz").status_code == 503
        ann.creates()
        assert client.get("/readyz").status_code == 200


def test_metrics_are_for_loopback_only(company: Company, ann: Popug) -> None:
    ann.creates()
    page = company.client.get("/metrics").text
    assert 'backend_request_seconds_count{method="POST",route="/tasks",status="201"} 1.0' in page
    with TestClient(company.app, client=("192.0.2.7", 4711)) as stranger:
        assert stranger.get("/metrics").status_code == 404


def test_every_answer_carries_the_headers_and_its_request_id(company: Company, ann: Popug) -> None:
    for path in ("/home", "/tasks/nowhere", "/livez", "/no/such/page"):
        answer = company.client.get(path, headers={**ann.headers(), "X-Request-Id": "from-the-page-1"})
        assert answer.headers["x-request-id"] == "from-the-page-1"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"


def test_a_request_id_that_could_do_harm_is_replaced(company: Company) -> None:
    for offered in ("a" * 65, "two words", "<script>"):
        answered = company.client.get("/livez", headers={"X-Request-Id": offered}).headers["x-request-id"]
        assert answered != offered
        assert len(answered) == 32


def test_problems_have_the_shape_of_rfc_9457(company: Company, ann: Popug) -> None:
    answer = ann.post("/tasks", {"title": 7})
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["type"], problem["status"]) == (422, "/problems/invalid-input", 422)
    assert problem["errors"] == [{"field": "title", "message": "Input should be a valid string"}]
    assert problem["correlation_id"] == answer.headers["x-request-id"]
    for method, path, status in (("GET", "/nowhere", 404), ("DELETE", "/tasks", 405), ("GET", "//home", 404)):
        answer = company.client.request(method, path, headers=ann.headers())
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_a_body_that_is_no_json_is_refused_readably(company: Company, ann: Popug) -> None:
    headers = {**ann.headers(), "Content-Type": "application/json"}
    for content in (b"{", b"[]", b"null", b'"title"', b'{"title": "\xff"}'):
        answer = company.client.post("/tasks", content=content, headers=headers)
        assert answer.status_code in (400, 422)
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_larger_than_any_task_is_refused(ann: Popug) -> None:
    answer = ann.post("/tasks", {"title": "x", "description": "x" * 300_000})
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")


def test_our_own_mistake_tells_a_stranger_nothing(
    company: Company, ann: Popug, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("backend.home.standing_of", fail)
    answer = ann.get("/home")
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/internal-error")
    assert "secret" not in answer.text


def test_no_documentation_pages_but_the_openapi_document(company: Company) -> None:
    assert company.client.get("/openapi.json").json()["info"]["title"] == "aTES backend"
    for path in ("/docs", "/redoc"):
        assert company.client.get(path).status_code == 404
