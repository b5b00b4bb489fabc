"""login_hint (OpenID Connect Core section 3.1.2.1): for the password manager; it is looked up nowhere."""

import re
from urllib.parse import quote_plus

from httpx2 import Response

from auth_service.tests.conftest import Member
from auth_service.tests.product import Product
from auth_service.tests.visitor import Visitor


def without_hint(page: Response, hint: str) -> str:
    """The page, but for what was sent along and what differs between any two pages."""
    return re.sub(r"(?i)[0-9a-f-]{32,36}", "", page.text.replace(hint, "").replace(quote_plus(hint), ""))


def username_in(page: Response) -> str:
    found = re.search(r'name="username" value="([^"]*)"', page.text)
    assert found
    return found[1]


def test_the_hint_is_filled_in_for_the_password_manager(visitor: Visitor, shop: Product, ann: Member) -> None:
    assert username_in(visitor.opens(shop)) == ""
    page = visitor.opens(shop, login_hint=ann.email)
    assert username_in(page) == ann.email
    again = visitor.signs_in(page, "BEAK-wrong")
    assert again.status_code == 422
    assert username_in(again) == ann.email


def test_a_hint_tells_nobody_whether_there_is_such_a_person(visitor: Visitor, shop: Product, ann: Member) -> None:
    somebody = visitor.opens(shop, login_hint=ann.email)
    nobody = visitor.opens(shop, login_hint="nobody@uberpopug.example")
    assert without_hint(somebody, ann.email) == without_hint(nobody, "nobody@uberpopug.example")
    assert ann.name not in somebody.text


def test_a_hint_is_text_and_not_markup(visitor: Visitor, shop: Product) -> None:
    page = visitor.opens(shop, login_hint='"><script>alert(1)</script>')
    assert "<script>alert" not in page.text
    assert visitor.opens(shop, login_hint="x" * 3000).status_code == 303, "too long: an error for the product"
