"""How this house calls its neighbours: JSON over HTTP, within a deadline, one retry where repeating is harmless.

What a neighbour refuses is raised as Refused, in its own words; that it does not answer, as Unreachable.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import httpx2

from frontend.clock import Deadline
from frontend.errors import Refused, Unreachable

CONNECT_SECONDS = 0.5
LEAST_SECONDS = 0.05
OVERLOADED = (502, 503, 504)

Query = Mapping[str, str | int | Sequence[str] | None]


def filled_in(query: Query | None) -> dict[str, str | int | Sequence[str]]:
    return {name: value for name, value in (query or {}).items() if value is not None and value != ""}


@dataclass(frozen=True, slots=True)
class Download:
    """A file as it comes, and how it wants to be kept (RFC 6266)."""

    disposition: str
    pieces: Iterator[bytes]


def pieces_of(answer: httpx2.Response) -> Iterator[bytes]:
    with closing(answer):
        yield from answer.iter_bytes()


@dataclass(frozen=True, slots=True)
class Neighbour:
    name: str
    base_url: str
    http: httpx2.Client

    def call(
        self,
        method: str,
        path: str,
        *,
        bearer: str,
        deadline: Deadline,
        query: Query | None = None,
        json: object = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """The decoded JSON of a 2xx answer. Raises Refused, Unreachable."""
        request = self.http.build_request(
            method,
            self.base_url + path,
            params=filled_in(query),
            json=json,
            content=content,
            headers={"Authorization": f"Bearer {bearer}", "Accept": "application/json", **(headers or {})},
        )
        answer = self._send(request, deadline)
        if answer.is_success:
            return answer.json() if answer.content else None
        raise self._refusal(answer)

    def stream(
        self, path: str, *, bearer: str, deadline: Deadline, query: Query | None = None, headers: Mapping[str, str]
    ) -> Download:
        """An answer of any length, its body in pieces; the deadline holds for its beginning and for each piece."""
        request = self.http.build_request(
            "GET",
            self.base_url + path,
            params=filled_in(query),
            headers={"Authorization": f"Bearer {bearer}", **headers},
        )
        answer = self._send(request, deadline, stream=True)
        if not answer.is_success:
            answer.read()
            raise self._refusal(answer)
        return Download(answer.headers.get("Content-Disposition", "attachment"), pieces_of(answer))

    def _send(self, request: httpx2.Request, deadline: Deadline, *, stream: bool = False) -> httpx2.Response:
        may_repeat = request.method == "GET" or "Idempotency-Key" in request.headers
        for attempt in (1, 2):
            left = max(deadline.left_seconds, LEAST_SECONDS)
            request.extensions["timeout"] = httpx2.Timeout(left, connect=min(left, CONNECT_SECONDS)).as_dict()
            try:
                return self.http.send(request, stream=stream)
            except httpx2.TimeoutException as error:
                raise Unreachable(self.name) from error
            except httpx2.TransportError as error:
                if attempt == 2 or not may_repeat:
                    raise Unreachable(self.name) from error
        raise AssertionError("two attempts either answer or raise")

    def _refusal(self, answer: httpx2.Response) -> Exception:
        try:
            problem = answer.json()
        except ValueError:
            problem = {}
        kind = str(problem.get("type", "about:blank"))
        if answer.status_code in OVERLOADED and "detail" not in problem:
            return Unreachable(self.name)
        return Refused(
            status=answer.status_code,
            title=str(problem.get("title") or answer.reason_phrase),
            detail=str(problem.get("detail") or problem.get("title") or answer.reason_phrase),
            kind=kind,
            errors={str(each["field"]): str(each["message"]) for each in problem.get("errors", [])},
        )
