"""Signing out (RP-Initiated Logout), and how every product hears of it (Back-Channel Logout)."""

from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import select

from auth_service.house import House
from auth_service.sessions.delivery import LogoutDelivery, Post, deliver_due
from auth_service.tests.conftest import Member, MovableClock
from auth_service.tests.product import ISSUER, Product, payload_of
from auth_service.tests.visitor import OWN_PAGE, Visitor

BYE = "https://shop.example/bye"


def sign_out(client: TestClient, **fields: str) -> str:
    return f"/sign-out?{urlencode(fields)}"


def notices(house: House) -> list[LogoutDelivery]:
    with house.database.reading() as session:
        return list(session.scalars(select(LogoutDelivery).order_by(LogoutDelivery.client_id)))


def test_with_a_hint_the_person_is_signed_out_at_once_and_sent_back(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member
) -> None:
    hint = visitor.tokens_for(shop, ann.beak)["id_token"]
    answer = client.get(sign_out(client, id_token_hint=hint, post_logout_redirect_uri=BYE, state="a b"))
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{BYE}?state=a+b"
    assert visitor.opens(shop, nonce="after").status_code == 200


def test_a_hint_works_by_post_without_the_cookie_and_after_it_expired(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member, clock: MovableClock
) -> None:
    hint = visitor.tokens_for(shop, ann.beak)["id_token"]
    cookie = client.cookies["beak"]
    client.cookies.clear()
    clock.advance(hours=1)
    answer = client.post("/sign-out", data={"id_token_hint": hint, "post_logout_redirect_uri": BYE})
    assert answer.headers["Location"] == BYE
    client.cookies.set("beak", cookie)
    assert visitor.opens(shop, nonce="after").status_code == 200


def test_without_a_hint_the_person_is_asked(client: TestClient, visitor: Visitor, shop: Product, ann: Member) -> None:
    visitor.code_for(shop, ann.beak)
    page = client.get(sign_out(client, client_id="shop", post_logout_redirect_uri=BYE, state="s"))
    assert "Perch Shop" in page.text
    assert visitor.opens(shop, nonce="still here").status_code == 303
    answer = visitor.decides(page, "sign-out")
    assert answer.headers["Location"] == f"{BYE}?state=s"
    assert visitor.opens(shop, nonce="after").status_code == 200


def test_whoever_decides_to_stay_stays(client: TestClient, visitor: Visitor, shop: Product, ann: Member) -> None:
    visitor.code_for(shop, ann.beak)
    answer = visitor.decides(client.get("/sign-out"), "stay")
    assert answer.headers["Location"] == "http://127.0.0.1:8000"
    assert visitor.opens(shop, nonce="after").status_code == 303


def test_another_site_can_not_decide_for_the_person(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member
) -> None:
    visitor.code_for(shop, ann.beak)
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert client.post("/sign-out", data={"decision": "sign-out"}, headers=headers).status_code == 403
    assert visitor.opens(shop, nonce="after").status_code == 303


@pytest.mark.parametrize("uri", ["https://evil.example/", BYE + "/x", BYE + "?x=1", "//evil.example", "javascript:x"])
def test_nobody_is_sent_to_an_unregistered_place(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member, uri: str
) -> None:
    hint = visitor.tokens_for(shop, ann.beak)["id_token"]
    answer = client.get(sign_out(client, id_token_hint=hint, post_logout_redirect_uri=uri))
    assert answer.status_code == 200
    assert "Location" not in answer.headers
    assert "evil" not in answer.text


def test_a_redirect_without_hint_and_without_decision_never_happens(client: TestClient) -> None:
    answer = client.get(sign_out(client, client_id="shop", post_logout_redirect_uri=BYE))
    assert answer.status_code == 200
    assert "Location" not in answer.headers


def test_a_decision_in_a_link_is_no_decision(client: TestClient, visitor: Visitor, shop: Product, ann: Member) -> None:
    link = sign_out(client, client_id="shop", post_logout_redirect_uri=BYE, decision="sign-out")
    assert "Location" not in client.get(link).headers
    visitor.code_for(shop, ann.beak)
    assert "Sign out everywhere?" in client.get(link).text
    assert visitor.opens(shop, nonce="after").status_code == 303


def test_the_confirmation_may_lead_where_either_decision_leads(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member
) -> None:
    visitor.code_for(shop, ann.beak)
    page = client.get(sign_out(client, client_id="shop", post_logout_redirect_uri=BYE))
    assert "form-action 'self' https://shop.example http://127.0.0.1:8000;" in page.headers["Content-Security-Policy"]


def test_a_hint_of_another_product_than_the_one_named_is_refused(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member
) -> None:
    hint = visitor.tokens_for(shop, ann.beak)["id_token"]
    answer = client.get(sign_out(client, id_token_hint=hint, client_id="wiki"))
    assert answer.status_code == 400
    assert visitor.opens(shop, nonce="after").status_code == 303


@pytest.mark.parametrize("hint", ["rubbish", "eyJhbGciOiJub25lIn0.e30.x"])
def test_a_forged_hint_counts_as_none(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member, hint: str
) -> None:
    visitor.code_for(shop, ann.beak)
    assert "Sign out everywhere?" in client.get(sign_out(client, id_token_hint=hint)).text


def test_someone_elses_hint_signs_nobody_out_unasked(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member, bob: Member
) -> None:
    anns = visitor.tokens_for(shop, ann.beak)["id_token"]
    visitor.code_for(shop, bob.beak, prompt="login", nonce="second")
    assert "Sign out everywhere?" in client.get(sign_out(client, id_token_hint=anns)).text
    assert visitor.opens(shop, nonce="third").status_code == 303


