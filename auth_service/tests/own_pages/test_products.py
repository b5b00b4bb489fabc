"""My products: who may see what of me, and taking it back."""

from fastapi import FastAPI
from sqlalchemy import select

from auth_service.house import House
from auth_service.sessions.delivery import LogoutDelivery
from auth_service.tests.conftest import Member
from auth_service.tests.own_pages.conftest import Browser, browser_of
from auth_service.tests.pages.reading import Page
from auth_service.tests.product import Product
from auth_service.tests.visitor import Visitor
from auth_service.trail.deed import Deed
from auth_service.trail.entry import TrailEntry


def test_whom_no_product_knows_is_told_so(ann_at_home: Browser) -> None:
    assert "No product knows you yet" in ann_at_home.opens("/my/products").text


def test_a_product_is_listed_with_what_it_may_see_and_since_when(
    ann_at_home: Browser, visitor: Visitor, ann: Member, wiki: Product, shop: Product
) -> None:
    visitor.tokens_for(wiki, ann.beak)
    visitor.tokens_for(shop, ann.beak)
    page = ann_at_home.opens("/my/products").text
    assert "Allowed 2 March 2026, 12:00" in page
    assert page.count("See your e-mail address") == 2
    assert page.count("Ours: opens without asking") == 1
    assert Page(page).words["button"] == ["Sign out", "Take back"]
    assert "Видеть вашу почту" in ann_at_home.opens("/my/products?ui_locales=ru").text


def test_taking_back_ends_what_the_product_holds_and_asks_again(
    ann_at_home: Browser, visitor: Visitor, ann: Member, wiki: Product, shop: Product, house: House
) -> None:
    kept = visitor.tokens_for(shop, ann.beak)
    lost = visitor.tokens_for(wiki, ann.beak)
    answer = ann_at_home.sends("/my/products/wiki/withdrawal")
    assert answer.status_code == 303
    assert wiki.refresh(lost["refresh_token"]).status_code == 400
    assert (
        visitor.client.get("/userinfo", headers={"Authorization": f"Bearer {lost['access_token']}"}).status_code == 401
    )
    assert shop.refresh(kept["refresh_token"]).status_code == 200
    assert "Allow Wiki" in visitor.opens(wiki, nonce="again").text
    assert "Wiki" not in ann_at_home.opens("/my/products").text
    with house.database.reading() as session:
        entry = session.scalars(select(TrailEntry).where(TrailEntry.what == Deed.CONSENT_WITHDRAWN)).one()
        assert (entry.whom_id, entry.client_id) == (ann.id, "wiki")


def test_a_product_that_listens_is_told(
    ann_at_home: Browser, visitor: Visitor, ann: Member, shop: Product, house: House
) -> None:
    visitor.tokens_for(shop, ann.beak)
    ann_at_home.sends("/my/products/shop/withdrawal")
    with house.database.reading() as session:
        notice = session.scalars(select(LogoutDelivery)).one()
        assert (notice.client_id, notice.sub) == ("shop", ann.id)


def test_a_code_on_its_way_opens_nothing_any_more(
    ann_at_home: Browser, visitor: Visitor, ann: Member, wiki: Product
) -> None:
    code = visitor.code_for(wiki, ann.beak)
    ann_at_home.sends("/my/products/wiki/withdrawal")
    assert wiki.exchange(code).status_code == 400


def test_taking_back_touches_nobody_else(
    ann_at_home: Browser, visitor: Visitor, bob: Member, wiki: Product, app: FastAPI
) -> None:
    tokens = visitor.tokens_for(wiki, bob.beak)
    ann_at_home.sends("/my/products/wiki/withdrawal")
    ann_at_home.sends("/my/products/no-such-product/withdrawal")
    assert wiki.refresh(tokens["refresh_token"]).status_code == 200


def test_only_our_own_page_takes_back(ann_at_home: Browser, app: FastAPI) -> None:
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert ann_at_home.client.post("/my/products/wiki/withdrawal", headers=headers).status_code == 403
    assert browser_of(app).sends("/my/products/wiki/withdrawal").status_code == 303  # to the sign-in
