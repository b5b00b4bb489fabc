"""Seals: a Merkle root over a day's entries, chained to the day before, set as the day is closed and never again.

The roots of whole blocks of leaves are kept beside it, so that a proof reads one block and not the whole day
(docs/decisions/seals.md).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, insert, select

from backend.accounting.books import day, entry, seal_block
from backend.accounting.leaves import COLUMNS, ORDER, hash_of, seal_of
from backend.accounting.merkle import root_of
from backend.database import AnyRow

BLOCK = 1024  # leaves; a power of two, so that blocks are subtrees
FETCHED_AT_ONCE = 5_000


@dataclass(frozen=True)
class Seal:
    day: date
    entries: int
    previous: bytes | None
    blocks: list[dict[str, Any]]

    @property
    def root(self) -> bytes:
        return root_of([block["hash"] for block in self.blocks])

    @property
    def value(self) -> bytes:
        return seal_of(day=self.day.isoformat(), entries=self.entries, previous=self.previous, root=self.root)


def draw_seal(connection: Connection, on_day: date) -> Seal:
    """From the entries themselves; the same for everybody who draws it."""
    leaves = leaves_of_day(connection, on_day)
    blocks: list[dict[str, Any]] = []
    entries = 0
    while rows := list(islice(leaves, BLOCK)):
        first, hashes = rows[0], [hash_of(row) for row in rows]
        beginning = {"account_id": first.account_id, "seq": first.seq}
        blocks.append({"day": on_day, "position": len(blocks), **beginning, "hash": root_of(hashes)})
        entries += len(rows)
    return Seal(on_day, entries, seal_before(connection, on_day), blocks)


def leaves_of_day(connection: Connection, on_day: date) -> Iterator[AnyRow]:
    query = select(*COLUMNS).where(entry.c.day == on_day).order_by(*ORDER)
    yield from connection.execute(query, execution_options={"yield_per": FETCHED_AT_ONCE})


def seal_before(connection: Connection, on_day: date) -> bytes | None:
    """None at the beginning of the chain."""
    found: bytes | None = connection.scalar(select(day.c.seal).where(day.c.day == on_day - timedelta(days=1)))
    return found


def seal_on(connection: Connection, on_day: date) -> str | None:
    """In hexadecimal digits; None while the day is open, and for days closed before there were seals."""
    found: bytes | None = connection.scalar(select(day.c.seal).where(day.c.day == on_day))
    return found.hex() if found else None


def keep_blocks(connection: Connection, seal: Seal) -> None:
    if seal.blocks:
        connection.execute(insert(seal_block), seal.blocks)


def broken_seals(connection: Connection) -> Iterator[str]:
    """Closed days whose seal or blocks are not those of their entries, or that break the chain."""
    sealed = False
    for on_day, seal in list(
        connection.execute(select(day.c.day, day.c.seal).where(day.c.state == "closed").order_by(day.c.day))
    ):
        if seal is None:
            if sealed:
                yield f"{on_day} has no seal"
            continue
        sealed = True
        drawn = draw_seal(connection, on_day)
        if drawn.value != seal:
            yield f"{on_day} is sealed {seal.hex()[:16]}…, its entries say {drawn.value.hex()[:16]}…"
        elif kept_blocks(connection, on_day) != drawn.blocks:
            yield f"{on_day} keeps other blocks than its entries"


def kept_blocks(connection: Connection, on_day: date) -> list[dict[str, Any]]:
    query = select(seal_block).where(seal_block.c.day == on_day).order_by(seal_block.c.position)
    return [row._asdict() for row in connection.execute(query)]
