"""OpenID Connect Discovery 1.0."""

from urllib.parse import urlsplit

import pytest

from auth_service.tests.conformance.relying_party import Provider, RelyingParty, Tokens

PATH = "/.well-known/openid-configuration"
ENDPOINTS = ("authorization", "token", "userinfo", "end_session", "introspection", "revocation")
REQUIRED = {
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "response_types_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
}


def test_the_document_is_json_at_the_well_known_place(provider: Provider) -> None:
    """Sections 4.1 and 4.2; oidcc-discovery-endpoint-verification."""
    answer = provider.http.get(provider.issuer + PATH)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].split(";")[0] == "application/json"
    assert set(answer.json()) >= REQUIRED


def test_the_issuer_is_the_one_that_was_asked_for(provider: Provider, anns: Tokens) -> None:
    """Section 4.3: identical to the URL it was found under, and to the iss of ID tokens."""
    assert provider.metadata["issuer"] == provider.issuer == anns.id_claims["iss"]
    parts = urlsplit(provider.issuer)
    assert (parts.query, parts.fragment) == ("", "")


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_every_endpoint_is_an_absolute_uri_that_exists(provider: Provider, endpoint: str) -> None:
    """Section 3."""
    uri = provider.at(endpoint)
    assert urlsplit(uri).scheme in ("http", "https")
    assert not urlsplit(uri).fragment
    assert provider.http.post(uri).status_code not in (404, 405)


def test_lists_are_lists_and_none_is_empty(provider: Provider) -> None:
    """Section 4.2: several values are an array; a claim with no elements is left out."""
    for name, value in provider.metadata.items():
        if name.endswith("_supported") and not isinstance(value, bool):
            assert isinstance(value, list), name
            assert value, name
            assert len(set(value)) == len(value), name


def test_required_values_are_among_those_supported(provider: Provider) -> None:
    """Section 3."""
    metadata = provider.metadata
    assert "openid" in metadata["scopes_supported"]
    assert "code" in metadata["response_types_supported"]
    assert "RS256" in metadata["id_token_signing_alg_values_supported"]
    assert set(metadata["subject_types_supported"]) <= {"public", "pairwise"}
    assert metadata["claim_types_supported"] == ["normal"]


def test_the_key_set_has_a_signing_key_for_every_algorithm(provider: Provider) -> None:
    """Section 3, jwks_uri; oidcc-discovery-endpoint-verification."""
    keys = provider.http.get(provider.metadata["jwks_uri"]).json()["keys"]
    assert {key["alg"] for key in keys} >= set(provider.metadata["id_token_signing_alg_values_supported"])
    assert len({key["kid"] for key in keys}) == len(keys)
    assert all(key["use"] == "sig" for key in keys)
    assert not [key for key in keys if {"d", "p", "q", "k"} & set(key)], "public halves only"


def test_the_key_set_is_one_of_rfc_7517(provider: Provider) -> None:
    """Section 3, jwks_uri, by RFC 7517 section 5 and RFC 7518 section 6: as another library reads it."""
    kinds = {key.key_type for key in provider.keys().keys}
    assert kinds == {"RSA", "EC", "OKP"}


def test_claims_that_are_supported_are_told(provider: Provider, shop: RelyingParty, anns: Tokens) -> None:
    """Section 3, claims_supported."""
    told = set(anns.id_claims) | set(shop.userinfo(anns.access_token).json())
    assert set(provider.metadata["claims_supported"]) <= told


def test_another_well_known_place_is_not_found(provider: Provider) -> None:
    """Section 4.1: a path that was not given to the issuer leads nowhere."""
    assert provider.http.get(f"{provider.issuer}/tenant{PATH}").status_code == 404


def test_the_document_may_be_kept_for_a_while_and_read_by_scripts(provider: Provider) -> None:
    """Section 4.2, by RFC 9111: public, the same for everyone."""
    answer = provider.http.get(provider.issuer + PATH, headers={"Origin": "https://anywhere.example"})
    assert "max-age" in answer.headers["Cache-Control"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
