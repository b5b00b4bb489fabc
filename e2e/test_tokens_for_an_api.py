"""Service to service: a product gets a token for itself, another one verifies it by the published keys alone."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx2
import pytest

from e2e.premises import House
from e2e.strangers import Stranger, rotate_keys, service, uvicorn


@dataclass
class Api:
    url: str
    caller: Stranger

    def answer(self, token: str | None) -> int:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx2.get(f"{self.url}/seeds", headers=headers).status_code


@pytest.fixture(scope="module")
def api(house: House) -> Iterator[Api]:
    caller, product = service(house, "Caller"), service(house, "Seed store")
    also = {"CALLERS": caller.registration["client_id"]}
    with product.running(*uvicorn("api_product", product.port), also=also) as url:
        yield Api(url, caller)


def test_a_known_caller_is_served(api: Api) -> None:
    assert api.answer(api.caller.token_of_its_own()) == 200


def test_somebody_elses_token_is_refused(api: Api) -> None:
    assert api.answer(service(api.caller.house, "Magpie").token_of_its_own()) == 401


def test_no_token_and_a_broken_one_are_refused(api: Api) -> None:
    token = api.caller.token_of_its_own()
    assert [api.answer(wrong) for wrong in (None, "x", token[:-8] + "AAAAAAAA", token + ".")] == [401] * 4


def test_a_key_rotation_disturbs_nobody(api: Api) -> None:
    before = api.caller.token_of_its_own()
    assert api.answer(before) == 200
    rotate_keys(api.caller.house, api.caller)
    assert [api.answer(before), api.answer(api.caller.token_of_its_own())] == [200, 200]