def test_signing_out_ends_what_the_session_opened(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member
) -> None:
    tokens = visitor.tokens_for(shop, ann.beak)
    client.get(sign_out(client, id_token_hint=tokens["id_token"]))
    assert shop.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert client.get("/userinfo", headers=bearer).status_code == 401


class Listener:
    """A product's back-channel end-point, as the queue sees it."""

    def __init__(self, *answers: str | None) -> None:
        self.answers, self.heard = list(answers), list[tuple[str, dict[str, str]]]()

    def __call__(self, uri: str, form: dict[str, str]) -> str | None:
        self.heard.append((uri, form))
        return self.answers.pop(0) if self.answers else None


def deliver(house: House, post: Post) -> int:
    return deliver_due(house.database, keyring=house.keyring, issuer=ISSUER, clock=house.clock, post=post)


def test_every_product_of_the_session_hears_of_its_end(
    client: TestClient, visitor: Visitor, shop: Product, frontend: Product, wiki: Product, ann: Member, house: House
) -> None:
    for product in (shop, frontend, wiki):
        hint = visitor.tokens_for(product, ann.beak)["id_token"]
    client.get(sign_out(client, id_token_hint=hint))
    listener = Listener()
    assert deliver(house, listener) == 2, "wiki has registered no back-channel"
    assert {uri for uri, _ in listener.heard} == {
        "http://127.0.0.1:8000/back-channel-logout",
        "https://shop.example/logout",
    }
    assert deliver(house, listener) == 0


def test_the_logout_token_is_as_specified(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member, house: House
) -> None:
    hint = visitor.tokens_for(shop, ann.beak)["id_token"]
    client.get(sign_out(client, id_token_hint=hint))
    listener = Listener()
    deliver(house, listener)
    keys = KeySet.import_key_set(client.get("/jwks").json())
    token = jwt.decode(listener.heard[0][1]["logout_token"], keys, algorithms=["RS256"])
    now = int(house.clock().timestamp())
    assert token.header["typ"] == "logout+jwt"
    assert token.claims.pop("jti")
    assert token.claims == {
        "iss": ISSUER,
        "aud": "shop",
        "sub": ann.id,
        "sid": payload_of(hint)["sid"],
        "iat": now,
        "exp": now + 120,
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    }


def test_a_notice_that_fails_is_tried_again_with_growing_pauses_then_given_up(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member, house: House, clock: MovableClock
) -> None:
    client.get(sign_out(client, id_token_hint=visitor.tokens_for(shop, ann.beak)["id_token"]))
    down = Listener(*["answered 503"] * 20)
    waited = []
    while not notices(house)[0].dead_at:
        assert deliver(house, down) == 1
        assert deliver(house, down) == 0
        waited.append((notices(house)[0].due_at - clock()).total_seconds())
        clock.advance(seconds=max(waited[-1], 0))
    assert waited[:5] == [1, 5, 30, 120, 600]
    assert len(down.heard) == 10
    assert notices(house)[0].last_error == "answered 503"


def test_a_notice_arrives_after_the_product_came_back(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member, house: House, clock: MovableClock
) -> None:
    client.get(sign_out(client, id_token_hint=visitor.tokens_for(shop, ann.beak)["id_token"]))
    listener = Listener("ConnectError: refused")
    deliver(house, listener)
    clock.advance(seconds=1)
    deliver(house, listener)
    assert len(listener.heard) == 2
    assert notices(house)[0].delivered_at == clock()


def test_signing_out_twice_notifies_once(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member, house: House
) -> None:
    hint = visitor.tokens_for(shop, ann.beak)["id_token"]
    for _ in range(2):
        client.get(sign_out(client, id_token_hint=hint))
    assert len(notices(house)) == 1


def test_dismissal_moult_and_a_new_role_notify_every_product(
    visitor: Visitor, shop: Product, ann: Member, bob: Member, boss: Member, house: House
) -> None:
    from auth_service.people.egg import lay
    from auth_service.people.hiring import change_person, moult
    from auth_service.people.person import Role
    from auth_service.people.views import PersonChange

    for member in (ann, bob, boss):
        shop.nonce = member.id
        visitor.client.cookies.clear()
        visitor.tokens_for(shop, member.beak)
    with house.database.writing() as session:
        change_person(session, ann.id, PersonChange(active=False), at=house.clock())
        change_person(session, bob.id, PersonChange(role=Role.MANAGER), at=house.clock())
        moult(session, boss.id, egg=lay(house.rng, house.proof), at=house.clock())
    assert {notice.sub for notice in notices(house)} == {ann.id, bob.id, boss.id}


def test_a_second_person_at_the_same_browser_ends_the_first_ones_session(
    visitor: Visitor, shop: Product, ann: Member, bob: Member, house: House
) -> None:
    visitor.tokens_for(shop, ann.beak)
    visitor.signs_in(visitor.opens(shop, prompt="login", nonce="second"), bob.beak)
    assert [notice.sub for notice in notices(house)] == [ann.id]


def test_proving_oneself_again_keeps_the_session_and_its_products(
    visitor: Visitor, shop: Product, ann: Member, house: House
) -> None:
    first = visitor.tokens_for(shop, ann.beak)
    second = visitor.tokens_for(shop, ann.beak, prompt="login", nonce="second")
    assert payload_of(first["id_token"])["sid"] == payload_of(second["id_token"])["sid"]
    assert notices(house) == []
    assert shop.refresh(first["refresh_token"]).status_code == 200


def test_the_confirmation_is_asked_with_our_own_form(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member
) -> None:
    visitor.code_for(shop, ann.beak)
    assert client.post("/sign-out", data={"decision": "sign-out"}, headers=OWN_PAGE).status_code == 200
    assert visitor.opens(shop, nonce="after").status_code == 200
