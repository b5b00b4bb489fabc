"""Forged tokens of every kind: logout tokens told by a stranger, ID tokens that come with the answer to a code."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jwt

from forged_tokens import KINDS, Forge, forgeries
from frontend.tests.browser import Browser
from frontend.tests.cast import ANN, Popug
from frontend.tests.conftest import Served
from frontend.tests.fake_provider import LOGOUT_EVENT, FakeProvider, Grant

pytestmark = pytest.mark.thorough


def forge_of(provider: FakeProvider, claims: dict[str, Any], *, typ: str, required: tuple[str, ...]) -> Forge:
    return Forge(
        sign=lambda message: bytes(provider.key.private_key.sign(message, PKCS1v15(), SHA256())),  # type: ignore[union-attr]
        public_jwk=dict(provider.key.as_dict(private=False)),
        algorithm="RS256",
        typ=typ,
        claims=claims,
        required=required,
        now=int(provider.now()),
    )


def test_forged_logout_tokens_of_every_kind_end_nothing(
    frontend: Served, provider: FakeProvider, browser_of: Callable[[Popug], Browser]
) -> None:
    """Several audiences of which we are one are in order (section 2.6); whom we do not know has nothing to lose."""
    now = int(provider.now())
    claims = {"iss": provider.issuer, "aud": "frontend", "iat": now, "exp": now + 120, "jti": "one", "sub": ANN.id}
    claims |= {"events": {LOGOUT_EVENT: {}}}
    forge = forge_of(provider, claims, typ="logout+jwt", required=tuple(claims))
    others = {
        "with a nonce": forge.claiming(nonce="n"),
        "another event": forge.claiming(events={"https://schemas.openid.net/event/other": {}}),
        "an event that is text": forge.claiming(events={LOGOUT_EVENT: "yes"}),
        "sid as a number": forge.claiming(sid=1),
    }
    forged = forgeries(forge, forgiven=frozenset({"two audiences", "subject nobody"})) | others
    assert len(forged) > 100
    browser = browser_of(ANN)
    with httpx2.Client(base_url=frontend.url) as stranger:

        def told(token: str) -> int:
            return stranger.post("/back-channel-logout", data={"logout_token": token}).status_code

        assert {kind: status for kind, token in forged.items() if (status := told(token)) != 400} == {}
        assert browser.get("/").status_code == 200, "Ann is still signed in"
        assert told(forge.true()) == 200
    assert browser.get("/").status_code != 200


# The ID token comes straight from the provider, who may leave out its type, say for how long it is good, and speak of
# somebody whom we have never seen.
ORDINARY = frozenset({"no typ", "subject nobody", "expiry beyond all calendars"})


def test_forged_id_tokens_of_every_kind_sign_nobody_in(
    frontend: Served, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    true_id_token, taken, broken = provider.id_token, list[str](), dict[str, int]()
    for kind in set(KINDS) - ORDINARY:

        def forged(grant: Grant, access_token: str, kind: str = kind) -> str:
            claims = jwt.decode(true_id_token(grant, access_token), provider.key).claims
            return KINDS[kind](forge_of(provider, claims, typ="JWT", required=()))

        monkeypatch.setattr(provider, "id_token", forged)
        with Browser(frontend.url) as browser:
            at_the_provider = browser.get("/sign-in").headers["Location"]
            answer = browser.http.get(browser.http.get(at_the_provider).headers["Location"])
            if answer.status_code >= 500:
                broken[kind] = answer.status_code
            if browser.session_cookie is not None:
                taken.append(kind)
    assert taken == []
    assert broken == {}
