"""Answers as a form (OAuth 2.0 Form Post Response Mode): the same fields, in the body instead of the URL."""

import pytest
from httpx2 import Response

from auth_service.house import House
from auth_service.products.registration import ClientMetadata, register
from auth_service.tests.conftest import CALLBACK, Member
from auth_service.tests.pages.reading import Page
from auth_service.tests.product import ISSUER, Product
from auth_service.tests.visitor import Visitor, hidden_fields

FORM = {"response_mode": "form_post"}


def posted(answer: Response, to: str = CALLBACK) -> dict[str, str]:
    assert answer.status_code == 200
    assert "Location" not in answer.headers
    assert Page(answer.text).one("form", method="post", action=to)
    return hidden_fields(answer.text)


def test_a_code_is_posted_to_the_product(visitor: Visitor, shop: Product, ann: Member) -> None:
    answer = visitor.signs_in(visitor.opens(shop, **FORM), ann.beak)
    fields = posted(answer)
    assert set(fields) == {"code", "state", "iss"}
    assert (fields["state"], fields["iss"]) == ("a state", ISSUER)
    assert shop.exchange(fields["code"]).json()["id_token"]
    assert "beak=" in answer.headers["Set-Cookie"]


def test_the_page_may_post_there_and_is_not_kept(visitor: Visitor, shop: Product, ann: Member) -> None:
    answer = visitor.signs_in(visitor.opens(shop, **FORM), ann.beak)
    assert "form-action 'self' https://shop.example;" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    page = Page(answer.text)
    assert page.words["button"] == ["Continue"], "without JavaScript someone presses it"
    assert page.one("form", **{"data-sends-itself": ""})


def test_an_error_is_posted_too(visitor: Visitor, shop: Product) -> None:
    assert posted(visitor.opens(shop, prompt="none", **FORM))["error"] == "login_required"
    fields = posted(visitor.opens(shop, code_challenge=None, **FORM))
    assert (fields["error"], fields["state"], fields["iss"]) == ("invalid_request", "a state", ISSUER)


def test_consent_comes_before_it(visitor: Visitor, wiki: Product, ann: Member) -> None:
    page = visitor.signs_in(visitor.opens(wiki, **FORM), ann.beak)
    assert "Allow Wiki" in page.text
    assert posted(visitor.decides(page, "cancel"), wiki.callback)["error"] == "access_denied"
    assert posted(visitor.decides(page, "allow"), wiki.callback)["code"]


def test_what_a_product_says_comes_back_as_it_was(visitor: Visitor, shop: Product, ann: Member) -> None:
    state = 'a"><script>alert(1)</script>&b=c+d %20'
    answer = visitor.signs_in(visitor.opens(shop, state=state, **FORM), ann.beak)
    assert "<script>alert" not in answer.text
    assert posted(answer)["state"] == state


def test_a_query_of_the_redirect_uri_stays_where_it_is(house: House, visitor: Visitor, ann: Member) -> None:
    uri = "https://x.example/cb?code=mine&b="
    with house.database.writing() as session:
        registered, secret = register(session, ClientMetadata(redirect_uris=[uri]), trusted=True, at=house.clock())
    product = Product(visitor.client, registered.client_id, secret, uri)
    fields = posted(visitor.signs_in(visitor.opens(product, **FORM), ann.beak), uri)
    assert product.exchange(fields["code"]).status_code == 200


@pytest.mark.parametrize("mode", ["fragment", "query.jwt", "web_message"])
def test_another_mode_is_refused_by_redirect(visitor: Visitor, shop: Product, mode: str) -> None:
    assert "error=invalid_request" in visitor.opens(shop, response_mode=mode).headers["Location"]


def test_a_wrong_redirect_uri_is_a_page_in_this_mode_as_well(visitor: Visitor, shop: Product) -> None:
    answer = visitor.opens(shop, redirect_uri="https://evil.example/", **FORM)
    assert answer.status_code == 400
    assert "evil" not in answer.text
