"""Somebody on the way to a new beak, page by page, as a browser without scripts would go."""

import html
import re
from dataclasses import dataclass

from httpx2 import Response

from auth_service.tests.own_pages.conftest import Browser
from auth_service.tests.visitor import hidden_fields

SHOWN = re.compile(r'<code class="secret">([^<]+)</code>')


@dataclass
class Nestling:
    browser: Browser
    path: str  # with the invitation, where there is one

    @property
    def action(self) -> str:
        return self.path.partition("?")[0]

    def looks(self) -> Response:
        return self.browser.opens(self.path)

    def keeps(self, page: Response, egg: str = "1") -> Response:
        return self.browser.sends(self.action, **hidden_fields(page.text), egg=egg)

    def goes_on(self, page: Response) -> Response:
        form = hidden_fields(page.text) | {"username": "F5DH", "new_beak": beak_on(page)}
        return self.browser.sends(self.action, **form)

    def practises(self, page: Response, beak: str) -> Response:
        return self.browser.sends(self.action, **hidden_fields(page.text), beak_shape=beak)

    def hatches(self) -> tuple[str, Response]:
        """All the way: the beak, and what came of it."""
        kept = self.keeps(self.looks())
        beak = beak_on(kept)
        return beak, self.practises(self.goes_on(kept), beak)


def beak_on(page: Response) -> str:
    (beak,) = SHOWN.findall(page.text)
    return html.unescape(beak)
