"""RFC 9207, Authorization Server Issuer Identification."""

import pytest

from auth_service.tests.conformance.browser import Browser, Person
from auth_service.tests.conformance.pages import forms_of
from auth_service.tests.conformance.relying_party import Provider, RelyingParty, parameters_of


def test_support_is_in_discovery(provider: Provider) -> None:
    """Section 3."""
    assert provider.metadata["authorization_response_iss_parameter_supported"] is True


def test_a_code_comes_with_the_issuer(provider: Provider, shop: RelyingParty, signed_in: Browser) -> None:
    """Section 2: identical to the issuer of the metadata."""
    answer = parameters_of(shop.sends(signed_in).headers["Location"])
    assert (answer["iss"], "code" in answer) == (provider.metadata["issuer"], True)


@pytest.mark.parametrize(
    "changes",
    [{"prompt": "none"}, {"response_type": "token"}, {"scope": "fly"}, {"code_challenge": "x"}, {"request": "x"}],
)
def test_an_error_comes_with_the_issuer(
    provider: Provider, shop: RelyingParty, guest: Browser, changes: dict[str, str]
) -> None:
    """Section 2: on error answers as well."""
    answer = parameters_of(shop.sends(guest, **changes).headers["Location"])
    assert (answer["iss"], "error" in answer) == (provider.metadata["issuer"], True)


def test_a_refusal_by_the_person_comes_with_the_issuer(
    provider: Provider, other: RelyingParty, ann: Person, guest: Browser
) -> None:
    """Section 2.2."""
    page = guest.signs_in(other.sends(guest, prompt="consent"), ann)
    answer = parameters_of(guest.decides(page, "cancel").headers["Location"])
    assert (answer["iss"], answer["error"]) == (provider.metadata["issuer"], "access_denied")


def test_form_post_comes_with_the_issuer(provider: Provider, shop: RelyingParty, guest: Browser) -> None:
    """Section 2.1."""
    page = shop.sends(guest, response_mode="form_post", prompt="none")
    assert forms_of(page.text)[0].fields["iss"] == provider.metadata["issuer"]
