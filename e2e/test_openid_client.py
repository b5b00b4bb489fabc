"""openid-client, certified, for Node: signing in, hearing of a sign-out, every kind of client authentication."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from joserfc.jwk import ECKey
from playwright.sync_api import expect

from e2e.people import Person
from e2e.premises import House
from e2e.strangers import CLIENTS, Stranger

NOTICED_SECONDS = 5.0

pytestmark = pytest.mark.usefixtures("icons_do_not_matter")


@pytest.fixture(scope="module")
def nest_url(house: House) -> Iterator[str]:
    product = Stranger(house, "Nest builder")
    product.register(
        redirect_uris=["/callback"],
        post_logout_redirect_uris=["/signed-out"],
        backchannel_logout_uri="/back-channel-logout",
    )
    with product.running("node", "node_product.mjs"):
        yield product.url


def test_it_signs_in_and_out(nest_url: str, meet: Callable[..., Person]) -> None:
    worker = meet("worker")
    worker.page.goto(nest_url)
    expect(worker.page.get_by_text(f"Hello, {worker.name} (worker)")).to_be_visible()
    worker.page.goto(f"{nest_url}/sign-out")
    expect(worker.page.get_by_role("heading", name="The nest is closed")).to_be_visible()
    worker.page.goto(nest_url)
    expect(worker.page.get_by_label("Beak shape", exact=True)).to_be_visible()


def test_it_hears_of_a_sign_out_elsewhere(nest_url: str, meet: Callable[..., Person]) -> None:
    worker = meet("worker")
    worker.page.goto(nest_url)
    worker.page.goto("/")
    worker.signs_out()
    until = time.monotonic() + NOTICED_SECONDS
    while hello(worker, at=nest_url):
        assert time.monotonic() < until


def hello(person: Person, *, at: str) -> bool:
    person.page.goto(at)
    return person.page.get_by_text("Hello,").is_visible()


SECRET_WAYS = ("client_secret_basic", "client_secret_post")


@pytest.mark.parametrize("way", SECRET_WAYS)
def test_tokens_live_and_die_with_a_secret(house: House, meet: Callable[..., Person], way: str) -> None:
    product = Stranger(house, way)
    product.register(redirect_uris=["/callback"], token_endpoint_auth_method=way)
    check_life_of_tokens(product, meet("manager"), way)


def test_tokens_live_and_die_with_a_key_and_no_secret(house: House, meet: Callable[..., Person]) -> None:
    key = ECKey.generate_key("P-256", {"alg": "ES256", "use": "sig"}, auto_kid=True)
    product = Stranger(house, "private_key_jwt")
    product.register(
        redirect_uris=["/callback"],
        token_endpoint_auth_method="private_key_jwt",
        grant_types=["authorization_code", "refresh_token", "client_credentials"],
        jwks={"keys": [key.as_dict(private=False)]},
    )
    seen = check_life_of_tokens(
        product, meet("manager"), "private_key_jwt", PRIVATE_JWK=json.dumps(key.as_dict(private=True))
    )
    assert seen["product"]["token_type"] == "bearer"


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_id_tokens_and_userinfo_are_signed_as_registered(
    house: House, meet: Callable[..., Person], algorithm: str
) -> None:
    """The client verifies each signature (enableNonRepudiationChecks) and takes no other algorithm."""
    product = Stranger(house, f"Signed with {algorithm}")
    wanted: dict[str, Any] = {"id_token_signed_response_alg": algorithm, "userinfo_signed_response_alg": algorithm}
    product.register(redirect_uris=["/callback"], **wanted)
    seen = check_life_of_tokens(product, meet("manager"), "client_secret_post", METADATA=json.dumps(wanted))
    assert seen["algorithm"] == algorithm


def check_life_of_tokens(product: Stranger, manager: Person, way: str, **also: str) -> dict[str, Any]:
    seen = life_of_tokens(product, manager, {"AUTHENTICATION": way} | also)
    about = {"name": manager.name, "email": manager.email, "role": "manager", "roles": ["manager"]}
    for answer in (seen["claims"], seen["userinfo"]):
        assert {name: answer[name] for name in about} == about
        assert answer["picture"].startswith(product.house.issuer)
    assert seen["introspected"]["active"]
    assert seen["introspected"]["sub"] == seen["claims"]["sub"]
    assert seen["rotated"]
    assert seen["revoked"] == {"active": False}, "revoking the refresh token ends what it renewed"
    assert seen["refused"] == "invalid_grant"
    return seen


def life_of_tokens(product: Stranger, manager: Person, settings: dict[str, str]) -> dict[str, Any]:
    """What node_tokens.mjs has seen; the manager follows the address that it prints."""
    client = subprocess.Popen(
        ["node", "node_tokens.mjs"], cwd=CLIENTS, stdout=subprocess.PIPE, text=True,
        env=os.environ | product.environment | settings,
    )  # fmt: skip
    try:
        assert client.stdout
        manager.page.goto(json.loads(client.stdout.readline()))
        seen, _ = client.communicate(timeout=20)
        assert client.returncode == 0
        return dict(json.loads(seen))
    finally:
        client.kill()
