"""An admin's desk: the REST interface of administration, as the frontend's pages use it."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from auth_service.tests.conftest import Member
from auth_service.tests.people.administrator import bearer_for
from auth_service.tests.product import Product
from auth_service.tests.visitor import Visitor

SCOPE = "openid people:read people:write administration"


class Desk:
    def __init__(self, client: TestClient, headers: dict[str, str]) -> None:
        self.client, self.headers = client, headers

    def get(self, path: str, **query: Any) -> Response:
        return self.client.get(path, params=query, headers=self.headers)

    def post(self, path: str, **body: Any) -> Response:
        return self.client.post(path, json=body, headers=self.headers)

    def patch(self, path: str, **body: Any) -> Response:
        return self.client.patch(path, json=body, headers=self.headers)

    def delete(self, path: str) -> Response:
        return self.client.delete(path, headers=self.headers)

    def every(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """All pages."""
        found, after = list[dict[str, Any]](), None
        while True:
            page = self.get(path, **query, **({"after": after} if after else {})).json()
            found, after = [*found, *page["items"]], page["next"]
            if after is None:
                return found


def desk_of(client: TestClient, visitor: Visitor, product: Product, member: Member) -> Desk:
    headers = bearer_for(visitor, product, member, scope=SCOPE)
    client.cookies.clear()
    return Desk(client, headers | {"User-Agent": "Nest 1.0"})


@pytest.fixture
def desk(client: TestClient, visitor: Visitor, frontend: Product, ada: Member) -> Desk:
    return desk_of(client, visitor, frontend, ada)
