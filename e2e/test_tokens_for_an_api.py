"""Service to service: a product gets a token for itself, another one verifies it by the published keys alone."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx2
import pytest

from e2e.premises import House
from e2e.strangers import Stranger, uvicorn


@dataclass
class Api:
    url: str
    caller: Stranger

    def answer(self, token: str | None) -> int:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx2.get(f"{self.url}/seeds", headers=headers).status_code


def token_of(product: Stranger) -> str:
    known = (product.registration["client_id"], product.registration["client_secret"])
    answer = httpx2.post(f"{product.house.issuer}/token", data={"grant_type": "client_credentials"}, auth=known)
    return str(answer.raise_for_status().json()["access_token"])


def service(house: House, name: str) -> Stranger:
    product = Stranger(house, name)
    product.register(scope="openid")
    return product


@pytest.fixture(scope="module")
def api(house: House) -> Iterator[Api]:
    caller, product = service(house, "Caller"), service(house, "Seed store")
    also = {"CALLERS": caller.registration["client_id"]}
    with product.running(*uvicorn("api_product", product.port), also=also) as url:
        yield Api(url, caller)


def test_a_known_caller_is_served(api: Api) -> None:
    assert api.answer(token_of(api.caller)) == 200


def test_somebody_elses_token_is_refused(api: Api) -> None:
    assert api.answer(token_of(service(api.caller.house, "Magpie"))) == 401


def test_no_token_and_a_broken_one_are_refused(api: Api) -> None:
    token = token_of(api.caller)
    assert [api.answer(wrong) for wrong in (None, "x", token[:-8] + "AAAAAAAA", token + ".")] == [401] * 4


def test_a_key_rotation_disturbs_nobody(api: Api) -> None:
    before = token_of(api.caller)
    assert api.answer(before) == 200
    api.caller.house.command("auth-service", "keys", "rotate")
    assert [api.answer(before), api.answer(token_of(api.caller))] == [200, 200]
