"""What of an entry is sealed: all of it, in canonical JSON (RFC 8785), so that anyone can write the same bytes."""

import hashlib
import json
from datetime import UTC
from typing import Any

from sqlalchemy import ColumnElement

from backend.accounting.books import entry
from backend.accounting.merkle import leaf_hash
from backend.database import AnyRow

COLUMNS: tuple[ColumnElement[Any], ...] = tuple(entry.c)
ORDER = (entry.c.account_id, entry.c.seq)  # of the leaves of a day

Leaf = dict[str, Any]


def leaf_of(row: AnyRow) -> Leaf:
    """Text, whole numbers and null; instants in UTC with microseconds."""
    return {
        "account_id": str(row.account_id),
        "actor": str(row.actor),
        "amount_cents": row.amount_cents,
        "balance_after_cents": row.balance_after_cents,
        "created_at": row.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "day": row.day.isoformat(),
        "kind": row.kind,
        "reason": row.reason,
        "round_id": str(row.round_id) if row.round_id else None,
        "seq": row.seq,
        "task_id": str(row.task_id) if row.task_id else None,
        "task_title": row.task_title,
    }


def canonical(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def hash_of(row: AnyRow) -> bytes:
    return leaf_hash(canonical(leaf_of(row)))


def seal_of(*, day: str, entries: int, previous: bytes | None, root: bytes) -> bytes:
    """The seal of a day holds the one before it, so that no day can be replaced without all that follow."""
    words = {"day": day, "entries": entries, "previous": previous.hex() if previous else None, "root": root.hex()}
    return hashlib.sha256(b"\x02" + canonical(words)).digest()
