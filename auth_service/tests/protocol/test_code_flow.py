"""The code flow, black-box: from a product's request to tokens and claims."""

from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import KeySet

from auth_service.tests.conftest import CALLBACK, Member, MovableClock
from auth_service.tests.product import BACKEND, ISSUER, Product, payload_of, query_of
from auth_service.tests.visitor import OWN_PAGE, Visitor, hidden_fields


def test_a_newcomer_sees_the_sign_in_page_of_the_product(visitor: Visitor, shop: Product) -> None:
    page = visitor.opens(shop)
    assert page.status_code == 200
    assert "Sign in to Perch Shop" in page.text
    assert 'name="beak_shape"' in page.text
    assert "https://shop.example" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"


def test_signing_in_leads_back_with_a_code_the_state_and_the_issuer(
    visitor: Visitor, shop: Product, ann: Member
) -> None:
    answer = visitor.signs_in(visitor.opens(shop), ann.beak)
    assert answer.status_code == 303
    location = answer.headers["Location"]
    assert location.startswith(CALLBACK + "?")
    assert set(query_of(location)) == {"code", "state", "iss"}
    assert query_of(location)["state"] == "a state"
    assert query_of(location)["iss"] == ISSUER


def test_the_id_token_says_who_signed_in_when_and_how(
    visitor: Visitor, shop: Product, ann: Member, client: TestClient, clock: MovableClock
) -> None:
    tokens = visitor.tokens_for(shop, ann.beak)
    keys = KeySet.import_key_set(client.get("/jwks").json())
    token = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"])
    now = int(clock().timestamp())
    assert token.header["alg"] == "RS256"
    at_hash = token.claims.pop("at_hash")
    sid = token.claims.pop("sid")
    assert at_hash
    assert sid
    assert token.claims == {
        "iss": ISSUER,
        "aud": "shop",
        "sub": ann.id,
        "iat": now,
        "exp": now + 600,
        "auth_time": now,
        "nonce": shop.nonce,
        "acr": "urn:uberpopug:beak",
        "amr": ["pwd"],
        "name": "Ann Budgie",
        "picture": f"{ISSUER}/people/{ann.id}/portrait.svg?v=1",
        "locale": "en",
        "email": "ann@uberpopug.example",
        "email_verified": True,
        "role": "worker",
        "roles": ["worker"],
    }


def test_a_product_may_have_its_id_tokens_signed_with_es256(
    visitor: Visitor, wiki: Product, ann: Member, client: TestClient
) -> None:
    tokens = visitor.tokens_for(wiki, ann.beak)
    keys = KeySet.import_key_set(client.get("/jwks").json())
    assert jwt.decode(tokens["id_token"], keys, algorithms=["ES256"]).claims["sub"] == ann.id


def test_the_access_token_is_one_of_rfc_9068(
    visitor: Visitor, shop: Product, ann: Member, client: TestClient, clock: MovableClock
) -> None:
    tokens = visitor.tokens_for(shop, ann.beak)
    keys = KeySet.import_key_set(client.get("/jwks").json())
    token = jwt.decode(tokens["access_token"], keys, algorithms=["ES256"])
    now = int(clock().timestamp())
    assert token.header["typ"] == "at+jwt"
    assert token.claims.pop("jti")
    assert token.claims.pop("sid")
    assert token.claims == {
        "iss": ISSUER,
        "aud": ISSUER,
        "sub": ann.id,
        "client_id": "shop",
        "scope": "openid profile email roles offline_access",
        "iat": now,
        "exp": now + 300,
        "auth_time": now,
        "role": "worker",
        "ver": 1,
    }
    assert tokens["token_type"] == "Bearer"
    assert int(tokens["expires_in"]) == 300


