"""Around every request: its id, its size, the headers of the answer, the last resort, health and metrics."""

import logging

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from auth_service.app import create_app
from auth_service.settings import Settings


def test_every_answer_carries_the_headers(client: TestClient) -> None:
    for path in ("/livez", "/nothing", "/jwks", "/people", "/authorize"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"]
        assert "Strict-Transport-Security" not in headers


def test_https_is_insisted_on_where_it_is_configured(settings: Settings) -> None:
    secure = create_app(settings.model_copy(update={"issuer": "https://id.example"}))
    with TestClient(secure, base_url="https://id.example") as client:
        assert client.get("/livez").headers["Strict-Transport-Security"] == "max-age=31536000"


def test_a_sane_request_id_is_taken_over_and_others_are_not(client: TestClient) -> None:
    assert client.get("/livez", headers={"X-Request-Id": "abcd-1234"}).headers["X-Request-Id"] == "abcd-1234"
    for bad in ("short", "x" * 101, "a b c d e f g h", "<script>"):
        assert client.get("/livez", headers={"X-Request-Id": bad}).headers["X-Request-Id"] != bad


def test_a_large_body_is_refused(client: TestClient) -> None:
    answer = client.post("/login", json={"beak_shape": "x" * 70_000})
    assert answer.status_code == 413
    assert answer.json()["type"] == "/problems/too-large"
    assert client.post("/token", data={"x": "y" * 70_000}).status_code == 413


def test_what_breaks_is_logged_with_its_number_and_tells_nothing(
    app: FastAPI, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    @app.get("/breaks")
    def breaks() -> None:
        raise ValueError("a secret detail")

    with caplog.at_level(logging.ERROR):
        answer = client.get("/breaks")
    assert answer.status_code == 500
    assert answer.json()["correlation_id"] in caplog.text
    assert "secret detail" in caplog.text
    assert "secret detail" not in answer.text


def test_a_browser_gets_a_page_and_a_program_a_problem(client: TestClient) -> None:
    page = client.get("/nothing", headers={"Accept": "text/html,*/*"})
    assert page.status_code == 404
    assert page.headers["Content-Type"].startswith("text/html")
    assert page.headers["X-Request-Id"] in page.text
    problem = client.get("/nothing")
    assert problem.headers["Content-Type"] == "application/problem+json"
    assert problem.json()["type"] == "/problems/not-found"
    assert client.delete("/token").status_code == 405


def test_invalid_input_names_the_field(client: TestClient) -> None:
    bodies: list[object] = [{}, {"beak_shape": 1}, {"beak_shape": "x", "role": "admin"}, []]
    for body in bodies:
        answer = client.post("/login", json=body)
        assert answer.status_code == 422
        assert answer.json()["type"] == "/problems/invalid-input"
        assert answer.json()["errors"]


def test_it_is_ready_when_its_database_is(
    client: TestClient, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert client.get("/livez").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok"}
    empty = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path_factory.mktemp('empty')}/empty.db"})
    with TestClient(create_app(empty)) as unmigrated:
        assert unmigrated.get("/readyz").status_code == 503
        assert unmigrated.get("/livez").status_code == 200


def test_metrics_are_for_the_machine_itself(app: FastAPI, client: TestClient) -> None:
    assert "auth_service_sign_ins_total" in client.get("/metrics").text
    stranger = TestClient(app, client=("203.0.113.7", 1))
    assert stranger.get("/metrics").status_code == 404


def test_there_is_a_description_but_no_playground(client: TestClient) -> None:
    assert "/people/{person_id}" in client.get("/openapi.json").json()["paths"]
    assert client.get("/docs").status_code == 404
    assert client.get("/redoc").status_code == 404


def test_secrets_do_not_show_in_settings(settings: Settings) -> None:
    assert "frontendfrontend" not in repr(settings)
    assert isinstance(settings.secret, SecretStr)


def test_head_is_answered_like_get(client: TestClient) -> None:
    for path in ("/livez", "/jwks", "/.well-known/openid-configuration", "/people", "/nothing", "/authorize"):
        got, headed = client.get(path), client.head(path)
        assert (headed.status_code, headed.headers["Content-Type"]) == (got.status_code, got.headers["Content-Type"])
    assert client.head("/token").status_code == 405
