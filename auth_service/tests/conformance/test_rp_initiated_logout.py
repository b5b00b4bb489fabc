"""OpenID Connect RP-Initiated Logout 1.0."""

import time

import pytest
from httpx2 import Response
from joserfc import jwt
from joserfc.jwk import RSAKey

from auth_service.tests.conformance.browser import Browser, Person, asks_to_sign_in, asks_to_sign_out
from auth_service.tests.conformance.relying_party import (
    Provider,
    RelyingParty,
    base64url,
    claims_of,
    header_of,
    parameters_of,
)

BYE = "https://shop.example/bye"


@pytest.fixture
def hint(shop: RelyingParty, ann: Person, guest: Browser) -> str:
    """The ID token of Ann, who has just signed in with `guest`."""
    return str(shop.tokens_for(ann, guest)["id_token"])


def is_signed_in(shop: RelyingParty, browser: Browser) -> bool:
    return "code" in parameters_of(shop.sends(browser, prompt="none").headers["Location"])


def leads_nowhere(answer: Response) -> bool:
    return "Location" not in answer.headers and "shop.example" not in answer.text


def test_the_endpoint_is_in_discovery(provider: Provider) -> None:
    """Section 2.1; oidcc-rp-initiated-logout-discovery-endpoint-verification."""
    assert provider.metadata["end_session_endpoint"].startswith(provider.issuer)


@pytest.mark.parametrize("way", ["GET", "POST"])
def test_with_everything_the_person_is_signed_out_and_sent_back(
    shop: RelyingParty, guest: Browser, hint: str, way: str
) -> None:
    """Sections 2 and 3; oidcc-rp-initiated-logout: by GET and by POST, with the state and nothing else."""
    fields = {"id_token_hint": hint, "post_logout_redirect_uri": BYE, "state": "a b&c"}
    url = shop.provider.at("end_session")
    answer = guest.opens(shop.sign_out_url(**fields)) if way == "GET" else guest.posts(url, fields)
    assert answer.headers["Location"].startswith(BYE + "?")
    assert parameters_of(answer.headers["Location"]) == {"state": "a b&c"}
    assert not is_signed_in(shop, guest)


def test_without_state_none_comes_back(shop: RelyingParty, guest: Browser, hint: str) -> None:
    """Section 3; oidcc-rp-initiated-logout-no-state."""
    answer = guest.opens(shop.sign_out_url(id_token_hint=hint, post_logout_redirect_uri=BYE))
    assert answer.headers["Location"] == BYE
    assert not is_signed_in(shop, guest)


def test_a_registered_query_is_kept_beside_the_state(post: RelyingParty, ann: Person, guest: Browser) -> None:
    """Section 3."""
    uri = "https://post.example/bye?from=here"
    hint = post.tokens_for(ann, guest)["id_token"]
    answer = guest.opens(post.sign_out_url(id_token_hint=hint, post_logout_redirect_uri=uri, state="s"))
    assert answer.headers["Location"] == uri + "&state=s"


def test_without_parameters_the_person_is_asked_then_told(shop: RelyingParty, signed_in: Browser) -> None:
    """Section 2; oidcc-rp-initiated-logout-no-params."""
    page = signed_in.opens(shop.sign_out_url())
    assert asks_to_sign_out(page)
    assert is_signed_in(shop, signed_in), "nothing happens before the answer"
    told = signed_in.decides(page, "sign-out")
    assert told.status_code == 200
    assert leads_nowhere(told)
    assert not is_signed_in(shop, signed_in)


def test_whoever_wants_to_stay_stays(shop: RelyingParty, signed_in: Browser) -> None:
    """Section 2: the end-user may decline."""
    signed_in.decides(signed_in.opens(shop.sign_out_url()), "stay")
    assert is_signed_in(shop, signed_in)


def test_with_only_a_state_the_person_is_asked_then_told(shop: RelyingParty, signed_in: Browser) -> None:
    """Section 2; oidcc-rp-initiated-logout-only-state."""
    told = signed_in.decides(signed_in.opens(shop.sign_out_url(state="s")), "sign-out")
    assert leads_nowhere(told)
    assert not is_signed_in(shop, signed_in)


def test_without_a_hint_nobody_is_sent_to_a_place_that_was_only_named(shop: RelyingParty, signed_in: Browser) -> None:
    """Section 3; oidcc-rp-initiated-logout-no-id-token-hint."""
    page = signed_in.opens(shop.sign_out_url(post_logout_redirect_uri=BYE, state="s"))
    assert asks_to_sign_out(page)
    assert "Location" not in signed_in.decides(page, "sign-out").headers
    assert not is_signed_in(shop, signed_in)


def test_without_a_hint_a_confirmed_sign_out_of_a_known_product_leads_back(
    shop: RelyingParty, signed_in: Browser
) -> None:
    """Section 3: the client_id names the product, the person's own decision confirms."""
    page = signed_in.opens(shop.sign_out_url(client_id="shop", post_logout_redirect_uri=BYE, state="s"))
    assert asks_to_sign_out(page)
    assert signed_in.decides(page, "sign-out").headers["Location"] == BYE + "?state=s"


def test_without_a_redirect_uri_the_person_is_told(shop: RelyingParty, guest: Browser, hint: str) -> None:
    """Section 2; oidcc-rp-initiated-logout-no-post-logout-redirect-uri."""
    answer = guest.opens(shop.sign_out_url(id_token_hint=hint, state="s"))
    assert (answer.status_code, leads_nowhere(answer)) == (200, True)
    assert not is_signed_in(shop, guest)