def test_a_token_for_the_backend_names_the_backend_alone(visitor: Visitor, frontend: Product, ada: Member) -> None:
    tokens = visitor.tokens_for(frontend, ada.beak)
    claims = payload_of(tokens["access_token"])
    assert (claims["aud"], claims["scope"]) == ("backend", "ates")
    narrowed = frontend.refresh(tokens["refresh_token"], scope="people:read people:write").json()
    claims = payload_of(narrowed["access_token"])
    assert (claims["aud"], claims["scope"]) == (ISSUER, "people:read people:write")
    assert "id_token" not in narrowed
    plain = frontend.refresh(narrowed["refresh_token"]).json()
    claims = payload_of(plain["access_token"])
    assert (claims["aud"], claims["scope"]) == ("backend", "ates")


def test_who_is_no_admin_is_never_granted_the_directory(visitor: Visitor, frontend: Product, boss: Member) -> None:
    tokens = visitor.tokens_for(frontend, boss.beak)
    assert "people" not in tokens["scope"]
    refused = frontend.refresh(tokens["refresh_token"], scope="people:read people:write")
    assert refused.status_code == 400
    assert refused.json()["error"] == "invalid_scope"


def test_the_second_product_is_opened_without_asking(
    visitor: Visitor, shop: Product, frontend: Product, ann: Member
) -> None:
    first = visitor.tokens_for(shop, ann.beak)
    second = visitor.opens(frontend)
    assert second.status_code == 303
    tokens = frontend.exchange(query_of(second.headers["Location"])["code"]).json()
    assert payload_of(tokens["id_token"])["sub"] == ann.id
    assert payload_of(tokens["id_token"])["sid"] == payload_of(first["id_token"])["sid"]


def test_authorization_may_be_asked_by_post(client: TestClient, visitor: Visitor, shop: Product, ann: Member) -> None:
    visitor.code_for(shop, ann.beak)
    answer = client.post("/authorize", data=shop.request(nonce="another"))
    assert answer.status_code == 303
    assert "code" in query_of(client.get(answer.headers["Location"]).headers["Location"])


def test_a_public_product_needs_no_secret_and_gets_consent_asked(
    visitor: Visitor, feather_app: Product, ann: Member
) -> None:
    page = visitor.signs_in(visitor.opens(feather_app), ann.beak)
    assert "Allow Feather App" in page.text
    assert "Ann Budgie" in page.text
    code = query_of(visitor.decides(page, "allow").headers["Location"])["code"]
    assert feather_app.exchange(code).status_code == 200


def test_consent_is_remembered(visitor: Visitor, wiki: Product, ann: Member) -> None:
    visitor.code_for(wiki, ann.beak)
    assert visitor.opens(wiki, nonce="another").status_code == 303


def test_more_scopes_than_were_allowed_ask_again(visitor: Visitor, wiki: Product, ann: Member) -> None:
    visitor.code_for(wiki, ann.beak, scope="openid")
    assert "Allow Wiki" in visitor.opens(wiki, scope="openid email").text


def test_a_refused_consent_is_told_to_the_product(visitor: Visitor, wiki: Product, ann: Member) -> None:
    page = visitor.signs_in(visitor.opens(wiki), ann.beak)
    answer = query_of(visitor.decides(page, "cancel").headers["Location"])
    assert answer["error"] == "access_denied"
    assert answer["state"] == "a state"
    assert answer["iss"] == ISSUER


def test_a_wrong_beak_shows_the_page_again_with_one_sentence(
    visitor: Visitor, shop: Product, ann: Member, bob: Member
) -> None:
    page = visitor.opens(shop)
    mixed = f"{ann.beak[:9]}{bob.beak[9:]}"
    answers = [visitor.signs_in(page, beak) for beak in (mixed, "nonsense", "", "BEAK" * 100)]
    assert {answer.status_code for answer in answers} == {422}
    assert all("This beak shape was not recognised. Check it and try again." in answer.text for answer in answers)
    assert all(hidden_fields(answer.text) == hidden_fields(page.text) for answer in answers)
    assert not any("set-cookie" in answer.headers for answer in answers)


