"""RFC 8414, Authorization Server Metadata."""

import pytest

from auth_service.tests.conformance.browser import Browser
from auth_service.tests.conformance.relying_party import Provider, RelyingParty, parameters_of

PATH = "/.well-known/oauth-authorization-server"


def test_the_document_is_at_its_well_known_place_and_is_that_of_openid(provider: Provider) -> None:
    """Sections 3 and 5."""
    answer = provider.http.get(provider.issuer + PATH)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].split(";")[0] == "application/json"
    assert answer.json() == provider.metadata


def test_the_issuer_is_without_query_and_fragment(provider: Provider) -> None:
    """Sections 2 and 3.3."""
    assert provider.metadata["issuer"] == provider.issuer
    assert not set("?#") & set(provider.metadata["issuer"])


@pytest.mark.parametrize("endpoint", ["token", "introspection", "revocation"])
def test_methods_that_sign_say_with_which_algorithms(provider: Provider, endpoint: str) -> None:
    """Section 2: required beside private_key_jwt; none is never among them."""
    assert "private_key_jwt" in provider.metadata[f"{endpoint}_endpoint_auth_methods_supported"]
    algorithms = provider.metadata[f"{endpoint}_endpoint_auth_signing_alg_values_supported"]
    assert {"RS256", "ES256"} <= set(algorithms)
    assert "none" not in algorithms


def test_the_grant_types_that_are_named_are_there(provider: Provider, shop: RelyingParty) -> None:
    """Section 2, grant_types_supported."""
    for grant_type in provider.metadata["grant_types_supported"]:
        answer = shop.asks("token", {"grant_type": grant_type})
        assert answer.json()["error"] != "unsupported_grant_type", grant_type


def test_the_response_modes_that_are_named_are_there(
    provider: Provider, shop: RelyingParty, signed_in: Browser
) -> None:
    """Section 2, response_modes_supported."""
    for mode in provider.metadata["response_modes_supported"]:
        answer = shop.sends(signed_in, response_mode=mode)
        assert "code=" in answer.headers.get("Location", "") or 'name="code"' in answer.text, mode


def test_the_prompts_that_are_named_are_there(provider: Provider, shop: RelyingParty, guest: Browser) -> None:
    """Initiating User Registration section 4.1, prompt_values_supported."""
    for prompt in provider.metadata["prompt_values_supported"]:
        answer = shop.sends(guest, prompt=prompt)
        error = parameters_of(answer.headers.get("Location", "")).get("error")
        assert error == ("login_required" if prompt == "none" else None), prompt


def test_the_scopes_that_are_named_mean_something(provider: Provider, shop: RelyingParty) -> None:
    """Section 2, scopes_supported."""
    assert {"openid", "offline_access"} <= set(provider.metadata["scopes_supported"])
    assert set(shop.scope.split()) <= set(provider.metadata["scopes_supported"])
