"""RFC 7636, Proof Key for Code Exchange, as RFC 9700 section 2.1.1 sharpens it: from every client, S256 only."""

import pytest

from auth_service.tests.conformance.browser import Browser, Person
from auth_service.tests.conformance.relying_party import Provider, RelyingParty

EXAMPLE_VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
EXAMPLE_CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_example_of_the_specification_works(shop: RelyingParty, ann: Person) -> None:
    """Appendix B."""
    code, attempt = shop.code_for(ann, code_challenge=EXAMPLE_CHALLENGE)
    assert shop.redeem(code, attempt, code_verifier=EXAMPLE_VERIFIER).status_code == 200


@pytest.mark.parametrize("name", ["shop", "spa", "signer"])
def test_every_client_must_send_a_challenge(request: pytest.FixtureRequest, guest: Browser, name: str) -> None:
    """Section 4.4.1."""
    party: RelyingParty = request.getfixturevalue(name)
    assert party.error_of(guest, code_challenge=None, code_challenge_method=None) == "invalid_request"


@pytest.mark.parametrize("method", ["plain", None, "s256", "S512"])
def test_other_methods_than_s256_are_refused(shop: RelyingParty, guest: Browser, method: str | None) -> None:
    """Sections 4.3 and 4.4.1: left out, the method would be plain."""
    assert shop.error_of(guest, code_challenge_method=method) == "invalid_request"


@pytest.mark.parametrize("challenge", ["short", "a" * 42, "a" * 44, "a" * 42 + "=", "a" * 42 + "+", "ж" * 43])
def test_what_is_no_sha256_in_base64url_is_refused(shop: RelyingParty, guest: Browser, challenge: str) -> None:
    """Section 4.2."""
    assert shop.error_of(guest, code_challenge=challenge) == "invalid_request"


@pytest.mark.parametrize("verifier", [None, "", "short", "w" * 43, "w" * 129, EXAMPLE_CHALLENGE])
def test_another_verifier_gets_nothing(shop: RelyingParty, ann: Person, verifier: str | None) -> None:
    """Sections 4.5 and 4.6."""
    code, attempt = shop.code_for(ann, code_challenge=EXAMPLE_CHALLENGE)
    answer = shop.redeem(code, attempt, code_verifier=verifier)
    assert answer.status_code == 400
    assert answer.json()["error"] in ("invalid_grant", "invalid_request")


@pytest.mark.parametrize("length", [43, 128])
def test_the_shortest_and_the_longest_verifier_are_taken(shop: RelyingParty, ann: Person, length: int) -> None:
    """Section 4.1: 43 to 128 unreserved characters."""
    import hashlib

    from auth_service.tests.conformance.relying_party import base64url

    verifier = ("A-._~9" * 22)[:length]
    code, attempt = shop.code_for(ann, code_challenge=base64url(hashlib.sha256(verifier.encode()).digest()))
    assert shop.redeem(code, attempt, code_verifier=verifier).status_code == 200


def test_support_is_in_discovery(provider: Provider) -> None:
    """Section 6.2, by RFC 8414 section 2."""
    assert provider.metadata["code_challenge_methods_supported"] == ["S256"]
