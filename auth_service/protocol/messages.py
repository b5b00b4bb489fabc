"""A protocol request as Authlib reads it, and an answer as Starlette sends it. Parsed by hand: it is the hot path."""

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any
from urllib.parse import parse_qsl

from authlib.oauth2 import OAuth2Request
from authlib.oauth2.rfc6749.requests import OAuth2Payload
from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from auth_service.house import House, house_of
from auth_service.sessions.admission import Admission

FORM = "application/x-www-form-urlencoded"


class Fields(OAuth2Payload):
    """Parameters in the order they came. Those without a value count as absent (RFC 6749 section 3.1)."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._all: dict[str, list[str]] = {}
        for name, value in pairs:
            if value:
                self._all.setdefault(name, []).append(value)

    @property
    def data(self) -> Mapping[str, str]:
        return {name: values[0] for name, values in self._all.items()}

    @property
    def datalist(self) -> Any:
        return self._all

    def all(self, name: str) -> list[str]:
        return self._all.get(name, [])

    def repeated(self) -> list[str]:
        return [name for name, values in self._all.items() if len(values) > 1]

    def get(self, name: str) -> str | None:
        return self._all[name][0] if name in self._all else None


class ProtocolRequest(OAuth2Request):
    """What Authlib works on; the rows that a grant finds travel on it from check to answer."""

    payload: Any  # what Authlib calls the fields
    client: Any
    user: Any
    authorization_code: Any
    refresh_token: Any
    admission: Admission | None = None

    def __init__(self, *, method: str, uri: str, headers: Mapping[str, str], fields: Fields) -> None:
        super().__init__(method, uri, headers=headers)
        self.payload = fields

    @property
    def admission_made(self) -> Admission:
        if self.admission is None:
            raise RuntimeError("tokens for a person hang under an admission")
        return self.admission

    @property
    def fields(self) -> Fields:
        fields: Fields = self.payload
        return fields

    @property
    def form(self) -> Mapping[str, str]:
        return self.fields.data


class Answer(Response):
    """With the `location` that Authlib's extensions read and write."""

    @property
    def location(self) -> str | None:
        return self.headers.get("Location")

    @location.setter
    def location(self, uri: str) -> None:
        self.headers["Location"] = uri


async def protocol_request(request: Request) -> ProtocolRequest:
    """The URI is made from the configured issuer: what Host says changes nothing."""
    pairs = parse_qsl(request.url.query, keep_blank_values=True) if request.method == "GET" else await form_of(request)
    uri, fields = house_of(request).issuer + request.url.path, Fields(pairs)
    request.state.ui_locales = fields.get("ui_locales")  # what is shown for it is written in that language
    return ProtocolRequest(method=request.method, uri=uri, headers=request.headers, fields=fields)


async def form_of(request: Request) -> list[tuple[str, str]]:
    if request.headers.get("Content-Type", "").split(";")[0].strip().lower() != FORM:
        return []
    return parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)


TheRequest = Annotated[ProtocolRequest, Depends(protocol_request)]
Answering = Callable[[Request, ProtocolRequest, House], Response]


def endpoint(router: APIRouter, method: str, path: str) -> Callable[[Answering], Answering]:
    """A route of the protocol: its form is read here, all the rest happens in one thread and one call.

    Beside FastAPI's routes, for each dependency of theirs is one more hop to a thread and back, and these are the hot
    ones; and because a transaction that begins in one hop must not wait for a thread to end in another.
    """

    def hang(answering: Answering) -> Answering:
        async def at_the_door(request: Request) -> Response:
            asked = await protocol_request(request)
            return await run_in_threadpool(answering, request, asked, house_of(request))

        router.add_route(path, at_the_door, methods=[method])
        return answering

    return hang