@pytest.mark.parametrize("uri", ["https://elsewhere.example/", BYE + "/more", "https://other.example/callback"])
def test_nobody_is_sent_to_an_unregistered_place(shop: RelyingParty, guest: Browser, hint: str, uri: str) -> None:
    """Section 3; oidcc-rp-initiated-logout-bad-post-logout-redirect-uri."""
    answer = guest.opens(shop.sign_out_url(id_token_hint=hint, post_logout_redirect_uri=uri))
    assert "Location" not in answer.headers
    assert uri not in answer.text


def test_nobody_is_sent_to_a_place_with_another_query(shop: RelyingParty, guest: Browser, hint: str) -> None:
    """Section 3; oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri."""
    answer = guest.opens(shop.sign_out_url(id_token_hint=hint, post_logout_redirect_uri=BYE + "?foo=bar"))
    assert "Location" not in answer.headers


def test_a_hint_that_somebody_else_signed_is_none(shop: RelyingParty, signed_in: Browser, hint: str) -> None:
    """Section 4; oidcc-rp-initiated-logout-bad-id-token-hint."""
    forged = jwt.encode(header_of(hint), claims_of(hint), RSAKey.generate_key(2048))
    page = signed_in.opens(shop.sign_out_url(id_token_hint=forged, post_logout_redirect_uri=BYE))
    assert asks_to_sign_out(page)
    assert is_signed_in(shop, signed_in)


def test_a_hint_without_its_signature_is_none(shop: RelyingParty, guest: Browser, hint: str) -> None:
    """Section 4; oidcc-rp-initiated-logout-modified-id-token-hint."""
    unsigned = ".".join([base64url(b'{"alg":"none"}'), hint.split(".")[1], ""])
    page = guest.opens(shop.sign_out_url(id_token_hint=unsigned, post_logout_redirect_uri=BYE))
    assert asks_to_sign_out(page)
    assert is_signed_in(shop, guest)


def test_a_hint_of_somebody_else_asks_first(shop: RelyingParty, bob: Person, signed_in: Browser) -> None:
    """Section 2: whoever uses the browser now is not the person of the hint."""
    bobs = shop.tokens_for(bob)["id_token"]
    assert asks_to_sign_out(signed_in.opens(shop.sign_out_url(id_token_hint=bobs, post_logout_redirect_uri=BYE)))
    assert is_signed_in(shop, signed_in)


def test_a_client_id_that_is_not_the_one_of_the_hint_is_an_error(shop: RelyingParty, guest: Browser, hint: str) -> None:
    """Section 2, client_id."""
    answer = guest.opens(shop.sign_out_url(id_token_hint=hint, client_id="post"))
    assert (answer.status_code, leads_nowhere(answer)) == (400, True)
    assert is_signed_in(shop, guest)


def test_a_hint_works_in_a_browser_where_nobody_is_signed_in(shop: RelyingParty, guest: Browser, hint: str) -> None:
    """Section 2: and a second time, when the session is over."""
    url = shop.sign_out_url(id_token_hint=hint, post_logout_redirect_uri=BYE)
    elsewhere = shop.provider.new_browser()
    for browser in (elsewhere, guest, guest):
        assert browser.opens(url).headers["Location"] == BYE
    assert not is_signed_in(shop, guest)


@pytest.mark.parametrize("hints", [{"logout_hint": "ann"}, {"ui_locales": "ru de"}, {"unknown": "x"}])
def test_hints_never_stand_in_the_way(shop: RelyingParty, guest: Browser, hint: str, hints: dict[str, str]) -> None:
    """Section 2, logout_hint and ui_locales."""
    answer = guest.opens(shop.sign_out_url(id_token_hint=hint, post_logout_redirect_uri=BYE, **hints))
    assert answer.headers["Location"] == BYE


def test_signing_out_ends_what_the_session_opened(shop: RelyingParty, ann: Person, guest: Browser) -> None:
    """Section 2, and Back-Channel Logout section 2.7: tokens of the session end with it."""
    tokens = shop.tokens_for(ann, guest)
    guest.opens(shop.sign_out_url(id_token_hint=tokens["id_token"]))
    assert shop.userinfo(tokens.access_token).status_code == 401
    assert shop.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert asks_to_sign_in(shop.sends(guest))


def test_another_browser_of_the_same_person_stays_signed_in(
    shop: RelyingParty, ann: Person, guest: Browser, hint: str
) -> None:
    """Section 2: the session of the hint ends, not the person's others."""
    elsewhere = shop.provider.new_browser()
    shop.code_for(ann, elsewhere)
    guest.opens(shop.sign_out_url(id_token_hint=hint))
    assert is_signed_in(shop, elsewhere)


def test_the_answer_to_a_sign_out_is_not_kept(shop: RelyingParty, guest: Browser, hint: str) -> None:
    """Section 3: it belongs to one person at one moment."""
    before = time.monotonic()
    answer = guest.opens(shop.sign_out_url(id_token_hint=hint, post_logout_redirect_uri=BYE))
    assert "no-store" in answer.headers["Cache-Control"]
    assert time.monotonic() - before < 2, "products are told beside it, not before it"
