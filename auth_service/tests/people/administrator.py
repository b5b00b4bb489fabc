"""An admin who holds a token for the directory, as the frontend's people pages do."""

from secrets import token_urlsafe
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from auth_service.tests.conftest import Member
from auth_service.tests.product import Product
from auth_service.tests.visitor import Visitor


def bearer_for(visitor: Visitor, product: Product, member: Member, **changes: str | None) -> dict[str, str]:
    product.nonce = token_urlsafe(12)  # a product asks anew each time
    tokens = visitor.tokens_for(product, member.beak, **changes)
    return {"Authorization": f"Bearer {tokens['access_token']}"}


class Administrator:
    def __init__(self, client: TestClient, headers: dict[str, str]) -> None:
        self.client, self.headers = client, headers

    def hires(self, name: str, email: str, role: str = "worker", **more: Any) -> Response:
        body = {"name": name, "email": email, "role": role} | more
        return self.client.post("/people", json=body, headers=self.headers)

    def changes(self, person_id: str, **wanted: Any) -> Response:
        return self.client.patch(f"/people/{person_id}", json=wanted, headers=self.headers)

    def moults(self, person_id: str) -> Response:
        return self.client.post(f"/people/{person_id}/beak", headers=self.headers)
