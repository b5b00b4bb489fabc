"""Fifty at once, at two processes that share one database: once is once, and one family stays one."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from httpx2 import Response
from joserfc.jwk import ECKey

from auth_service.tests.conformance.browser import Person
from auth_service.tests.conformance.relying_party import ASSERTION_TYPE, Provider, RelyingParty
from auth_service.tests.process import address_of, at_the_console, environment_of, free_port, serving
from conftest import Databases

pytestmark = pytest.mark.thorough

CROWD = 50
KEY = ECKey.generate_key("P-256", {"kid": "mine", "use": "sig"})
METADATA: dict[str, Any] = {
    "client_id": "crowded",
    "redirect_uris": ["https://crowded.example/callback"],
    "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
    "scope": "openid offline_access people:read",
    "token_endpoint_auth_method": "private_key_jwt",
    "jwks": {"keys": [KEY.as_dict(private=False)]},
}


class Neighbours:
    """Two processes of one installation, each with the same product before its door."""

    def __init__(self, issuer: str, addresses: list[str], transport: httpx2.BaseTransport) -> None:
        self.parties = [self.party_at(address, issuer, transport) for address in addresses]

    @staticmethod
    def party_at(address: str, issuer: str, transport: httpx2.BaseTransport) -> RelyingParty:
        provider = Provider(issuer, transport)
        told = json.dumps(provider.metadata).replace(f'"{issuer}/', f'"{address}/')
        provider.metadata = json.loads(told)
        return RelyingParty(
            provider,
            "crowded",
            redirect_uri=METADATA["redirect_uris"][0],
            method="private_key_jwt",
            key=KEY,
            scope="openid offline_access",
        )

    def all_at_once(self, ask: Callable[[RelyingParty], Response]) -> list[Response]:
        with ThreadPoolExecutor(CROWD) as threads:
            asking = [threads.submit(ask, self.parties[number % 2]) for number in range(CROWD)]
            return [each.result() for each in asking]


@pytest.fixture
def ann_and_neighbours(databases: Databases, tmp_path: Path) -> Iterator[tuple[Person, Neighbours]]:
    first = environment_of(databases.create(), tmp_path)
    issuer = address_of(first)
    second = first | {"AUTH_SERVICE_PORT": str(free_port()), "AUTH_SERVICE_ISSUER": issuer}
    ann = Person(**at_the_console(first, "person", "add", "--json", "Ann Budgie", "ann@uberpopug.example"))
    document = json.dumps(METADATA)
    at_the_console(first, "product", "add", "--trusted", "--metadata", "-", typed=document)
    with serving(first), serving(second), httpx2.HTTPTransport(verify=False) as transport:
        yield ann, Neighbours(issuer, [issuer, address_of(second)], transport)


def outcomes(answers: list[Response]) -> list[tuple[int, str]]:
    return sorted((answer.status_code, answer.json().get("error", "")) for answer in answers)


def test_of_fifty_exchanges_of_one_code_one_wins_and_the_replays_revoke_it(
    ann_and_neighbours: tuple[Person, Neighbours],
) -> None:
    """RFC 6749 section 4.1.2: not more than once; what it has issued is revoked."""
    ann, neighbours = ann_and_neighbours
    here, there = neighbours.parties
    code, attempt = here.code_for(ann)
    answers = neighbours.all_at_once(lambda party: party.redeem(code, attempt))
    assert outcomes(answers) == [(200, "")] + [(400, "invalid_grant")] * (CROWD - 1)
    won = next(answer for answer in answers if answer.status_code == 200).json()
    for party in (here, there):
        assert party.userinfo(won["access_token"]).status_code == 401
        assert party.refresh(won["refresh_token"]).json()["error"] == "invalid_grant"


def test_fifty_refreshes_of_one_token_stay_one_family(ann_and_neighbours: tuple[Person, Neighbours]) -> None:
    """RFC 9700 section 4.14.2: the same successor for all who ask within the window."""
    ann, neighbours = ann_and_neighbours
    here, there = neighbours.parties
    first = here.tokens_for(ann)["refresh_token"]
    answers = neighbours.all_at_once(lambda party: party.refresh(first))
    assert outcomes(answers) == [(200, "")] * CROWD
    successors = {answer.json()["refresh_token"] for answer in answers}
    assert len(successors) == 1
    assert len({answer.json()["access_token"] for answer in answers}) == CROWD
    assert here.introspected(first) == {"active": False}
    second = there.refresh(successors.pop())
    assert second.status_code == 200
    assert here.introspected(second.json()["refresh_token"])["active"]


def test_of_fifty_uses_of_one_assertion_one_counts(ann_and_neighbours: tuple[Person, Neighbours]) -> None:
    """RFC 7523 section 3, item 7: the jti is used up for all processes."""
    _, neighbours = ann_and_neighbours
    form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE}
    form["client_assertion"] = neighbours.parties[0].assertion()
    answers = neighbours.all_at_once(lambda party: party.http.post(party.provider.at("token"), data=form))
    assert outcomes(answers) == [(200, "")] + [(401, "invalid_client")] * (CROWD - 1)
