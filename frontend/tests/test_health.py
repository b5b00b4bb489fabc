"""Health and figures."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text

from frontend.app import create_app
from frontend.health import is_loopback
from frontend.settings import Settings
from frontend.tests.browser import Browser


def test_the_service_lives_and_is_ready(browser: Browser) -> None:
    assert browser.get("/livez").json() == {"status": "ok"}
    assert browser.get("/readyz").json() == {"status": "ok"}


def test_it_is_not_ready_with_another_database_than_it_expects(settings_for: Callable[..., Settings]) -> None:
    from starlette.testclient import TestClient

    app = create_app(settings_for())
    with app.state.house.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with TestClient(app) as client:
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "not migrated" in answer.json()["status"]


def test_the_figures_are_for_this_machine(browser: Browser, settings_for: Callable[..., Settings]) -> None:
    from starlette.testclient import TestClient

    browser.get("/livez")
    assert 'frontend_answers_total{method="GET",route="/livez",status="200"}' in browser.get("/metrics").text
    with TestClient(create_app(settings_for()), client=("203.0.113.7", 1)) as stranger:
        assert stranger.get("/metrics").status_code == 404
    assert is_loopback("::1")
    assert not is_loopback("unknown")


def test_nothing_documents_itself_to_strangers(browser: Browser) -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert browser.get(path).status_code == 404


def test_a_database_that_is_gone_is_a_readable_page(settings_for: Callable[..., Settings], tmp_path: Path) -> None:
    from starlette.testclient import TestClient

    settings = settings_for()
    app = create_app(settings)
    with app.state.house.engine.begin() as connection:
        connection.execute(text("DROP TABLE session"))
    with TestClient(app, raise_server_exceptions=False, cookies={"ates_session": "x"}) as client:
        answer = client.get("/")
    assert answer.status_code == 500
    assert "Something broke" in answer.text
