"""The end of a day for many accounts, each of which is owed something."""

import random
from datetime import timedelta
from functools import partial
from uuid import uuid4

from backend.accounting.books import Kind
from backend.accounting.ledger import HOUSE, About, Movement, record
from backend.accounting.payday import close_days
from backend.business_day import Moment
from backend.database import writing
from backend.demo.large_company import batches, found
from backend.tests.bench.assigning import now
from backend.tests.bench.stage import Stage, timed, workers_of


def measure_closing(stage: Stage, accounts: int) -> None:
    engine = stage.engine()
    found(engine, tasks=0, people=accounts, dice=random.Random(1), now=now)
    waiting, at = workers_of(engine), now()
    for size in batches(accounts):
        some = [waiting.pop() for _ in range(size)]
        owed = [Movement(each, Kind.REWARD, 2500, About(uuid4(), "Oil the door", uuid4())) for each in some]
        writing(engine, partial(record, movements=owed, by=HOUSE, at=at))
    stage.settle()
    tomorrow = Moment(at.instant + timedelta(days=1), at.day + timedelta(days=1))
    seconds = timed(lambda: close_days(engine, at.day, lambda: tomorrow))
    print(f"{stage.name}: a day of {accounts} accounts, all of them paid, closed by one process in {seconds:.1f} s")
    engine.dispose()
