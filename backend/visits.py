"""One request: who asks, at what moment, inside which transaction, and that a POST has one effect."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.params import Header
from pydantic import BaseModel
from sqlalchemy import Connection

from backend.business_day import Moment
from backend.database import reading, writing
from backend.house import House
from backend.idempotency import Answer, Key, earlier_answer, first_answer, keep_answer
from backend.identity import Actor, Doorman
from backend.tokens import AccessToken

T = TypeVar("T")
V = TypeVar("V", bound=BaseModel)


@dataclass(frozen=True)
class Visit:
    """Somebody let in, with the transaction in which they were."""

    connection: Connection
    actor: Actor
    at: Moment
    house: House


@dataclass(frozen=True)
class Caller:
    """Somebody whose token is genuine. Whether it still counts is decided in each transaction anew."""

    house: House
    token: AccessToken
    key: Key | None

    @contextmanager
    def reading(self) -> Iterator[Visit]:
        with reading(self.house.engine) as connection:
            yield self.visit(connection)

    def writing(self, deed: Callable[[Visit], T]) -> T:
        """The deed in a transaction that is committed on return; run again when the database says so."""
        return writing(self.house.engine, lambda connection: deed(self.visit(connection)))

    def carry_out(self, deed: Callable[[Visit], V], *, status: int | Callable[[V], int] = 200) -> Response:
        """The same for a POST with its idempotency key: the effect happens once, the answer may be had again."""
        return spoken(self.writing(lambda visit: self.once(visit, deed, status)))

    def answered_before(self, visit: Visit) -> Response | None:
        """For what has to be asked elsewhere before a transaction begins, and need not be when there is an answer."""
        earlier = earlier_answer(visit.connection, visit.actor.id, self.key) if self.key else None
        return spoken(earlier) if earlier else None

    def once(self, visit: Visit, deed: Callable[[Visit], V], status: int | Callable[[V], int]) -> Answer:
        if self.key and (earlier := first_answer(visit.connection, visit.actor.id, self.key, at=visit.at)):
            return earlier
        view = deed(visit)
        answer = Answer(status(view) if callable(status) else status, view.model_dump_json().encode())
        if self.key:
            keep_answer(visit.connection, visit.actor.id, self.key, answer)
        return answer

    def visit(self, connection: Connection) -> Visit:
        at = self.house.now()
        return Visit(connection, self.house.doorman.admit(connection, self.token, at.instant), at, self.house)


def spoken(answer: Answer) -> Response:
    return Response(answer.body, answer.status, media_type="application/json")


async def signed_in(request: Request) -> AccessToken:
    """Genuine or not is decided before anything else, so that a stranger learns nothing from a refusal."""
    doorman: Doorman = request.app.state.house.doorman
    shown = request.headers.get("authorization")
    if known := doorman.recognise(shown):
        return known
    return await run_in_threadpool(doorman.greet, shown)


async def caller(
    request: Request,
    token: Annotated[AccessToken, Depends(signed_in)],
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=255, pattern="^[!-~]+$")] = None,
) -> Caller:
    key = Key(idempotency_key, await fingerprint(request)) if idempotency_key else None
    return Caller(request.app.state.house, token, key)


async def fingerprint(request: Request) -> bytes:
    digest = hashlib.sha256(f"{request.method} {request.url.path}\n".encode())
    digest.update(await request.body())
    return digest.digest()


TEXT = r"^[^\x00]*$"  # PostgreSQL keeps no NUL
KnownCaller = Annotated[Caller, Depends(caller)]
