"""OpenID Connect Back-Channel Logout 1.0, with a real receiver at the other end."""

import time
from typing import Any

import pytest
from joserfc import jwt

from auth_service.tests.conformance.browser import Browser, Person
from auth_service.tests.conformance.receiver import Receiver
from auth_service.tests.conformance.relying_party import Provider, RelyingParty, bearer, header_of, parameters_of

EVENT = "http://schemas.openid.net/event/backchannel-logout"


def test_support_is_in_discovery(provider: Provider) -> None:
    """Section 2.1; oidcc-backchannel-logout-discovery-endpoint-verification."""
    assert provider.metadata["backchannel_logout_supported"] is True
    assert provider.metadata["backchannel_logout_session_supported"] is True


def signed_out(party: RelyingParty, person: Person, browser: Browser) -> dict[str, Any]:
    """The claims of the ID token of a session that has been and gone."""
    tokens = party.tokens_for(person, browser)
    browser.opens(party.sign_out_url(id_token_hint=tokens["id_token"]))
    return tokens.id_claims


def test_a_sign_out_by_a_product_tells_the_product(
    shop: RelyingParty, receiver: Receiver, ann: Person, guest: Browser
) -> None:
    """Sections 2.5 and 2.7; oidcc-backchannel-rp-initiated-logout."""
    session = signed_out(shop, ann, guest)
    (notice,) = receiver.notices(sid=session["sid"])
    assert notice.path == "/shop"
    location = shop.sends(guest, prompt="none").headers["Location"]
    assert parameters_of(location)["error"] == "login_required"


def test_the_request_is_a_form_with_one_field(
    shop: RelyingParty, receiver: Receiver, ann: Person, guest: Browser
) -> None:
    """Section 2.5."""
    notice = receiver.notices(sid=signed_out(shop, ann, guest)["sid"])[0]
    assert notice.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert set(notice.form) == {"logout_token"}
    assert "Cookie" not in notice.headers


@pytest.mark.parametrize("name", ["shop", "post"])
def test_the_logout_token_stands_every_validation(
    request: pytest.FixtureRequest, receiver: Receiver, ann: Person, guest: Browser, name: str
) -> None:
    """Sections 2.4 and 2.6, signed with the algorithm that the product registered for ID tokens."""
    party: RelyingParty = request.getfixturevalue(name)
    session = signed_out(party, ann, guest)
    notice = receiver.notices(sid=session["sid"])[0]
    token = jwt.decode(notice.token, party.provider.keys(), algorithms=[party.algorithm])
    claims, now = token.claims, time.time()
    assert token.header["typ"] == "logout+jwt"
    assert claims["iss"] == party.provider.issuer
    assert claims["aud"] in (name, [name])
    assert abs(now - claims["iat"]) < 10
    assert now < claims["exp"] <= claims["iat"] + 120, "at most two minutes"
    assert claims["events"] == {EVENT: {}}
    assert (claims["sub"], claims["sid"]) == (ann.id, session["sid"])
    assert "nonce" not in claims


def test_every_notice_has_a_jti_of_its_own(
    shop: RelyingParty, post: RelyingParty, receiver: Receiver, ann: Person, guest: Browser
) -> None:
    """Section 2.4, jti."""
    shop.tokens_for(ann, guest)
    sid = signed_out(post, ann, guest)["sid"]
    notices = receiver.notices(sid=sid, count=2)
    tokens = [jwt.decode(notice.token, shop.provider.keys(), algorithms=["RS256", "ES256"]) for notice in notices]
    assert len({token.claims["jti"] for token in tokens}) == 2


def test_every_product_of_the_session_is_told_and_no_other(
    shop: RelyingParty, post: RelyingParty, receiver: Receiver, ann: Person, guest: Browser
) -> None:
    """Section 2.7; `spa` has registered no back-channel, and nobody went to it."""
    shop.tokens_for(ann, guest)
    sid = signed_out(post, ann, guest)["sid"]
    assert {notice.path for notice in receiver.notices(sid=sid, count=2)} == {"/shop", "/post"}


def test_the_sid_is_one_for_all_products_of_a_session_and_for_no_other_session(
    shop: RelyingParty, post: RelyingParty, ann: Person, guest: Browser
) -> None:
    """Section 2.1: unique per issuer."""
    sids = [party.tokens_for(ann, guest).id_claims["sid"] for party in (shop, post, shop)]
    assert len(set(sids)) == 1
    assert shop.tokens_for(ann).id_claims["sid"] not in sids


def test_a_notice_that_failed_is_sent_again(
    shop: RelyingParty, receiver: Receiver, ann: Person, guest: Browser
) -> None:
    """Section 2.8: the product answered 503; a second later it is told once more, with another token."""
    receiver.fails_once_at.add("/shop")
    first, second = receiver.notices(sid=signed_out(shop, ann, guest)["sid"], count=2)
    assert first.token != second.token
    assert "/shop" not in receiver.fails_once_at


def test_a_new_person_at_the_browser_ends_the_session_before(
    shop: RelyingParty, receiver: Receiver, ann: Person, bob: Person, guest: Browser
) -> None:
    """Section 2.7."""
    first = shop.tokens_for(ann, guest).id_claims
    attempt = shop.attempt(prompt="login")
    guest.signs_in(guest.opens(attempt.url), bob)
    assert receiver.notices(sid=first["sid"])


def test_a_dismissal_ends_every_session(
    shop: RelyingParty, receiver: Receiver, ada: Person, eve: Person, guest: Browser
) -> None:
    """Section 2.7: the provider ends a session by itself; the person is restored afterwards."""
    first, second = (shop.tokens_for(eve, browser) for browser in (guest, shop.provider.new_browser()))
    admin = bearer(shop.tokens_for(ada, scope="openid people:write").access_token)
    url = f"{shop.provider.issuer}/people/{eve.id}"
    assert shop.http.patch(url, json={"active": False}, headers=admin).status_code == 200
    for tokens in (first, second):
        assert receiver.notices(sid=tokens.id_claims["sid"])
        assert shop.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert shop.http.patch(url, json={"active": True}, headers=admin).status_code == 200


def test_a_logout_token_is_nothing_else(shop: RelyingParty, receiver: Receiver, ann: Person, guest: Browser) -> None:
    """Section 2.4: its typ keeps it from being taken for an access token or an ID token."""
    token = receiver.notices(sid=signed_out(shop, ann, guest)["sid"])[0].token
    assert header_of(token)["typ"] == "logout+jwt"
    assert shop.userinfo(token).status_code == 401
    assert shop.error_of(guest, id_token_hint=token) == "invalid_request"
