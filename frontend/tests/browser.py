"""A browser as far as the frontend can tell: cookies, the headers a form of our own page sends, and htmx's."""

from typing import Any, Self
from urllib.parse import urlsplit

import httpx2

from frontend.tests.reading import Page

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


class Browser:
    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx2.Client(timeout=10, trust_env=False, verify=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.http.close()

    def get(self, path: str, **headers: str) -> httpx2.Response:
        return self.http.get(self.url + path, headers=headers)

    def open(self, path: str) -> Page:
        """The page at last, as a person sees it."""
        answer = self.http.get(self.url + path, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        return Page(answer.text)

    def post(self, path: str, data: dict[str, str] | None = None, **options: Any) -> httpx2.Response:
        headers = {**SAME_ORIGIN, **options.pop("headers", {})}
        return self.http.post(self.url + path, data=data or {}, headers=headers, **options)

    def fragment(self, path: str, target: str = "") -> httpx2.Response:
        """What htmx asks for when the element with this id wants to be shown anew."""
        return self.http.get(self.url + path, headers=self.of_htmx(target))

    def press(self, path: str, data: dict[str, str] | None = None) -> httpx2.Response:
        """What htmx sends for a form."""
        return self.post(path, data, headers=self.of_htmx("form#x"))

    def of_htmx(self, target: str, page: str = "/tasks") -> dict[str, str]:
        return {
            "HX-Request": "true",
            "HX-Request-Type": "partial",
            "HX-Target": target,
            "HX-Current-URL": self.url + page,
        }

    def sign_in(self) -> None:
        """As a browser does: where the provider is slow for a moment, the page tries again by itself."""
        for _ in range(3):
            answer = self.http.get(self.url + "/sign-in", follow_redirects=True)
            if answer.status_code != 503 or "Refresh" not in answer.headers:
                break
        assert answer.url.path == "/", answer.text

    @property
    def session_cookie(self) -> str | None:
        return self.http.cookies.get("ates_session")


def path_of(answer: httpx2.Response) -> str:
    """Where a redirect leads, when it leads to our own origin."""
    location = urlsplit(answer.headers["Location"])
    assert not location.netloc, location
    return location.path + (f"?{location.query}" if location.query else "")
