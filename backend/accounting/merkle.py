"""Merkle trees as in RFC 6962 section 2.1: a root over any number of leaves, and a path that proves a run of them.

A path holds the roots of the largest subtrees outside the run, from left to right; for a run of one leaf these are the
nodes of that RFC's audit path.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Subtree = Callable[[int, int], bytes]  # offset and size to its root


def leaf_hash(content: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Of nothing at all: the hash of nothing."""
    if not hashes:
        return hashlib.sha256().digest()
    level = list(hashes)
    while len(level) > 1:
        pairs = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]  # the odd one out goes up as it is
    return level[0]


def split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


@dataclass(frozen=True)
class Run:
    """Leaves `first` up to and including `last`."""

    first: int
    last: int

    def misses(self, offset: int, size: int) -> bool:
        return offset > self.last or offset + size <= self.first


def path_of(run: Run, subtree: Subtree, offset: int, size: int) -> Iterator[bytes]:
    if run.misses(offset, size):
        yield subtree(offset, size)
    elif size > 1:
        left = split(size)
        yield from path_of(run, subtree, offset, left)
        yield from path_of(run, subtree, offset + left, size - left)


def rebuild(run: Run, leaves: Iterator[bytes], path: Iterator[bytes], offset: int, size: int) -> bytes:
    """The root that these leaves and this path lead to. Raises StopIteration when either is too short."""
    if run.misses(offset, size):
        return next(path)
    if size == 1:
        return next(leaves)
    left = split(size)
    left_root = rebuild(run, leaves, path, offset, left)
    return node_hash(left_root, rebuild(run, leaves, path, offset + left, size - left))
