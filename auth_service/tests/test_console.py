"""The console's verbs for products, sessions and the trail, as an administrator types them."""

import csv
import io
import json
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner, Result

from auth_service.command_line import app
from auth_service.settings import Settings
from auth_service.tests.conftest import Member
from auth_service.tests.product import Product
from auth_service.tests.visitor import Visitor

Console = Callable[..., Result]


@pytest.fixture
def console(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Console:
    monkeypatch.setenv("AUTH_SERVICE_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("AUTH_SERVICE_SECRET", settings.secret.get_secret_value())
    monkeypatch.setenv("AUTH_SERVICE_BACKEND_SECRET", "backend-" * 5)
    monkeypatch.setenv("AUTH_SERVICE_BEAK_HASH_MEMORY_KIB", "64")

    def run(*words: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(app, list(words), input=typed)

    return run


def test_what_is_typed_goes_before_the_metadata(console: Console) -> None:
    metadata = json.dumps({"client_name": "From the file", "redirect_uris": ["https://x.example/cb"]})
    added = json.loads(console("product", "add", "Den", "--metadata", "-", typed=metadata).stdout)
    assert (added["client_name"], added["redirect_uris"]) == ("Den", ["https://x.example/cb"])


def test_a_product_is_edited_gets_a_secret_and_is_switched_off(console: Console, client: TestClient) -> None:
    assert console("product", "edit", "shop", "--name", "Store", "--untrusted", "--role", "manager").exit_code == 0
    told = json.loads(console("product", "secret", "shop", "--overlap", "60", "--json").stdout)
    form = {"grant_type": "authorization_code", "code": "none"}
    answer = client.post("/token", data=form, auth=("shop", told["client_secret"]))
    assert answer.json()["error"] == "invalid_grant"
    assert told["previous_secret_expires_at"]
    assert console("product", "disable", "shop").stdout == "Store is switched off\n"
    assert "(switched off)" in console("product", "list").stdout
    answer = client.post("/token", data=form, auth=("shop", told["client_secret"]))
    assert answer.json()["error"] == "invalid_client"
    assert console("product", "enable", "shop").stdout == "Store is on\n"


def test_sessions_are_listed_and_ended(
    console: Console, client: TestClient, visitor: Visitor, shop: Product, ann: Member
) -> None:
    tokens = visitor.tokens_for(shop, ann.beak)
    assert console("session", "list", "--person", ann.email).stdout == "", "it was opened in the year of the tests"
    listed = console("session", "list", "--person", ann.email, "--ended").stdout
    assert "Ann Budgie" in listed
    assert console("session", "end", listed.split()[0]).stdout == "Ended.\n"
    assert shop.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert console("session", "end", "--person", ann.email).exit_code == 0


def test_the_trail_tells_what_was_done_at_the_console(console: Console, ann: Member) -> None:
    console("person", "role", ann.email, "manager")
    told = console("trail", "--whom", ann.email, "--what", "role_changed").stdout
    assert "role_changed" in told
    assert "to Ann Budgie" in told
    assert "from command line" in told
    (entry,) = csv.DictReader(io.StringIO(console("trail", "--what", "role_changed", "--csv").stdout))
    assert (entry["whom_name"], entry["device"]) == ("Ann Budgie", "command line")


def test_who_was_dismissed_may_come_back(console: Console, client: TestClient, ann: Member) -> None:
    assert console("person", "disable", ann.email).stdout == "Ann Budgie is worker, dismissed\n"
    assert client.post("/login", json={"beak_shape": ann.beak}).status_code == 401
    assert console("person", "restore", ann.email).stdout == "Ann Budgie is worker\n"
    assert client.post("/login", json={"beak_shape": ann.beak}).status_code == 200


def test_a_newcomer_may_be_sent_a_link_instead(console: Console) -> None:
    told = json.loads(console("person", "add", "Carl", "carl@uberpopug.example", "--invite", "--json").stdout)
    assert "/hatching?invitation=" in told["hatching_url"]
    assert "beak_shape" not in told


@pytest.mark.parametrize(
    ("words", "typed", "sentence"),
    [
        (["product", "add", "X", "--metadata", "-"], "{", "are not JSON"),
        (["product", "add", "X", "--metadata", "-"], "[]", "must be a JSON object"),
        (["product", "add", "X", "--metadata", "/nowhere.json"], None, "can not be read"),
        (["product", "add", "X", "--scope", "openid gropus"], None, "has no scope gropus here"),
        (["product", "add", "X", "--role", "king"], None, "There is no role king"),
        (["product", "edit", "nothing", "--name", "X"], None, "There is no product nothing"),
        (["product", "edit", "backend", "--name", "X"], None, "registered from the settings"),
        (["product", "edit", "shop", "--redirect-uri", "http://x.example/"], None, "must be https"),
        (["product", "secret", "app"], None, "uses none"),
        (["session", "end"], None, "Name one session"),
        (["session", "end", "nothing"], None, "There is no session nothing"),
        (["keys", "withdraw", "nothing"], None, "There is no key nothing"),
        (["trail", "--what", "nonsense"], None, "is none of"),
        (["trail", "--since", "yesterday"], None, "no day and no moment"),
    ],
)
def test_a_mistake_is_a_sentence_and_a_status(
    console: Console, words: list[str], typed: str | None, sentence: str
) -> None:
    answer = console(*words, typed=typed)
    assert answer.exit_code == 1
    assert sentence in answer.stderr
    assert isinstance(answer.exception, SystemExit), "a sentence, not a stack trace"
