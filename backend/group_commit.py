"""Group commit on SQLite: writers that would wait for each other share one transaction, and so one wait for the disk.

SQLite has one writer at a time, and each commit waits for the disk. Whoever finds nobody writing leads: its deed and
those that have come meanwhile are done one after the other, each within a savepoint of its own, so that one that fails
leaves nothing behind and disturbs nobody. Nobody is answered before all of it is on the disk.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock, get_ident
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine

LONGEST_SECONDS = 0.02  # a group that took so long takes nobody more in


@dataclass
class Errand:
    """A deed on its way; `answered` once it is on the disk or has failed, or once it is its turn to lead."""

    deed: Callable[[Connection], Any]
    answered: Event = field(default_factory=Event)
    leads: bool = False
    outcome: Any = None
    error: BaseException | None = None


class GroupCommit:
    """Of one engine, which is named at every deed: kept here, it would never be let go."""

    def __init__(self) -> None:
        self.guard = Lock()
        self.waiting: deque[Errand] = deque()
        self.leader: int | None = None

    def write(self, engine: Engine, deed: Callable[[Connection], Any]) -> Any:
        """Returns what the deed returns once that is on the disk; raises what it raises, and then it left nothing."""
        if self.leader == get_ident():
            raise RuntimeError("a deed began another transaction of its own")
        errand = Errand(deed)
        if not self.come_first(errand):
            errand.answered.wait()
        if errand.leads:
            self.lead(engine, errand)
        if errand.error:
            raise errand.error
        return errand.outcome

    def come_first(self, errand: Errand) -> bool:
        with self.guard:
            errand.leads = self.leader is None
            if errand.leads:
                self.leader = get_ident()
            else:
                self.waiting.append(errand)
        return errand.leads

    def lead(self, engine: Engine, own: Errand) -> None:
        self.leader = get_ident()
        group = [own]
        try:
            self.carry_out(engine, group)
        except BaseException as error:  # the transaction as a whole failed: none of them happened
            for errand in group:
                errand.error = errand.error or error
        finally:
            self.hand_on()
            for errand in group:
                errand.answered.set()

    def carry_out(self, engine: Engine, group: list[Errand]) -> None:
        until = monotonic() + LONGEST_SECONDS
        with engine.begin() as connection:
            try_out(connection, group[0])
            while monotonic() < until and (errand := self.next_one()):
                group.append(errand)
                try_out(connection, errand)

    def next_one(self) -> Errand | None:
        with self.guard:
            return self.waiting.popleft() if self.waiting else None

    def hand_on(self) -> None:
        """Whoever has waited longest leads the next group."""
        with self.guard:
            self.leader = None
            if self.waiting:
                following = self.waiting.popleft()
                self.leader, following.leads = 0, True  # nobody by that name: it is being woken
                following.answered.set()


def try_out(connection: Connection, errand: Errand) -> None:
    raw: Any = connection.connection.driver_connection
    raw.execute("SAVEPOINT deed")
    try:
        errand.outcome = errand.deed(connection)
    except BaseException as error:
        errand.error = error
        raw.execute("ROLLBACK TO deed")
    raw.execute("RELEASE deed")
