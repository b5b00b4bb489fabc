"""Proofs: that somebody's entries of a day are among those the day was sealed with, checked by anyone, offline."""

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from backend.accounting.books import day, entry
from backend.accounting.leaves import COLUMNS, ORDER, Leaf, canonical, hash_of, leaf_of, seal_of
from backend.accounting.merkle import Run, leaf_hash, path_of, rebuild, root_of
from backend.accounting.seals import BLOCK, kept_blocks, seal_before
from backend.database import AnyRow
from backend.errors import NotFound

FORMAT = "aTES day proof, version 1"


class NothingToProve(NotFound):
    title = "There is no proof for that day"

    def __init__(self, on_day: date) -> None:
        super().__init__(f"{on_day} is not sealed yet, or nothing was written to this account on it.")


@dataclass(frozen=True)
class SealedDay:
    """A sealed day's tree, of which only the blocks that matter are read, each once."""

    connection: Connection
    day: date
    size: int
    blocks: Sequence[Mapping[str, Any]]
    read: dict[int, list[AnyRow]] = field(default_factory=dict)

    def subtree(self, offset: int, size: int) -> bytes:
        number, start = divmod(offset, BLOCK)
        if start == 0 and size >= self.block_size(number):
            return root_of([block["hash"] for block in self.blocks[number : number - (-size // BLOCK)]])
        return root_of([hash_of(row) for row in self.rows(number)[start : start + size]])

    def block_size(self, number: int) -> int:
        return min(BLOCK, self.size - number * BLOCK)

    def rows(self, number: int) -> list[AnyRow]:
        if number not in self.read:
            self.read[number] = self.fetch(number)
        return self.read[number]

    def fetch(self, number: int) -> list[AnyRow]:
        block = self.blocks[number]
        query = select(*COLUMNS).where(entry.c.day == self.day, entry.c.account_id >= block["account_id"])
        if number + 1 < len(self.blocks):
            query = query.where(entry.c.account_id <= self.blocks[number + 1]["account_id"])
        rows = self.connection.execute(query.order_by(*ORDER))
        beginning = (block["account_id"], block["seq"])
        return [row for row in rows if (row.account_id, row.seq) >= beginning][: self.block_size(number)]

    def place_of(self, row: AnyRow) -> int:
        """The number of that entry's leaf."""
        key = (row.account_id, row.seq)
        number = bisect_right([(block["account_id"], block["seq"]) for block in self.blocks], key) - 1
        return number * BLOCK + [(each.account_id, each.seq) for each in self.rows(number)].index(key)


def prove(connection: Connection, person_id: UUID, on_day: date) -> dict[str, Any]:
    """Everything `check` needs, as JSON. Raises NothingToProve."""
    sealed = connection.execute(select(day).where(day.c.day == on_day, day.c.seal.is_not(None))).first()
    of_person = (entry.c.account_id == person_id, entry.c.day == on_day)
    own = connection.execute(select(*COLUMNS).where(*of_person).order_by(entry.c.seq)).all()
    if sealed is None or not own:
        raise NothingToProve(on_day)
    tree = SealedDay(connection, on_day, sealed.entries, kept_blocks(connection, on_day))
    first = tree.place_of(own[0])
    run = Run(first, first + len(own) - 1)
    previous = seal_before(connection, on_day)
    return {
        "format": FORMAT,
        "day": on_day.isoformat(),
        "entries_of_the_day": tree.size,
        "first": first,
        "entries": [leaf_of(row) for row in own],
        "path": [each.hex() for each in path_of(run, tree.subtree, 0, tree.size)],
        "previous_seal": previous.hex() if previous else None,
        "seal": sealed.seal.hex(),
    }


def proof_if_any(connection: Connection, person_id: UUID, on_day: date) -> dict[str, Any] | None:
    try:
        return prove(connection, person_id, on_day)
    except NothingToProve:
        return None


class WrongProofError(Exception):
    """In words for whoever holds the file."""


@dataclass(frozen=True)
class Proven:
    day: str
    seal: str
    entries: list[Leaf]
    paid_cents: int


def read_proof(file: str | bytes) -> Proven:
    """Raises WrongProofError. Needs no database, and believes nothing but arithmetic."""
    try:
        return check(json.loads(file))
    except (KeyError, TypeError, ValueError, OverflowError, StopIteration, RecursionError) as error:
        raise WrongProofError("This is not a proof that this version can read.") from error


def check(proof: dict[str, Any]) -> Proven:
    if proof["format"] != FORMAT:
        raise WrongProofError(f"This says it is {proof['format']!r}; we can read {FORMAT!r}.")
    size, first, entries = int(proof["entries_of_the_day"]), int(proof["first"]), list(proof["entries"])
    if not entries or not 0 <= first <= size - len(entries) or any(each["day"] != proof["day"] for each in entries):
        raise WrongProofError("Its entries are not within the day.")
    path = iter([bytes.fromhex(each) for each in proof["path"]])
    leaves = iter([leaf_hash(canonical(each)) for each in entries])
    root = rebuild(Run(first, first + len(entries) - 1), leaves, path, 0, size)
    previous = bytes.fromhex(proof["previous_seal"]) if proof["previous_seal"] else None
    seal = seal_of(day=proof["day"], entries=size, previous=previous, root=root)
    if seal.hex() != proof["seal"] or next(path, None) is not None:
        raise WrongProofError("Its entries do not lead to its seal: one or the other was changed.")
    paid_cents = sum(-int(each["amount_cents"]) for each in entries if each["kind"] == "payout")
    return Proven(proof["day"], proof["seal"], entries, paid_cents)
