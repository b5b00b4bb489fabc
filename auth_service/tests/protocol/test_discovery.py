"""Discovery: what it says is what there is."""

import pytest
from fastapi.testclient import TestClient

from auth_service.tests.product import ISSUER

PATHS = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")


@pytest.mark.parametrize("path", PATHS)
def test_discovery_names_the_configured_issuer(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.json()["issuer"] == ISSUER
    assert "max-age" in answer.headers["Cache-Control"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_every_endpoint_it_names_is_there(client: TestClient) -> None:
    for name, uri in client.get(PATHS[0]).json().items():
        if name.endswith("_endpoint") or name == "jwks_uri":
            assert uri.startswith(ISSUER + "/")
            statuses = {client.get(uri).status_code, client.post(uri).status_code}
            assert 404 not in statuses, name


def test_its_algorithms_have_keys(client: TestClient) -> None:
    published = {key["alg"] for key in client.get("/jwks").json()["keys"]}
    assert set(client.get(PATHS[0]).json()["id_token_signing_alg_values_supported"]) == published
