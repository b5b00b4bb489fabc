"""A person at a browser, as tests play it: follows pages and forms, keeps cookies, never asks for tokens itself."""

import html
import re
from urllib.parse import urlencode

from fastapi.testclient import TestClient
from httpx2 import Response

from auth_service.tests.product import Product, query_of

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


def hidden_fields(page: str) -> dict[str, str]:
    """Of the first form on the page."""
    return {name: html.unescape(value) for name, value in HIDDEN.findall(page.split("</form>")[0])}


class Visitor:
    def __init__(self, client: TestClient) -> None:
        self.client = client

    def opens(self, product: Product, **changes: str | None) -> Response:
        return self.client.get(f"/authorize?{urlencode(product.request(**changes))}")

    def signs_in(self, page: Response, beak: str, **fields: str) -> Response:
        """Fills in the form of a sign-in page that was opened before."""
        form = hidden_fields(page.text) | {"beak_shape": beak} | fields
        return self.client.post("/sign-in", data=form, headers=OWN_PAGE)

    def decides(self, page: Response, decision: str) -> Response:
        path = "/consent" if "Allow" in page.text else "/sign-out"
        form = hidden_fields(page.text) | {"decision": decision}
        return self.client.post(path, data=form, headers=OWN_PAGE)

    def code_for(self, product: Product, beak: str, **changes: str | None) -> str:
        """All the way: signs in where asked, allows where asked, and comes back with a code."""
        answer = self.opens(product, **changes)
        if answer.status_code == 200 and "beak_shape" in answer.text:
            answer = self.signs_in(answer, beak)
        if answer.status_code == 200 and "Allow" in answer.text:
            answer = self.decides(answer, "allow")
        assert answer.status_code == 303, answer.text
        return query_of(answer.headers["Location"])["code"]

    def tokens_for(self, product: Product, beak: str, **changes: str | None) -> dict[str, str]:
        answer = product.exchange(self.code_for(product, beak, **changes))
        assert answer.status_code == 200, answer.text
        tokens: dict[str, str] = answer.json()
        return tokens
