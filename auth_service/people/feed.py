"""GET /people/changes: the feed that keeps replicas true. Each person once, in their newest state, in commit order.

Every answer brings the signing keys along, and a change of them by hand is news like any other: who follows the feed
need not ask for a key that a stranger names (docs/decisions/keys-by-the-feed.md).
"""

import asyncio
import time
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from auth_service.house import House, TheHouse
from auth_service.keys.rotation import published
from auth_service.people.bearer import IN_OPENAPI, PeopleReader
from auth_service.people.change import last_change
from auth_service.people.person import Person
from auth_service.people.views import PeopleChanged, PersonView
from auth_service.problems import problems

router = APIRouter(tags=["directory"], dependencies=[IN_OPENAPI], responses=problems())

MOST_AT_ONCE = 500
LOOK_EVERY_SECONDS = 0.25


@router.get("/people/changes", dependencies=[PeopleReader])
async def changes(
    request: Request,
    house: TheHouse,
    response: Response,
    after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    wait: Annotated[float, Query(ge=0, le=30)] = 25,
) -> PeopleChanged:
    """Answers at once when there is news after number `after`, else waits up to `wait` seconds for some.

    `jwks` is what /jwks says; that keys were rotated by hand or withdrawn is news too.
    """
    response.headers["Cache-Control"] = "private, no-store"
    deadline = time.monotonic() + wait
    while not await run_in_threadpool(there_is_news, house, after):
        if time.monotonic() >= deadline or request.app.state.stopping.is_set() or await request.is_disconnected():
            break
        await asyncio.sleep(min(LOOK_EVERY_SECONDS, max(0.0, deadline - time.monotonic())))
    return await run_in_threadpool(changed_since, house, after)


def there_is_news(house: House, after: int) -> bool:
    with house.database.reading() as session:
        return last_change(session) > after


def changed_since(house: House, after: int) -> PeopleChanged:
    """Up to the last number there was before we looked for people: some of them may be the keys'."""
    newest = select(Person).where(Person.change > after).order_by(Person.change).limit(MOST_AT_ONCE)
    with house.database.reading() as session:
        last = last_change(session)
        people = list(session.scalars(newest))
        items = [PersonView.of(person, house.issuer) for person in people]
        keys = [key.public_jwk for key in published(session, at=house.clock())]
        reached = people[-1].change if people else after
    further = reached if len(people) == MOST_AT_ONCE else max(reached, last)
    return PeopleChanged(items=items, next=further, jwks={"keys": keys})
