"""Sessions in an admin's hands, and the notices that products are owed when one ends."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from auth_service.administration.sessions import matching, view
from auth_service.house import House
from auth_service.sessions.delivery import LogoutDelivery, deliver_due
from auth_service.tests.administration.desk import Desk
from auth_service.tests.conftest import Member, MovableClock
from auth_service.tests.product import ISSUER, Product
from auth_service.tests.visitor import Visitor


@pytest.fixture
def anns_tokens(client: TestClient, visitor: Visitor, desk: Desk, shop: Product, ann: Member) -> dict[str, str]:
    """Ann is signed in at the shop."""
    client.headers["User-Agent"] = "Perch 2.0"
    return visitor.tokens_for(shop, ann.beak)


def is_dead(client: TestClient, tokens: dict[str, str]) -> bool:
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    return client.get("/userinfo", headers=bearer).status_code == 401


def sign_out_waiting(desk: Desk, ann: Member) -> str:
    """Ann's session is ended; the id of the notice that the shop is owed."""
    desk.delete(f"/people/{ann.id}/sessions")
    (notice,) = desk.get("/logout-deliveries", state="waiting").json()["items"]
    notice_id: str = notice["id"]
    return notice_id


def test_a_session_is_shown_with_person_place_device_and_products(
    desk: Desk, ann: Member, anns_tokens: dict[str, str]
) -> None:
    (shown,) = desk.get("/sessions", person_id=ann.id).json()["items"]
    assert shown.pop("id")
    assert shown == {
        "person": {"id": ann.id, "name": "Ann Budgie"},
        "signed_in_at": "2026-03-02T09:00:00Z",
        "seen_at": "2026-03-02T09:00:00Z",
        "ended_at": None,
        "address": "127.0.0.1",
        "device": "Perch 2.0",
        "products": [{"client_id": "shop", "client_name": "Perch Shop"}],
    }


def test_sessions_are_found_by_product_and_page_by_page(
    desk: Desk, ada: Member, ann: Member, anns_tokens: dict[str, str]
) -> None:
    assert [one["person"]["id"] for one in desk.every("/sessions", limit=1)] == [ann.id, ada.id]
    assert [one["person"]["id"] for one in desk.every("/sessions", product="frontend")] == [ada.id]
    assert desk.every("/sessions", product="wiki") == []


def test_a_session_that_ran_out_says_when(
    desk: Desk, ann: Member, anns_tokens: dict[str, str], clock: MovableClock, house: House
) -> None:
    clock.advance(minutes=4)
    open_now = desk.every("/sessions", person_id=ann.id, open=True)
    clock.advance(hours=12)
    with house.database.reading() as session:
        wanted = matching(person_id=ann.id, product=None, is_open=False, at=house.clock())
        browser, name = session.execute(wanted).one()
        shown = view(browser, name, [], at=house.clock())
    assert len(open_now) == 1
    assert shown.ended_at is not None
    assert shown.ended_at.isoformat() == "2026-03-02T21:00:00+00:00"


def test_an_ended_session_is_over_and_its_products_hear_of_it(
    desk: Desk, client: TestClient, ann: Member, shop: Product, anns_tokens: dict[str, str]
) -> None:
    session_id = desk.every("/sessions", person_id=ann.id)[0]["id"]
    for _ in range(2):
        assert desk.delete(f"/sessions/{session_id}").status_code == 204
    assert is_dead(client, anns_tokens)
    assert shop.refresh(anns_tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert desk.every("/sessions", person_id=ann.id)[0]["ended_at"] == "2026-03-02T09:00:00Z"
    assert [one["client_id"] for one in desk.every("/logout-deliveries")] == ["shop"]
    (deed,) = desk.every("/trail", what="session_ended")
    assert (deed["whom"]["id"], deed["details"]["id"]) == (ann.id, session_id)
    assert desk.delete("/sessions/nothing").status_code == 404


def test_all_sessions_of_a_person_end_at_once(
    desk: Desk, client: TestClient, ann: Member, anns_tokens: dict[str, str]
) -> None:
    assert desk.delete(f"/people/{ann.id}/sessions").status_code == 204
    assert is_dead(client, anns_tokens)
    assert desk.every("/sessions", person_id=ann.id, open=True) == []
    assert desk.delete("/people/nobody/sessions").status_code == 404


def test_a_notice_is_shown_as_it_waits_arrives_or_is_given_up(
    desk: Desk, ann: Member, anns_tokens: dict[str, str], house: House
) -> None:
    notice_id = sign_out_waiting(desk, ann)
    (waiting,) = desk.get("/logout-deliveries").json()["items"]
    assert (waiting["state"], waiting["client_name"], waiting["person"]["name"]) == (
        "waiting",
        "Perch Shop",
        "Ann Budgie",
    )
    deliver_due(house.database, keyring=house.keyring, issuer=ISSUER, clock=house.clock, post=lambda *_: "answered 503")
    (failed,) = desk.get("/logout-deliveries", state="waiting").json()["items"]
    assert (failed["attempts"], failed["last_error"]) == (1, "answered 503")
    assert desk.post(f"/logout-deliveries/{notice_id}/attempt").status_code == 202
    delivered = deliver_due(
        house.database, keyring=house.keyring, issuer=ISSUER, clock=house.clock, post=lambda *_: None
    )
    assert delivered == 1, "at once, not after the pause"
    (arrived,) = desk.get("/logout-deliveries", state="delivered").json()["items"]
    assert (arrived["attempts"], arrived["delivered_at"]) == (2, "2026-03-02T09:00:00Z")
    again = desk.post(f"/logout-deliveries/{notice_id}/attempt")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/already-delivered")
    assert [one["product"]["client_id"] for one in desk.every("/trail", what="logout_delivery_retried")] == ["shop"]


def test_a_notice_that_was_given_up_gets_another_attempt(
    desk: Desk, ann: Member, anns_tokens: dict[str, str], house: House, clock: MovableClock
) -> None:
    notice_id = sign_out_waiting(desk, ann)
    with house.database.writing() as session:
        session.execute(update(LogoutDelivery).values(dead_at=clock(), attempts=10))
    assert [one["state"] for one in desk.every("/logout-deliveries", state="dead")] == ["dead"]
    assert desk.post(f"/logout-deliveries/{notice_id}/attempt").status_code == 202
    for error, state in (("answered 500", "dead"), (None, "delivered")):
        desk.post(f"/logout-deliveries/{notice_id}/attempt")
        deliver_due(
            house.database,
            keyring=house.keyring,
            issuer=ISSUER,
            clock=house.clock,
            post=lambda *_, error=error: error,
        )
        assert [one["state"] for one in desk.every("/logout-deliveries")] == [state]
    assert desk.post("/logout-deliveries/nothing/attempt").status_code == 404


def test_another_attempt_goes_where_the_product_wants_it_today(
    desk: Desk, ann: Member, anns_tokens: dict[str, str], house: House
) -> None:
    notice_id = sign_out_waiting(desk, ann)
    desk.patch("/products/shop", backchannel_logout_uri="https://shop.example/moved")
    desk.post(f"/logout-deliveries/{notice_id}/attempt")
    heard: list[str] = []
    deliver_due(
        house.database,
        keyring=house.keyring,
        issuer=ISSUER,
        clock=house.clock,
        post=lambda uri, _: heard.append(uri),
    )
    assert heard == ["https://shop.example/moved"]
