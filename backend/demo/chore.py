"""Writes the demo history once, as soon as the people are known."""

import logging
import threading
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection, select

from backend.database import reading, writing
from backend.demo.history import write_history
from backend.house import House
from backend.idempotency import Answer, Key, first_answer, keep_answer
from backend.people.replica import everybody
from backend.people.roster import assignable
from backend.tasks.task import task

log = logging.getLogger(__name__)

NOBODY = UUID(int=0)
ONCE = Key("demo history", b"\0" * 32)
PAUSE_SECONDS = 0.2


def demonstrate(house: House, stop: threading.Event) -> None:
    """Waits for the feed to bring the people; does nothing where there is work already."""
    while not stop.is_set():
        try:
            if has_tasks(house) or (people_are_there(house) and tell(house)):
                return
        except Exception:  # tables not there yet, auth_service half started: tried again until it works
            log.exception("the demo history could not be written yet")
        stop.wait(PAUSE_SECONDS)


def has_tasks(house: House) -> bool:
    with reading(house.engine) as connection:
        return connection.scalar(select(task.c.id).limit(1)) is not None


def people_are_there(house: House) -> bool:
    if not house.feed.sync_everything():
        return False
    with reading(house.engine) as connection:
        return bool(assignable(connection, house.settings.assignable_roles)) and len(everybody(connection)) > 1


def tell(house: House) -> bool:
    """In one transaction; of several processes only one writes it, held by the unique row of its key."""

    def write(connection: Connection) -> None:
        now = house.now()
        if first_answer(connection, NOBODY, ONCE, at=now) is None:
            write_history(connection, now=now.instant - timedelta(seconds=1), lot=house.lot, calendar=house.calendar)
            keep_answer(connection, NOBODY, ONCE, Answer(204, b""))

    writing(house.engine, write)
    return True
