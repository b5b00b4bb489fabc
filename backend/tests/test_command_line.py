"""The command line, as its users type it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from backend.command_line import app
from backend.money_verbs import close
from backend.tests.company import Company, Popug
from backend.tests.issuer import free_port

pytestmark = pytest.mark.thorough

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`backend …` on this company's database."""
    monkeypatch.setenv("ATES_VAR", str(tmp_path))
    monkeypatch.setenv("BACKEND_DATABASE_URL", company.house.settings.database_url)
    monkeypatch.setenv("BACKEND_ISSUER", company.issuer.url)
    monkeypatch.setenv("BACKEND_CLIENT_SECRET", "a secret for tests only")

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, words)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    return run


def test_close_day_pays_what_is_over_and_says_so(company: Company, ann: Popug, boss: Popug, run: Run) -> None:
    task = boss.creates()
    ann.completes(task)
    owed = f"${(task['reward_cents'] - task['fee_cents']) / 100:,.2f}"
    code, preview = run("close-day", "--day", "2026-03-04", "--preview")
    assert (code, preview) == (0, f"2026-03-04: would pay {owed} to 1 popug\n")
    assert ann.balance() > 0
    code, said = run("close-day", "--day", "2026-03-04")
    assert (code, said) == (0, f"2026-03-04: paid {owed} to 1 popug\n")
    assert ann.balance() == 0


def test_close_day_with_nothing_to_close_tells_how_to_close_today(run: Run) -> None:
    code, said = run("close-day")
    assert code == 0
    assert said.startswith("Nothing to close up to ")
    assert "backend close-day --day " in said
    code, said = run("close-day", "--day", "today")
    assert code == 0
    assert said.startswith("Nothing to close up to ")
    assert "backend close-day" not in said, "that is what was tried"


def test_close_day_refuses_what_lies_ahead_or_is_no_day(run: Run) -> None:
    assert run("close-day", "--day", "2199-01-01")[0] == 2
    assert run("close-day", "--day", "someday")[0] == 2


