"""CORS: which scripts may read our answers. Public documents: all; tokens: those served where a public product lives.

Cookies are never part of it, so a page elsewhere can do nothing here that a program could not do.
"""

from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from auth_service.house import House
from auth_service.products.product import redirect_uris_of_public_products

FOR_EVERYONE = frozenset({"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/jwks"})
FOR_PUBLIC_PRODUCTS = frozenset({"/token", "/userinfo", "/revocation"})
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "600",
}
DEFAULT_PORTS = {"http": 80, "https": 443}


class CrossOrigin:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        origin = headers.get("Origin")
        if origin is None or scope["path"] not in FOR_EVERYONE | FOR_PUBLIC_PRODUCTS:
            await self.app(scope, receive, send)
            return
        granted = await grant(scope, origin)
        if scope["method"] == "OPTIONS" and "Access-Control-Request-Method" in headers:
            preflight = granted | (PREFLIGHT if "Access-Control-Allow-Origin" in granted else {})
            await Response(status_code=204, headers=preflight)(scope, receive, send)
            return

        async def send_granted(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(granted)
            await send(message)

        await self.app(scope, receive, send_granted)


async def grant(scope: Scope, origin: str) -> dict[str, str]:
    if scope["path"] in FOR_EVERYONE:
        return {"Access-Control-Allow-Origin": "*"}
    house: House = scope["app"].state.house
    if not await run_in_threadpool(is_home_of_a_public_product, house, origin):
        return {"Vary": "Origin"}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": "WWW-Authenticate, X-Request-Id",
        "Vary": "Origin",
    }


def is_home_of_a_public_product(house: House, origin: str) -> bool:
    """Asked of the database each time, so that a new product needs no restart."""
    with house.database.reading() as session:
        return any(origin == origin_of(uri) for uri in redirect_uris_of_public_products(session))


def origin_of(uri: str) -> str | None:
    """As browsers write it: lower case, no default port. A native application's URI has none."""
    parts = urlsplit(uri)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"
