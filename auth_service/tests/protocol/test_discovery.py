"""Discovery: what it says is what there is."""

import pytest
from fastapi.testclient import TestClient

from auth_service.house import House
from auth_service.tests.keys.test_rotation import command_rotation
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


def test_its_pages_speak_the_languages_it_names(client: TestClient) -> None:
    names = client.get(PATHS[0]).json()["ui_locales_supported"]
    pages = [client.get("/", headers={"Accept-Language": name}, follow_redirects=True).text for name in names]
    assert all(f'lang="{name}"' in page for name, page in zip(names, pages, strict=True))
    assert names == ["en", "ru"]


def test_its_algorithms_have_keys(client: TestClient) -> None:
    published = {key["alg"] for key in client.get("/jwks").json()["keys"]}
    assert set(client.get(PATHS[0]).json()["id_token_signing_alg_values_supported"]) == published


@pytest.mark.parametrize("path", [*PATHS, "/jwks"])
def test_whoever_has_it_already_is_told_so(client: TestClient, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": f'"another", W/{first.headers["ETag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "max-age" in again.headers["Cache-Control"]
    assert client.get(path, headers={"If-None-Match": '"another"'}).json() == first.json()


def test_a_new_key_changes_the_tag_of_the_key_set(client: TestClient, house: House) -> None:
    before = client.get("/jwks").headers["ETag"]
    command_rotation(house)
    assert client.get("/jwks", headers={"If-None-Match": before}).status_code == 200


def test_every_member_is_of_the_type_that_its_specification_gives_it(client: TestClient) -> None:
    for name, value in client.get(PATHS[0]).json().items():
        if name.endswith("_supported") and not isinstance(value, bool):
            assert value, f"{name}: an empty list must be left out (RFC 8414 section 3.2)"
            assert all(isinstance(each, str) for each in value), name
            assert len(set(value)) == len(value), name
        if name.endswith(("_endpoint", "_uri", "issuer")):
            assert value.startswith(ISSUER), name


def test_the_members_that_are_required_are_there(client: TestClient) -> None:
    """OpenID Connect Discovery section 3, RFC 8414 section 2, RP-Initiated and Back-Channel Logout section 2.1."""
    document = client.get(PATHS[0]).json()
    assert client.get(PATHS[1]).json() == document
    assert {"RS256"} <= set(document["id_token_signing_alg_values_supported"])
    assert {"none"}.isdisjoint(document["token_endpoint_auth_signing_alg_values_supported"])
    assert document["subject_types_supported"] == ["public"]
    assert document["response_types_supported"] == ["code"]
    assert document["request_uri_parameter_supported"] is False, "true is what is meant by leaving it out"
    assert document["backchannel_logout_supported"] is document["backchannel_logout_session_supported"] is True
    assert document["end_session_endpoint"] == f"{ISSUER}/sign-out"
