"""Cookies of this origin: HttpOnly, SameSite=Lax, and with the `__Host-` prefix where the public URL is https."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response


@dataclass(frozen=True, slots=True)
class CookieJar:
    is_https: bool

    def name(self, name: str) -> str:
        return f"__Host-{name}" if self.is_https else name

    def read(self, request: Request, name: str) -> str | None:
        return request.cookies.get(self.name(name))

    def write(self, answer: Response, name: str, value: str, *, seconds: int | None = None) -> None:
        answer.set_cookie(
            self.name(name), value, max_age=seconds, path="/", secure=self.is_https, httponly=True, samesite="lax"
        )

    def drop(self, answer: Response, name: str) -> None:
        answer.delete_cookie(self.name(name), path="/", secure=self.is_https, httponly=True, samesite="lax")
