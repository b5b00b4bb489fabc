"""A person at a browser of their own: keeps cookies, fills in forms, and is led about by redirects."""

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx2
from httpx2 import Response

from auth_service.tests.conformance.pages import Form, form_with_button, form_with_field

MOST_REDIRECTS = 5


@dataclass(frozen=True)
class Person:
    id: str
    name: str
    email: str
    role: str
    beak_shape: str


class Browser:
    def __init__(self, issuer: str, transport: httpx2.BaseTransport) -> None:
        self.issuer = issuer
        self.http = httpx2.Client(base_url=issuer, transport=transport)

    def opens(self, url: str) -> Response:
        """The page it comes to rest on, or the redirect that leads away from the provider."""
        return self.led_on(self.http.get(url))

    def posts(self, url: str, fields: dict[str, str]) -> Response:
        """As a form on another site does."""
        headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
        return self.led_on(self.http.post(url, data=fields, headers=headers))

    def signs_in(self, page: Response, person: Person) -> Response:
        form = form_with_field(page.text, "beak_shape")
        assert form, f"no sign-in page: {page.status_code} {page.text[:500]}"
        return self.submits(form, beak_shape=person.beak_shape)

    def decides(self, page: Response, decision: str) -> Response:
        form = form_with_button(page.text, "decision", decision)
        assert form, f"nothing to decide: {page.status_code} {page.text[:500]}"
        return self.submits(form, decision=decision)

    def submits(self, form: Form, **typed: str) -> Response:
        assert form.method == "post"
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": self.issuer}
        return self.led_on(self.http.post(form.action, data=form.fields | typed, headers=headers))

    def led_on(self, answer: Response) -> Response:
        for _ in range(MOST_REDIRECTS):
            target = urljoin(str(answer.url), answer.headers.get("Location", ""))
            if not answer.is_redirect or not self.is_here(target):
                return answer
            answer = self.http.get(target)
        raise AssertionError(f"led in circles: {target}")

    def is_here(self, url: str) -> bool:
        return urlsplit(url)[:2] == urlsplit(self.issuer)[:2]


def asks_to_sign_in(page: Response) -> bool:
    return page.status_code == 200 and form_with_field(page.text, "beak_shape") is not None


def asks_for_consent(page: Response) -> bool:
    return page.status_code == 200 and form_with_button(page.text, "decision", "allow") is not None


def asks_to_sign_out(page: Response) -> bool:
    return page.status_code == 200 and form_with_button(page.text, "decision", "sign-out") is not None
