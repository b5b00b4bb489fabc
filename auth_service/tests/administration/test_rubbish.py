"""What no form would send: NUL characters, wrong types, endless text. A refusal each, and nothing breaks."""

import pytest
from fastapi.testclient import TestClient

from auth_service.tests.administration.desk import Desk


@pytest.mark.parametrize(
    "path",
    [
        "/people/%00",
        "/people?q=%00",
        "/products/%00",
        "/products?q=a%00b",
        "/sessions?person_id=%00",
        "/sessions?product=%00",
        "/trail?by=%00",
        "/trail?product=%00&whom=%00",
        "/products/%F0%9F%A6%9C",
        "/people/%ff",
        "/authorize?client_id=%00",
    ],
)
def test_a_strange_character_finds_nothing_and_breaks_nothing(desk: Desk, path: str) -> None:
    assert desk.client.get(path, headers=desk.headers).status_code in (200, 400, 404, 422)


@pytest.mark.parametrize("path", ["/people/%00", "/products/a%00", "/sessions/%00", "/people/%00/sessions"])
def test_nor_where_something_would_be_changed(desk: Desk, path: str) -> None:
    for method in ("PATCH", "DELETE"):
        answer = desk.client.request(method, path, json={}, headers=desk.headers)
        assert answer.status_code in (404, 405, 422)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{", b'"text"', b'{"client_name": 7}', b'{"redirect_uris": "https://x.example/"}', b"\xff"],
)
def test_a_body_that_is_no_product_is_refused(client: TestClient, desk: Desk, body: bytes) -> None:
    headers = desk.headers | {"Content-Type": "application/json"}
    for method, path in (("POST", "/products"), ("PATCH", "/products/shop")):
        answer = client.request(method, path, content=body, headers=headers)
        assert answer.status_code in (400, 422)
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_numbers_out_of_all_proportion_are_refused(desk: Desk) -> None:
    assert desk.patch("/products/shop", version=10**30).status_code == 409
    assert desk.post("/products/shop/secret", overlap_seconds=10**30).status_code == 422
    assert desk.get("/trail", limit=10**30).status_code == 422
    assert desk.post("/redirect-uri-check", redirect_uri="x" * 10_001).status_code == 422
    assert desk.post("/redirect-uri-check", redirect_uri="https://x.example/" + "x" * 5_000).json()["ok"] is False
