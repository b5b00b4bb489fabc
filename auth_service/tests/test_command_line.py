"""The command line, as an administrator types it, while the service runs beside it."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner, Result

from auth_service.command_line import app
from auth_service.migrations import migrate
from auth_service.tests.process import SERVE, address_of, environment_of, serving, wait_until_ready
from conftest import Databases

pytestmark = pytest.mark.thorough

Console = Callable[..., Result]


@pytest.fixture
def environment(databases: Databases, tmp_path: Path) -> dict[str, str]:
    return environment_of(databases.create(), tmp_path)


@pytest.fixture
def console(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Console:
    """What is typed runs in this process; the service, where one runs, in another."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def run(*words: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(app, list(words), input=typed)

    return run


@pytest.fixture
def issuer(environment: dict[str, str]) -> Iterator[str]:
    """A running service."""
    with serving(environment) as address:
        yield address


def test_somebody_is_invited_to_hatch_by_a_link_that_is_printed(console: Console) -> None:
    console("person", "add", "Ann Budgie", "ann@uberpopug.example")
    links = [json.loads(console("person", "invite", "Ann@uberpopug.example", "--json").stdout) for _ in range(2)]
    assert len({link["hatching_url"] for link in links}) == 2
    assert all("/hatching?invitation=" in link["hatching_url"] for link in links)
    assert console("person", "invite", "nobody@uberpopug.example").exit_code != 0


def test_the_first_admin_is_made_by_one_command_where_nothing_is_yet(console: Console) -> None:
    added = console("person", "add", "--role", "admin", "Ada Macaw", "ada@uberpopug.example")
    assert added.exit_code == 0, added.stderr
    assert added.stdout.count("BEAK-") == 1
    listed = console("person", "list")
    assert "Ada Macaw <ada@uberpopug.example>" in listed.stdout
    assert "BEAK-" not in listed.stdout


def test_administration_works_while_the_service_runs(console: Console, issuer: str) -> None:
    hired = json.loads(console("person", "add", "--json", "--role", "admin", "Ada", "ada@uberpopug.example").stdout)
    assert login(issuer, hired["beak_shape"]).json()["role"] == "admin"
    worker = json.loads(console("person", "add", "--json", "Ann", "ann@uberpopug.example").stdout)
    assert console("person", "role", "ann@uberpopug.example", "manager").stdout == "Ann is manager\n"
    assert login(issuer, worker["beak_shape"]).json()["role"] == "manager"
    assert console("person", "disable", worker["id"]).stdout == "Ann is manager, dismissed\n"
    assert login(issuer, worker["beak_shape"]).status_code == 401
    refused = console("person", "disable", "ada@uberpopug.example")
    assert refused.exit_code == 1
    assert "last admin" in refused.stderr


def login(issuer: str, beak: str) -> httpx2.Response:
    return httpx2.post(f"{issuer}/login", json={"beak_shape": beak})


def test_a_product_can_be_used_right_after_it_was_added(console: Console, issuer: str) -> None:
    plain = json.loads(
        console("product", "add", "Perch Shop", "--redirect-uri", "http://127.0.0.1:9/cb", "--trusted", "--json").stdout
    )
    assert set(plain) == {"client_id", "client_secret"}
    metadata = {"client_name": "Sync", "grant_types": ["client_credentials"], "scope": "people:read"}
    registered = json.loads(console("product", "add", "--metadata", "-", typed=json.dumps(metadata)).stdout)
    token = httpx2.post(
        f"{issuer}/token",
        data={"grant_type": "client_credentials"},
        auth=(registered["client_id"], registered["client_secret"]),
    )
    assert token.json()["scope"] == "people:read"
    query = {"response_type": "code", "client_id": plain["client_id"], "scope": "openid", "code_challenge": "x" * 43}
    page = httpx2.get(f"{issuer}/authorize", params=query | {"code_challenge_method": "S256"})
    assert "Sign in to Perch Shop" in page.text
    assert "Perch Shop" in console("product", "list").stdout


def test_keys_are_rotated_under_a_running_service(console: Console, issuer: str) -> None:
    before = {key["kid"] for key in httpx2.get(f"{issuer}/jwks").json()["keys"]}
    assert console("keys", "rotate").exit_code == 0
    listed = console("keys", "list").stdout
    assert [listed.count(state) for state in ("next", "current", "retiring")] == [3, 3, 3]
    deadline = time.monotonic() + 8
    while (after := {key["kid"] for key in httpx2.get(f"{issuer}/jwks").json()["keys"]}) == before:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert before < after


def test_a_stolen_key_is_withdrawn_by_one_command(console: Console) -> None:
    assert console("person", "add", "Ada", "ada@uberpopug.example").exit_code == 0
    assert console("keys", "rotate").exit_code == 0
    stolen = kids_in("current", console)[0]
    assert console("keys", "withdraw", stolen).exit_code == 0
    assert kids_in("withdrawn", console) == [stolen]
    assert [len(kids_in(state, console)) for state in ("next", "current", "retiring")] == [3, 3, 3]


def kids_in(state: str, console: Console) -> list[str]:
    lines = (line.split() for line in console("keys", "list").stdout.splitlines())
    return [kid for kid, _, its_state, *_ in lines if its_state == state]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["person", "add", "Ann", "not an address"], "email"),
        (["person", "add", "Ann", "a@b.example", "--role", "king"], "role"),
        (["person", "role", "nobody", "worker"], "There is no person nobody"),
        (["keys", "withdraw", "nobody"], "There is no key nobody"),
        (["product", "add", "X", "--redirect-uri", "http://evil.example/cb"], "https"),
    ],
)
def test_a_mistake_is_a_sentence_and_a_status(
    console: Console, environment: dict[str, str], words: list[str], sentence: str
) -> None:
    migrate(environment["AUTH_SERVICE_DATABASE_URL"])
    answer = console(*words)
    assert answer.exit_code == 1
    assert sentence in answer.stderr
    assert isinstance(answer.exception, SystemExit), "a sentence, not a stack trace"


def test_a_base_that_was_never_migrated_is_a_sentence(console: Console) -> None:
    answer = console("person", "list")
    assert answer.exit_code == 1
    assert "auth-service migrate" in answer.stderr


def test_a_long_poll_does_not_keep_the_service_from_stopping(environment: dict[str, str]) -> None:
    with subprocess.Popen(SERVE, env=environment) as process:  # noqa: S603 (our own command)
        issuer = address_of(environment)
        wait_until_ready(issuer)
        form = {"grant_type": "client_credentials"}
        token = httpx2.post(f"{issuer}/token", data=form, auth=("backend", "backend-" * 5)).json()["access_token"]
        poll = [sys.executable, "-c", POLL, issuer.removeprefix("http://"), token]
        with subprocess.Popen(poll, stdout=subprocess.PIPE) as waiting:  # noqa: S603 (our own command)
            assert waiting.stdout
            assert waiting.stdout.readline() == b"asked\n"
            time.sleep(0.5)  # so that the service has begun to wait, too
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=5) == 0, "in three seconds, on a machine that has nothing else to do"
            assert waiting.wait(timeout=5) == 0


POLL = """
import http.client, json, sys
connection = http.client.HTTPConnection(sys.argv[1], timeout=30)
connection.request("GET", "/people/changes?after=0&wait=25", headers={"Authorization": "Bearer " + sys.argv[2]})
print("asked", flush=True)
answer = connection.getresponse().read()
told = json.loads(answer)
assert (told["items"], told["next"]) == ([], 0), answer
"""
