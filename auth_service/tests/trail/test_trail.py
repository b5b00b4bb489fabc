"""The trail: what is done is remembered with who, whom and from where, and nobody rewrites it."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from auth_service.house import House
from auth_service.people.hiring import change_person
from auth_service.people.person import LastAdmin
from auth_service.people.views import PersonChange
from auth_service.tests.conftest import Member
from auth_service.tests.people.administrator import Administrator, bearer_for
from auth_service.tests.product import Product
from auth_service.tests.visitor import Visitor
from auth_service.trail.deed import Deed
from auth_service.trail.doer import Doer
from auth_service.trail.entry import TrailEntry, record


def entries(session: Session, whom: str) -> list[TrailEntry]:
    return list(session.scalars(select(TrailEntry).where(TrailEntry.whom_id == whom).order_by(TrailEntry.id)))


def test_what_an_admin_does_is_remembered_with_whom_and_from_where(
    client: TestClient, visitor: Visitor, shop: Product, ada: Member, ann: Member, house: House
) -> None:
    headers = bearer_for(visitor, shop, ada, scope="people:write") | {"User-Agent": "Nest 1.0"}
    admin = Administrator(client, headers)
    admin.changes(ann.id, name="Ann Parakeet", role="manager", email=ann.email)
    admin.changes(ann.id, active=False)
    admin.changes(ann.id, active=True)
    admin.moults(ann.id)
    with house.database.reading() as session:
        done = entries(session, ann.id)[1:]
    assert [(one.what, one.details) for one in done] == [
        (Deed.RENAMED, {"from": "Ann Budgie", "to": "Ann Parakeet"}),
        (Deed.ROLE_CHANGED, {"from": "worker", "to": "manager"}),
        (Deed.DISMISSED, {}),
        (Deed.RESTORED, {}),
        (Deed.MOULTED, {}),
    ]
    assert {(one.by_person_id, one.address, one.device) for one in done} == {(ada.id, "127.0.0.1", "Nest 1.0")}


def test_a_deed_that_was_refused_leaves_no_entry(house: House, ada: Member) -> None:
    with pytest.raises(LastAdmin), house.database.writing() as session:
        change_person(session, ada.id, PersonChange(active=False), at=house.clock())
    with house.database.reading() as session:
        assert [one.what for one in entries(session, ada.id)] == [Deed.HIRED]


@pytest.mark.parametrize(
    "statement",
    [
        update(TrailEntry).values(what="nothing"),
        delete(TrailEntry),
        text("DELETE FROM trail"),
        text("UPDATE trail SET at = at"),
    ],
)
def test_the_database_refuses_to_change_what_was(house: House, ada: Member, statement: object) -> None:
    with pytest.raises(DBAPIError, match="append-only"), house.database.writing() as session:
        session.execute(statement)  # type: ignore[call-overload]
    with house.database.reading() as session:
        assert [one.what for one in entries(session, ada.id)] == [Deed.HIRED]


def test_replacing_and_emptying_are_refused_as_well(house: House, ada: Member) -> None:
    with house.database.reading() as session:
        first = entries(session, ada.id)[0]
    if house.database.engine.dialect.name == "sqlite":
        columns = {"id": first.id, "at": first.at, "what": "nothing", "details": {}}
        statement: object = insert(TrailEntry).prefix_with("OR REPLACE").values(columns)
    else:
        statement = text("TRUNCATE trail")
    with pytest.raises(DBAPIError, match="append-only"), house.database.writing() as session:
        session.execute(statement)  # type: ignore[call-overload]


def test_a_device_that_talks_too_much_is_cut_short(house: House, ann: Member) -> None:
    from starlette.requests import Request

    scope = {"type": "http", "headers": [(b"user-agent", b"x" * 5000)], "client": ("203.0.113.7", 1)}
    with house.database.writing() as session:
        record(session, Deed.SIGNED_IN, at=house.clock(), by=Doer.of(Request(scope)), whom=ann.id)
    with house.database.reading() as session:
        last = entries(session, ann.id)[-1]
    assert (last.address, last.device) == ("203.0.113.7", "x" * 300)