def test_import_tasks_prints_its_report(company: Company, ann: Popug, boss: Popug, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "backlog.csv"
    file.write_text("Key,Summary\nA-1,Oil the door\nA-2,[no] brackets\n")
    code, said = run("import-tasks", str(file), "--as", "boss.macaw@uberpopug.example")
    assert code == 0
    assert "row 3: A-2 '[no] brackets'" in said
    assert re.search(r"^1 task created, \$(1\d|20)\.00 charged, 1 row refused$", said, re.MULTILINE)
    assert ann.get("/tasks").json()["items"][0]["title"] == "Oil the door"


def test_import_tasks_refuses_with_a_sentence(company: Company, ann: Popug, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "backlog.csv"
    file.write_text("Key\nA-1\n")
    assert run("import-tasks", str(file)) == (2, "The file has no column named Summary or Title in its first row.\n")
    file.write_text("Title\nOil the door\n")
    code, said = run("import-tasks", str(file), "--as", "nobody@x.example")
    assert (code, said) == (2, "Nobody here has the address nobody@x.example.\n")


def test_verify_says_whether_the_books_are_right(company: Company, ann: Popug, run: Run) -> None:
    ann.creates()
    assert run("verify") == (0, "The books are right.\n")
    assert run("verify", "--json") == (0, "[]\n")
    with company.house.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE task SET assignee_id = id")
    code, said = run("verify")
    assert code == 1
    assert said.startswith("BROKEN: who holds a task was charged for it")
    code, said = run("verify", "--json")
    assert (code, json.loads(said)[0]["promise"]) == (1, "who holds a task was charged for it")


def test_closing_a_day_again_says_when_it_was_closed_and_what_it_paid(company: Company, ann: Popug) -> None:
    penny, today = company.hire("Penny Parakeet", "accountant"), company.now().day
    penny.post(f"/accounts/{ann.id}/corrections", {"amount_cents": 1250, "reason": "a gift"})
    assert list(close(company.house, today, only_preview=False)) == ["2026-03-04: paid $12.50 to 1 popug"]
    assert list(close(company.house, today, only_preview=False)) == [
        "2026-03-04 was closed already, at 2026-03-04 12:00 MSK, and paid $12.50 to 1 popug.",
        "Today, 2026-03-04, is closed; whatever is earned now belongs to tomorrow.",
    ]


def test_correct_puts_an_account_right(company: Company, ann: Popug, penny: Popug, run: Run) -> None:
    words = ("correct", "ann.aracari@uberpopug.example", "--reason", "paid twice", "--as")
    code, said = run(*words, "penny.parakeet@uberpopug.example", "--", "-12.50")
    assert (code, said.split(": ", 1)[1]) == (
        0,
        "-$12.50 to ann.aracari@uberpopug.example; the balance is -$12.50.\n",
    )
    assert ann.balance() == -1250


@pytest.mark.parametrize(
    ("amount", "by", "sentence"),
    [
        ("1.5", "penny.parakeet", "1.5 is not an amount in dollars such as -12.50"),
        ("1e3", "penny.parakeet", "1e3 is not an amount in dollars such as -12.50"),
        ("0", "penny.parakeet", "An amount of $0 would correct nothing."),
        ("12", "ann.aracari", "ann.aracari@uberpopug.example may not correct an account; accountants and admins may."),
        ("12", "nobody", "Nobody here has the address nobody@uberpopug.example."),
    ],
)
def test_correct_refuses_with_a_sentence(
    company: Company, ann: Popug, penny: Popug, run: Run, amount: str, by: str, sentence: str
) -> None:
    words = ("correct", "ann.aracari@uberpopug.example", amount, "--reason", "paid twice", "--as")
    assert run(*words, f"{by}@uberpopug.example") == (2, f"{sentence}\n")
    assert ann.balance() == 0


def test_verify_checks_a_proof_with_no_database(
    company: Company, ann: Popug, penny: Popug, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    penny.post(f"/accounts/{ann.id}/corrections", {"amount_cents": 1250, "reason": "a gift"})
    company.closes(company.now().day)
    answer = ann.get("/accounts/me/proof", day="2026-03-04")
    file = tmp_path / "proof.json"
    file.write_bytes(answer.content)
    monkeypatch.setenv("BACKEND_DATABASE_URL", "sqlite:////nowhere/at/all.db")
    code, said = run("verify", "--proof", str(file))
    assert code == 0
    assert said.startswith("The proof is right: 2 entries of 2026-03-04, $12.50 paid out.\n")
    assert answer.json()["seal"] in said
    code, said = run("verify", "--json", "--proof", str(file))
    told = json.loads(said)
    assert (code, told["right"], told["day"], told["paid_cents"]) == (0, True, "2026-03-04", 1250)
    assert (told["seal"], told["entries"]) == (answer.json()["seal"], answer.json()["entries"])
    file.write_bytes(answer.content.replace(b"1250", b"9950"))
    code, said = run("verify", "--proof", str(file))
    assert (code, said) == (1, "WRONG: Its entries do not lead to its seal: one or the other was changed.\n")
    code, said = run("verify", "--json", "--proof", str(file))
    error = "Its entries do not lead to its seal: one or the other was changed."
    assert (code, json.loads(said)) == (1, {"right": False, "error": error})


def test_settings_that_make_no_sense_are_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKEND_TIME_ZONE", "Mars/Olympus")
    code, said = run("verify")
    assert code == 2
    assert said.startswith("BACKEND_TIME_ZONE: ")


def test_serving_without_a_secret_says_which_to_set(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BACKEND_CLIENT_SECRET")
    code, said = run("serve")
    assert code == 2
    assert said.startswith("BACKEND_CLIENT_SECRET is not set")


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_serve_migrates_gets_ready_and_stops_within_three_seconds_whoever_waits(
    company: Company, ann: Popug, boss: Popug, tmp_path: Path, ending: signal.Signals
) -> None:
    port = free_port()
    environment = {
        **os.environ,
        "ATES_VAR": str(tmp_path),
        "BACKEND_PORT": str(port),
        "BACKEND_ISSUER": company.issuer.url,
        "BACKEND_CLIENT_SECRET": "a secret for tests only",
        "BACKEND_DEMO": "true",
    }
    command = [sys.executable, "-c", "from backend.command_line import app; app()", "serve", "--migrate"]
    process = subprocess.Popen(command, env=environment)  # noqa: S603 - our own command
    try:
        assert becomes_ready(port)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(wait_for_news, ann, port)
            time.sleep(1)
            assert not waiting.done()
            process.send_signal(ending)
            assert waiting.result(timeout=3).status_code == 200
        assert process.wait(3) in (0, -ending, 128 + ending)
    finally:
        process.kill()
        process.wait()
    assert (tmp_path / "backend.db").exists()


def wait_for_news(ann: Popug, port: int) -> httpx2.Response:
    token = ann.token(iat=int(time.time()), exp=int(time.time()) + 300)
    with httpx2.Client(headers={"Authorization": f"Bearer {token}"}, timeout=30, trust_env=False) as client:
        url = f"http://127.0.0.1:{port}/nudges"
        return client.get(url, params={"after": client.get(url).json()["mark"]})


def becomes_ready(port: int) -> bool:
    until = time.monotonic() + 15
    while time.monotonic() < until:
        try:
            if httpx2.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 200:
                return True
        except httpx2.TransportError:
            pass
        time.sleep(0.1)
    return False
