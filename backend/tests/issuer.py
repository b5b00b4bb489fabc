"""A tiny real issuer for tests: keys, client credentials and the changes feed over HTTP, and tokens of any kind."""

import asyncio
import socket
import threading
import time
from typing import Any
from uuid import UUID

import uvicorn
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jose import jwk, jwt
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


class SigningPair:
    def __init__(self, kid: str) -> None:
        self.kid = kid
        private = ec.generate_private_key(ec.SECP256R1())
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self.private = jwk.construct(pem.decode(), "ES256")

    @property
    def public(self) -> dict[str, Any]:
        return {**self.private.public_key().to_dict(), "kid": self.kid, "use": "sig"}


class Issuer:
    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        self.pair = SigningPair("first")
        self.published = [self.pair.public]
        self.people: dict[UUID, tuple[int, dict[str, Any]]] = {}
        self.changes_so_far = 0
        self.away = False
        self.fetches: dict[str, int] = {}
        self.longest_wait, self.service_token = 0, "for the feed"
        self.server = uvicorn.Server(uvicorn.Config(self.app(), log_level="error", lifespan="off"))
        self.thread = threading.Thread(target=self.server.run, args=([self.listening],), daemon=True)

    def start(self) -> None:
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(5)
        self.listening.close()

    def forget(self) -> None:
        """As new, with the same keys, for the next test."""
        self.published = [self.pair.public]
        self.people, self.changes_so_far, self.away, self.fetches = {}, 0, False, {}
        self.longest_wait, self.service_token = 0, "for the feed"

    def rotate(self, kid: str) -> None:
        """By hand, and without a next key: a new one signs at once."""
        self.changes_so_far += 1
        self.pair = SigningPair(kid)
        self.published = [*self.published, self.pair.public]

    def tell(self, person: dict[str, Any]) -> None:
        """Somebody was hired or changed."""
        self.changes_so_far += 1
        self.people[UUID(str(person["id"]))] = (self.changes_so_far, person)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/jwks", self.jwks),
                Route("/token", self.token, methods=["POST"]),
                Route("/people/changes", self.changes),
            ]
        )

    def counted(self, request: Request) -> Response | None:
        self.fetches[request.url.path] = self.fetches.get(request.url.path, 0) + 1
        return Response(status_code=503) if self.away else None

    async def jwks(self, request: Request) -> Response:
        return self.counted(request) or JSONResponse({"keys": self.published})

    async def token(self, request: Request) -> Response:
        answer = {"access_token": self.service_token, "token_type": "Bearer", "expires_in": 300}
        return self.counted(request) or JSONResponse(answer)

    async def changes(self, request: Request) -> Response:
        after, wait = int(request.query_params["after"]), int(request.query_params["wait"])
        self.longest_wait = max(self.longest_wait, wait)
        if request.headers["Authorization"] != f"Bearer {self.service_token}":
            return self.counted(request) or Response(status_code=401)
        if after >= self.changes_so_far and not self.away:
            await asyncio.sleep(min(wait, 0.2))
        items = [person for number, person in sorted(self.people.values(), key=lambda pair: pair[0]) if number > after]
        told = {"items": items, "next": max(after, self.changes_so_far), "jwks": {"keys": self.published}}
        return self.counted(request) or JSONResponse(told)

    def sign(
        self, claims: dict[str, Any], *, pair: SigningPair | None = None, headers: dict[str, Any] | None = None
    ) -> str:
        pair = pair or self.pair
        header = {"typ": "at+jwt", "kid": pair.kid, **(headers or {})}
        return jwt.encode(claims, pair.private, algorithm="ES256", headers=header)

    def claims(self, person: UUID, role: str, version: int, *, now: int, lifetime: int = 300) -> dict[str, Any]:
        return {
            "iss": self.url,
            "sub": str(person),
            "aud": "backend",
            "iat": now,
            "exp": now + lifetime,
            "jti": f"{person}-{now}",
            "client_id": "frontend",
            "scope": "ates",
            "role": role,
            "ver": version,
        }
