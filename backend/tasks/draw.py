"""The draw: who gets a task follows from the round's seed, its roster and the task's id, and from nothing else."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

SEED_BYTES = 32


def deal(task_ids: Sequence[UUID], roster: Sequence[UUID], seed: bytes) -> dict[UUID, UUID]:
    """Who gets which task: uniform (128 bits modulo the roster), each task drawn by itself."""
    size = len(roster)
    return {task_id: roster[number(task_id.bytes, seed) % size] for task_id in task_ids}


def number(drawn_for: bytes, seed: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(drawn_for, key=seed, digest_size=16).digest())


def draws(task_id: UUID, roster: Sequence[UUID], seed: bytes) -> Iterator[UUID]:
    """The draw, and those that follow it should the drawn popug have left since the press."""
    yield roster[number(task_id.bytes, seed) % len(roster)]
    turn = 1
    while True:
        yield roster[number(task_id.bytes + turn.to_bytes(4), seed) % len(roster)]
        turn += 1


def draw_without(task_id: UUID, roster: Sequence[UUID], seed: bytes, gone: Collection[UUID]) -> UUID:
    """The first draw of somebody who is still here; there must be one."""
    return next(drawn for drawn in draws(task_id, roster, seed) if drawn not in gone)


def may_have_drawn(task_id: UUID, roster: Sequence[UUID], seed: bytes, gone: Collection[UUID]) -> set[UUID]:
    """The first draw and, where those before had left during the round, the following ones."""
    allowed = set()
    for drawn in draws(task_id, roster, seed):
        allowed.add(drawn)
        if drawn not in gone:
            break
    return allowed
