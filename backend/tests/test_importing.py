"""A backlog from a tracker becomes tasks, in one transaction, with a report of what was refused."""

import csv
import io
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select

from backend.accounting.books import entry
from backend.tasks.backlog import MOST_ROWS, NotABacklog, read_backlog
from backend.tasks.task import task as task_table
from backend.tests.company import Company, Popug
from backend.verification import verify

BACKLOG = Path(__file__).parents[3] / "shared" / "data" / "backlog.csv"


def send(popug: Popug, content: str | bytes) -> httpx2.Response:
    data = content.encode() if isinstance(content, str) else content
    headers = {**popug.headers(), "Content-Type": "text/csv"}
    return popug.company.client.post("/imports", content=data, headers=headers)


def real_backlog() -> bytes:
    """A tracker's export that lies beside the repository, or one of the same size and kinds of rows."""
    if BACKLOG.is_file():
        return BACKLOG.read_bytes()
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(["Issue key", "Summary", "Created"])
    for number in range(1, 2_221):
        title = f"[R{number}] typo" if number % 200 == 0 else f"Fix, test and “ship” feature {number}"
        writer.writerow([f"ZOOKEEPER-{number}", title, "2008-06-25T23:06:01+00:00"])
    return sheet.getvalue().encode()


def test_every_row_of_a_real_backlog_is_created_priced_assigned_and_charged(
    company: Company, ann: Popug, bob: Popug, boss: Popug
) -> None:
    data = real_backlog()
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    unfit = {n for n, row in enumerate(rows, 2) if len(row["Summary"]) > 200 or set("[]") & set(row["Summary"])}
    answer = send(boss, data)
    assert answer.status_code == 200, answer.text
    report = answer.json()
    assert len(rows) == 2_220
    assert report["created"] == len(rows) - len(unfit)
    assert {refused["row"] for refused in report["refused"]} == unfit
    assert all(rows[refused["row"] - 2]["Issue key"] == refused["key"] for refused in report["refused"])
    assert all(refused["reason"] for refused in report["refused"])
    with company.house.engine.connect() as connection:
        stored = connection.execute(select(task_table.c.key, task_table.c.title))
        fit = [row for number, row in enumerate(rows, 2) if number not in unfit]
        assert {tuple(row) for row in stored} == {(row["Issue key"], " ".join(row["Summary"].split())) for row in fit}
        charged = connection.execute(select(func.count(), func.sum(-entry.c.amount_cents))).one()
        assert tuple(charged) == (report["created"], report["fees_cents"])
        assert connection.scalar(select(func.count(entry.c.created_at.distinct()))) == 1
        assert verify(connection) == []
    assert ann.balance() + bob.balance() == -report["fees_cents"]


def test_5001_rows_are_taken_in_one_go(company: Company, ann: Popug, boss: Popug) -> None:
    report = send(boss, "Title\n" + "".join(f"Chore {number}\n" for number in range(5_001))).json()
    assert (report["created"], report["refused"]) == (5_001, [])
    with company.house.engine.connect() as connection:
        assert verify(connection) == []


@pytest.mark.parametrize(
    "head",
    [
        "Issue key,Summary,Description",
        "Key;Summary;Description",
        "\ufeffID\tTitle\tDescription",
        "KEY , title,description",
    ],
)
def test_the_exports_of_several_trackers_are_understood(head: str) -> None:
    separator = next(each for each in ";\t," if each in head)
    backlog = read_backlog(f'{head}\r\nPOPUG-1{separator}"Oil, the ""door"""{separator}"two\nlines"\r\n'.encode())
    [draft] = backlog.drafts
    assert (draft.key, draft.title, draft.description) == ("POPUG-1", 'Oil, the "door"', "two\nlines")


def test_a_formula_stays_the_text_it_is(ann: Popug, boss: Popug) -> None:
    formula = '=HYPERLINK("http://evil.example","free seeds")'
    sheet = io.StringIO()
    csv.writer(sheet).writerows([["Title", "Description"], [formula, "@SUM(1+1)*cmd|' /C calc'!A0"]])
    assert send(boss, sheet.getvalue()).json()["created"] == 1
    [task] = ann.get("/tasks").json()["items"]
    assert task["title"] == formula


def test_bad_rows_are_refused_with_their_reason_and_the_rest_is_created(ann: Popug, boss: Popug) -> None:
    rows = [
        "Key,Summary",
        "A-1,Fine",
        "A-2,",
        "A-3,has [brackets]",
        "",
        "A-4,[B-1] contradicts",
        "A-5,one,too many",
        "A-6",
    ]
    report = send(boss, "\n".join(rows)).json()
    assert report["created"] == 1
    assert [(refused["row"], refused["key"]) for refused in report["refused"]] == [
        (3, "A-2"),
        (4, "A-3"),
        (6, "A-4"),
        (7, "A-5"),
        (8, "A-6"),
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"Issue,Created\nA-1,today",
        b'Title\n"never closed\nOil the door',
        b'Title\n"closed"too early',
        b"\xff\xfeT\x00i\x00t\x00l\x00e\x00",
        b"Title\n\xe4\xf6\xfc",
        b"\x89PNG\r\n\x1a\n",
        b"Title\n" + b"x" * 200_000,
    ],
)
def test_what_is_no_backlog_is_refused_with_a_sentence(company: Company, ann: Popug, data: bytes) -> None:
    with pytest.raises(NotABacklog):
        read_backlog(data)
    answer = send(ann, data)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/not-a-backlog")
    assert ann.balance() == 0


def test_a_file_with_nothing_but_a_header_creates_nothing(ann: Popug) -> None:
    assert send(ann, "Title\n").json() == {"created": 0, "fees_cents": 0, "refused": []}


def test_a_file_over_10_megabytes_is_refused(ann: Popug) -> None:
    answer = send(ann, b"Title\n" + b"x" * (10 * 1024 * 1024))
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


def test_a_file_with_too_many_rows_is_refused_with_their_number(company: Company, ann: Popug) -> None:
    rows = ["Oil the door", "has [brackets]", ""] * (MOST_ROWS // 2)
    assert len(read_backlog("\n".join(["Title", *rows]).encode()).drafts) == MOST_ROWS // 2
    answer = send(ann, "\n".join(["Title", *rows, "Oil the door"]))
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-many-rows")
    assert answer.json()["detail"].startswith("The file has 10,001 rows, and one import takes 10,000 at most.")
    with company.house.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(task_table)) == 0


def test_an_import_is_all_or_nothing(company: Company, boss: Popug) -> None:
    answer = send(boss, "Title\nOil the door\n")  # and nobody is there to be given it
    assert answer.status_code == 409
    with company.house.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(task_table)) == 0


def test_an_import_sent_twice_with_one_key_is_taken_in_once(company: Company, ann: Popug) -> None:
    def once() -> Any:
        headers = {**ann.headers(), "Idempotency-Key": "import-1", "Content-Type": "text/csv"}
        return company.client.post("/imports", content=b"Title\nOil the door\n", headers=headers).json()

    assert once() == once()
    assert len(ann.get("/tasks").json()["items"]) == 1