def test_the_sign_in_form_is_for_our_own_page_only(client: TestClient, shop: Product, ann: Member) -> None:
    form = shop.request() | {"beak_shape": ann.beak}
    for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "same-site"}):
        assert client.post("/sign-in", data=form, headers=headers).status_code == 403
    assert client.post("/sign-in", data=form, headers={"Origin": ISSUER}).status_code == 303
    assert client.post("/consent", data=form | {"decision": "allow"}).status_code == 403


def test_a_beak_is_in_no_url_and_in_no_answer(visitor: Visitor, shop: Product, ann: Member) -> None:
    answer = visitor.signs_in(visitor.opens(shop), ann.beak)
    assert ann.beak not in str(answer.headers)
    refused = visitor.signs_in(visitor.opens(shop, prompt="login"), ann.beak + "Z")
    assert ann.beak not in refused.text


def test_the_cookie_is_a_new_one_at_every_sign_in_and_the_old_one_dead(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member
) -> None:
    visitor.code_for(shop, ann.beak)
    old = client.cookies["beak"]
    visitor.code_for(shop, ann.beak, prompt="login", nonce="another")
    assert client.cookies["beak"] != old
    client.cookies.clear()
    client.cookies.set("beak", old)
    assert visitor.opens(shop).status_code == 200


def test_the_cookie_is_kept_from_scripts_and_other_sites(visitor: Visitor, shop: Product, ann: Member) -> None:
    cookie = visitor.signs_in(visitor.opens(shop), ann.beak).headers["Set-Cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie


def test_an_idle_browser_has_to_sign_in_again(
    visitor: Visitor, shop: Product, ann: Member, clock: MovableClock
) -> None:
    visitor.code_for(shop, ann.beak)
    clock.advance(hours=11)
    assert visitor.opens(shop, nonce="second").status_code == 303
    clock.advance(hours=13)
    assert visitor.opens(shop, nonce="third").status_code == 200


def test_userinfo_tells_what_the_scopes_allow(client: TestClient, visitor: Visitor, shop: Product, ann: Member) -> None:
    tokens = visitor.tokens_for(shop, ann.beak, scope="openid email")
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    told = {"sub": ann.id, "email": "ann@uberpopug.example", "email_verified": True}
    assert client.get("/userinfo", headers=headers).json() == told
    assert client.post("/userinfo", headers=headers).json() == told


def test_userinfo_is_for_people_with_openid(client: TestClient, visitor: Visitor, shop: Product, ann: Member) -> None:
    assert client.get("/userinfo").status_code == 401
    tokens = visitor.tokens_for(shop, ann.beak, scope="email")
    answer = client.get("/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
    assert "id_token" not in tokens


def test_client_credentials_make_a_product_its_own_subject(client: TestClient) -> None:
    answer = client.post("/token", data={"grant_type": "client_credentials"}, auth=BACKEND)
    claims = payload_of(answer.json()["access_token"])
    assert (claims["sub"], claims["client_id"], claims["scope"]) == ("backend", "backend", "people:read")
    assert "role" not in claims
    assert "ver" not in claims
    assert "refresh_token" not in answer.json()
    assert answer.headers["Cache-Control"] == "no-store"


def test_client_credentials_grant_no_scope_that_is_not_the_products(client: TestClient) -> None:
    form = {"grant_type": "client_credentials", "scope": "people:write"}
    answer = client.post("/token", data=form, auth=BACKEND)
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_scope"


def test_sliders_sign_in_as_well_as_letters(client: TestClient, visitor: Visitor, shop: Product, ann: Member) -> None:
    from auth_service.beaks import BeakShape
    from auth_service.beaks.genes import GENES

    page = visitor.opens(shop)
    genes = zip(GENES, BeakShape.read(ann.beak).genes, strict=True)
    form = hidden_fields(page.text) | {f"gene-{gene.name}": str(step) for gene, step in genes}
    redrawn = client.post("/sign-in", data=form | {"redraw": "yes"}, headers=OWN_PAGE)
    assert redrawn.status_code == 200
    assert '<details class="shaping" open>' in redrawn.text
    assert client.post("/sign-in", data=form, headers=OWN_PAGE).status_code == 303
