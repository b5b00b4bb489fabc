"""A second product of the company: knows nothing of aTES but the issuer's address and its own credentials.

A plain Authlib client as its manual describes it; it stands for every product that reuses the sign-in.
"""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from authlib.integrations.starlette_client import OAuth
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

HEAD = '<!doctype html><title>Seeds</title><link rel="icon" href="data:,">'


def seed_shop(*, url: str, issuer: str, client_id: str, client_secret: str) -> Starlette:
    oauth = OAuth()
    oauth.register(
        "popug",
        client_id=client_id,
        client_secret=client_secret,
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile email roles", "code_challenge_method": "S256"},
    )

    async def shop(request: Request) -> Response:
        person = request.session.get("person")
        if person is None:
            return RedirectResponse("/sign-in")
        return HTMLResponse(f"{HEAD}<h1>Seed shop</h1><p>Hello, {person['name']} ({person['role']})</p>")

    async def sign_in(request: Request) -> Response:
        answer: Response = await oauth.popug.authorize_redirect(request, f"{url}/callback")
        return answer

    async def callback(request: Request) -> Response:
        token = await oauth.popug.authorize_access_token(request)
        request.session["person"] = await oauth.popug.userinfo(token=token)
        request.session["id_token"] = token["id_token"]
        return RedirectResponse("/")

    async def sign_out(request: Request) -> Response:
        hint = request.session.pop("id_token")
        del request.session["person"]
        answer: Response = await oauth.popug.logout_redirect(
            request, post_logout_redirect_uri=f"{url}/closed", id_token_hint=hint
        )
        return answer

    async def closed(request: Request) -> Response:
        await oauth.popug.validate_logout_response(request)
        return HTMLResponse(f"{HEAD}<h1>Come again</h1>")

    doors = {"/": shop, "/sign-in": sign_in, "/callback": callback, "/sign-out": sign_out, "/closed": closed}
    return Starlette(
        routes=[Route(path, door) for path, door in doors.items()],
        middleware=[Middleware(SessionMiddleware, secret_key=secrets.token_hex(), session_cookie="seed_shop")],
    )


@contextmanager
def opened(shop: Starlette, port: int) -> Iterator[None]:
    """Serve it on loopback while the block runs."""
    server = uvicorn.Server(uvicorn.Config(shop, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=10)
