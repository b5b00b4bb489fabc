"""One frontend, one provider, one backend, served over real HTTP; a fresh world and a fresh browser for each test."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from frontend.app import create_app
from frontend.database import migrate
from frontend.house import House
from frontend.settings import Settings
from frontend.streams import Streams
from frontend.tests.browser import Browser
from frontend.tests.cast import Popug
from frontend.tests.fake_backend import FakeBackend
from frontend.tests.fake_provider import CLIENT_SECRET, FakeProvider
from frontend.tests.serving import free_port, served

SECRET = "nobody reads the tokens without this secret"


class TestClock:
    """Real time, moved by hand."""

    __test__ = False

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def move(self, **by: float) -> None:
        self.ahead += timedelta(**by)


Frontends = Callable[..., AbstractContextManager[str]]


@dataclass
class Served:
    url: str
    house: House
    clock: TestClock
    streams: Streams


@pytest.fixture(scope="session")
def everywhere() -> TestClock:
    return TestClock()


@pytest.fixture(scope="session")
def one_provider(everywhere: TestClock) -> Iterator[FakeProvider]:
    port = free_port()
    provider = FakeProvider(f"http://127.0.0.1:{port}", now=lambda: everywhere().timestamp())
    with served(provider.app(), port):
        yield provider


@pytest.fixture(scope="session")
def one_backend(one_provider: FakeProvider) -> Iterator[tuple[FakeBackend, str]]:
    backend = FakeBackend(one_provider)
    with served(backend.app(), free_port()) as url:
        yield backend, url


@pytest.fixture(scope="session")
def settings_for(tmp_path_factory: pytest.TempPathFactory, one_provider: FakeProvider, one_backend: Any) -> Any:
    def make(**changes: Any) -> Settings:
        database = tmp_path_factory.mktemp("frontend") / "frontend.db"
        given = {
            "port": free_port(),
            "database_url": f"sqlite:///{database}",
            "secret": SecretStr(SECRET),
            "client_secret": SecretStr(CLIENT_SECRET),
            "issuer": one_provider.issuer,
            "backend_url": one_backend[1],
            **changes,
        }
        migrate(given["database_url"])
        return Settings(**given)

    return make


@pytest.fixture(scope="session")
def one_frontend(settings_for: Callable[..., Settings], everywhere: TestClock) -> Iterator[Served]:
    settings = settings_for()
    app = create_app(settings, everywhere)
    with served(app, settings.port) as url:
        yield Served(url, app.state.house, everywhere, app.state.streams)


@pytest.fixture
def provider(one_provider: FakeProvider) -> FakeProvider:
    one_provider.reset()
    return one_provider


@pytest.fixture
def backend(one_backend: tuple[FakeBackend, str]) -> FakeBackend:
    one_backend[0].reset()
    return one_backend[0]


@pytest.fixture
def frontend(one_frontend: Served, provider: FakeProvider, backend: FakeBackend) -> Iterator[Served]:
    one_frontend.house.provider.forget()
    yield one_frontend
    one_frontend.clock.ahead = timedelta()


@pytest.fixture
def clock(frontend: Served) -> TestClock:
    return frontend.clock


@pytest.fixture
def browser(frontend: Served) -> Iterator[Browser]:
    with Browser(frontend.url) as browser:
        yield browser


@pytest.fixture
def browser_of(frontend: Served, provider: FakeProvider) -> Iterator[Callable[[Popug], Browser]]:
    """A browser in which the popug is signed in."""
    opened: list[Browser] = []

    def sign_in(popug: Popug) -> Browser:
        provider.at_the_door = popug
        opened.append(Browser(frontend.url))
        opened[-1].sign_in()
        return opened[-1]

    yield sign_in
    for browser in opened:
        browser.close()


@pytest.fixture
def another_frontend(settings_for: Callable[..., Settings], frontend: Served, clock: TestClock) -> Frontends:
    """A frontend of other settings, for one test."""

    def serve(**changes: Any) -> AbstractContextManager[str]:
        settings = settings_for(**changes)
        return served(create_app(settings, clock), settings.port)

    return serve


@pytest.fixture
def nobody_there() -> str:
    """An address where nothing listens."""
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture
def templates() -> Path:
    return Path(__file__).parent.parent.parent / "templates"
