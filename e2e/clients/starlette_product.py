"""A product that signs people in with Authlib. Run it: uvicorn starlette_product:app --port 9000"""

import os
import secrets
from typing import Any

from authlib.integrations.starlette_client import OAuth, OAuthError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

ISSUER, HOME, CLIENT_ID = (os.environ[name] for name in ("ISSUER", "PRODUCT_URL", "CLIENT_ID"))
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"

popug = OAuth().register(
    "popug",
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_id=CLIENT_ID,
    client_secret=os.environ["CLIENT_SECRET"],
    client_kwargs={"scope": "openid profile email roles offline_access", "code_challenge_method": "S256"},
)
inside: dict[str, dict[str, Any]] = {}  # session id of the provider: tokens. In earnest, a table of your database


async def home(request: Request) -> Response:
    tokens = inside.get(request.session.get("sid", ""))
    if tokens is None:
        return RedirectResponse("/sign-in")
    person = tokens["userinfo"]
    return HTMLResponse(f"<h1>Seed shop</h1><p>Hello, {person['name']} ({person['role']})</p>")


async def sign_in(request: Request) -> Response:
    answer: Response = await popug.authorize_redirect(request, f"{HOME}/callback")
    return answer


async def callback(request: Request) -> Response:
    try:
        tokens = await popug.authorize_access_token(request)
    except OAuthError as error:  # refused, or a callback that this browser never asked for
        return HTMLResponse(f"<h1>You are not signed in</h1><p>{error.error}</p><a href='/sign-in'>Again</a>", 403)
    sid = tokens["userinfo"]["sid"]
    inside[sid] = tokens
    request.session.clear()
    request.session["sid"] = sid
    return RedirectResponse("/")


async def renew(request: Request) -> Response:
    """New tokens without the browser's help, and what is true of the person by now."""
    sid = request.session["sid"]
    refresh_token = inside[sid]["refresh_token"]
    fresh = await popug.fetch_access_token(grant_type="refresh_token", refresh_token=refresh_token)
    inside[sid] |= fresh
    inside[sid]["userinfo"] |= await popug.userinfo(token=fresh)
    return RedirectResponse("/")


async def sign_out(request: Request) -> Response:
    tokens = inside.pop(request.session.pop("sid", ""), {})
    answer: Response = await popug.logout_redirect(
        request, post_logout_redirect_uri=f"{HOME}/signed-out", id_token_hint=tokens.get("id_token")
    )
    return answer


async def signed_out(request: Request) -> Response:
    await popug.validate_logout_response(request)
    return HTMLResponse("<h1>Come again</h1>")


async def back_channel_logout(request: Request) -> Response:
    """The provider tells us, server to server, that a session is over."""
    try:
        keys = KeySet.import_key_set(await popug.fetch_jwk_set(force=True))
        token = jwt.decode(str((await request.form()).get("logout_token")), keys, algorithms=["RS256"])
        expected = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": ISSUER},
            aud={"essential": True, "value": CLIENT_ID},
            exp={"essential": True},
            events={"essential": True},
            sid={"essential": True},
            leeway=60,
        )
        expected.validate(token.claims)
    except (JoseError, ValueError):
        return JSONResponse({"error": "invalid_request"}, 400)
    if token.header.get("typ") != "logout+jwt" or LOGOUT not in token.claims["events"] or "nonce" in token.claims:
        return JSONResponse({"error": "invalid_request"}, 400)
    inside.pop(token.claims["sid"], None)
    return JSONResponse({}, headers={"Cache-Control": "no-store"})


app = Starlette(
    routes=[
        Route("/", home),
        Route("/sign-in", sign_in),
        Route("/callback", callback),
        Route("/renew", renew),
        Route("/sign-out", sign_out),
        Route("/signed-out", signed_out),
        Route("/back-channel-logout", back_channel_logout, methods=["POST"]),
    ],
    # on localhost all ports share their cookies, so the cookie needs a name of its own
    middleware=[Middleware(SessionMiddleware, secret_key=secrets.token_hex(), session_cookie="seed_shop")],
)
