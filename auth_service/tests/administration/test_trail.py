"""The trail, read: filters, pages, and the table for spreadsheets."""

import csv
import io
from typing import Any

import pytest

from auth_service.administration.trail import lines
from auth_service.administration.trail_query import Filters
from auth_service.house import House
from auth_service.tests.administration.desk import Desk
from auth_service.tests.conftest import BEGINNING, Member, MovableClock
from auth_service.trail.deed import Deed
from auth_service.trail.doer import AT_THE_CONSOLE, Doer
from auth_service.trail.entry import record


@pytest.fixture
def busy_days(house: House, desk: Desk, ada: Member, ann: Member, bob: Member, clock: MovableClock) -> None:
    """On the first of April ada, on the second a product, on the third the console."""
    doers = (Doer(ada.id, None, "203.0.113.7", "Nest 1.0"), Doer(client_id="shop"), AT_THE_CONSOLE)
    with house.database.writing() as session:
        for day, by in enumerate(doers):
            at = BEGINNING.replace(month=4, day=1 + day)
            record(session, Deed.RENAMED, at=at, by=by, whom=ann.id, details={"from": "=A", "to": "B"})
            record(session, Deed.PRODUCT_EDITED, at=at, by=by, product="wiki")


def test_an_entry_tells_who_what_whom_when_and_from_where(
    desk: Desk, busy_days: None, ada: Member, ann: Member
) -> None:
    (entry,) = desk.every("/trail", by=ada.id, whom=ann.id)
    assert entry.pop("id")
    assert entry == {
        "at": "2026-04-01T09:00:00Z",
        "what": "renamed",
        "by": {"id": ada.id, "name": "Ada Macaw"},
        "whom": {"id": ann.id, "name": "Ann Budgie"},
        "product": None,
        "address": "203.0.113.7",
        "device": "Nest 1.0",
        "details": {"from": "=A", "to": "B"},
    }


@pytest.mark.parametrize(
    ("filters", "days"),
    [
        ({"what": "renamed"}, [3, 2, 1]),
        ({"by": "shop"}, [2, 2]),
        ({"product": "wiki"}, [3, 2, 1]),
        ({"product": "wiki", "by": "shop"}, [2]),
        ({"since": "2026-04-02", "until": "2026-04-02"}, [2, 2]),
        ({"since": "2026-04-02T09:00:00Z", "what": "renamed"}, [3, 2]),
        ({"since": "2026-04-01", "until": "2026-04-02T09:00:00Z", "what": "renamed"}, [1]),
        ({"since": "2026-04-02T11:00:00+02:00", "what": "renamed"}, [3, 2]),
        ({"since": "2026-04-01", "whom": "nobody"}, []),
    ],
)
def test_the_trail_is_filtered(desk: Desk, busy_days: None, filters: dict[str, str], days: list[int]) -> None:
    shown = [entry for entry in desk.every("/trail", **filters) if entry["at"].startswith("2026-04")]
    assert [int(entry["at"][8:10]) for entry in shown] == days


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("what", "nonsense"),
        ("since", "yesterday"),
        ("until", "2026-02-30"),
        ("until", "9999-12-31"),
        ("since", "0001-01-01T00:00:00+23:00"),
        ("after", "forged"),
        ("limit", "0"),
    ],
)
def test_a_wrong_filter_is_named(desk: Desk, field: str, value: str) -> None:
    answer = desk.get("/trail", **{field: value})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_pages_of_entries_of_one_moment_leave_none_out(desk: Desk, house: House, ann: Member) -> None:
    with house.database.writing() as session:
        for number in range(7):
            by = Doer(person_id=ann.id)
            record(session, Deed.SIGNED_IN, at=house.clock(), by=by, details={"number": number})
    shown = [entry["details"]["number"] for entry in desk.every("/trail", by=ann.id, limit=2)]
    assert sorted(shown) == list(range(7))


def table(desk: Desk, **filters: Any) -> list[dict[str, str]]:
    answer = desk.get("/trail.csv", **filters)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="trail.csv"'
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_table_tells_the_same(desk: Desk, busy_days: None, ada: Member) -> None:
    (entry,) = table(desk, by=ada.id, what="renamed")
    assert (entry["at"], entry["by_name"], entry["whom_name"]) == (
        "2026-04-01T09:00:00+00:00",
        "Ada Macaw",
        "Ann Budgie",
    )
    assert entry["details"] == '{"from": "=A", "to": "B"}'
    (by_product,) = table(desk, by="shop", what="product_edited")
    assert (by_product["by_id"], by_product["by_name"], by_product["client_name"]) == ("shop", "Perch Shop", "Wiki")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_cell_is_never_a_formula(desk: Desk, house: House, ann: Member, name: str) -> None:
    by = Doer(person_id=ann.id, device=name)
    with house.database.writing() as session:
        record(session, Deed.SIGNED_IN, at=house.clock(), by=by)
    desk.patch(f"/people/{ann.id}", name=f"x{name}".replace("\t", "")[1:] or "x")
    (entry,) = table(desk, by=ann.id)
    assert entry["device"] == f"'{name}"
    assert entry["by_name"].startswith("'")


def test_a_long_table_is_streamed_in_parts(desk: Desk, house: House, bob: Member) -> None:
    with house.database.writing() as session:
        for number in range(1_201):
            record(session, Deed.SIGNED_IN, at=house.clock(), by=Doer(person_id=bob.id), details={"number": number})
    parts = list(lines(house, Filters(by=bob.id)))
    assert [part.count("\r\n") for part in parts] == [1, 500, 500, 201]
    assert len({entry["details"] for entry in table(desk, by=bob.id)}) == 1_201
