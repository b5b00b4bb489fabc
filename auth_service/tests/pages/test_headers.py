"""Every page travels under the same policy."""

import pytest

from auth_service.pages import headers, source_of
from auth_service.tests.pages.aviary import showing


def test_a_page_may_load_only_from_its_own_house() -> None:
    answer = showing("signed_out.html", {}).get("/")
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


def test_a_page_says_its_status() -> None:
    assert showing("signed_out.html", {}, status=429).get("/").status_code == 429


def test_a_form_may_lead_to_the_product_that_asked() -> None:
    policy = headers(("https://nests.example/callback?x=1", "https://nests.example", "http://127.0.0.1:9000/cb"))
    assert "; form-action 'self' https://nests.example http://127.0.0.1:9000; " in policy["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("uri", "source"),
    [
        ("https://nests.example:8443/callback#x", "https://nests.example:8443"),
        ("com.example.nests:/callback", "com.example.nests:"),
        ("http://[::1]:9000/cb", "http:"),
    ],
)
def test_a_redirect_uri_is_named_by_its_origin(uri: str, source: str) -> None:
    assert source_of(uri) == source


@pytest.mark.parametrize(
    "uri",
    [
        "https://nests.example;script-src",
        "https://nests.example 'unsafe-inline'",
        "https://good@evil.example/",
        "https://*.example/",
        "https://нест.example/",
        "/callback",
        "",
    ],
)
def test_nothing_can_be_slipped_into_the_policy(uri: str) -> None:
    with pytest.raises(ValueError, match="Not an origin"):
        headers((uri,))
