"""What every request passes on its way in and out: its id, the same-origin check, and the headers of security.md."""

import re
import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from frontend.settings import Settings

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
OF_PROGRAMS = ("/back-channel-logout",)  # carries its own proof: a signed token
SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
FOREVER = "public, max-age=31536000, immutable"
FORBIDDEN = b"This request came from another site, so nothing was done. Open the page here and try again.\n"


def content_security_policy(settings: Settings) -> str:
    """Browsers hold redirects after a form to `form-action` as well, and sign-in and sign-out lead to the issuer."""
    issuer = urlsplit(settings.issuer)
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"connect-src 'self'; form-action 'self' {issuer.scheme}://{issuer.netloc}; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


class SecurityHeaders:
    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.headers = {
            "Content-Security-Policy": content_security_policy(settings),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        if settings.is_https:
            self.headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = request_id_of(Headers(scope=scope))
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                headers.setdefault("Cache-Control", caching_of(scope))
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


def request_id_of(headers: Headers) -> str:
    given = headers.get("X-Request-Id", "")
    return given if SANE_REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def caching_of(scope: Scope) -> str:
    if not scope["path"].startswith("/static/"):
        return "private, no-cache"
    named_by_content = scope["query_string"].startswith(b"v=") or scope["path"].startswith("/static/vendor/")
    return FOREVER if named_by_content else "public, max-age=3600"


class HeadLikeGet:
    """HEAD is decided and answered like GET; the server leaves the body out (RFC 9110 section 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self.app(scope, receive, send)


class SameOriginOnly:
    """Unsafe methods are for our own pages: `Sec-Fetch-Site: same-origin`, else our own `Origin`, else refused."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.origin = settings.public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self.is_ours(scope):
            await self.app(scope, receive, send)
            return
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 403, "headers": headers})
        await send({"type": "http.response.body", "body": FORBIDDEN})

    def is_ours(self, scope: Scope) -> bool:
        if scope["method"] in SAFE_METHODS or scope["path"] in OF_PROGRAMS:
            return True
        headers = Headers(scope=scope)
        site = headers.get("Sec-Fetch-Site")
        return site == "same-origin" if site is not None else headers.get("Origin") == self.origin
