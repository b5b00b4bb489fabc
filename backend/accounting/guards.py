"""What keeps the promises of the books while nobody looks: triggers, keys and checks in the database itself.

Whoever drops, disables or empties one leaves no other trace. So `backend verify` asks after each: after triggers by a
fingerprint of all their words, after keys and checks by the names that the models give them.
"""

import hashlib
import re
from collections.abc import Iterator

from sqlalchemy import Connection, text

from backend.database import metadata

GUARDS = {  # table by table, each trigger with its fingerprint
    "postgresql": {
        "account": {
            "account_follows_entries": "246eaa29a669",
            "account_not_emptied": "bd90edf6c005",
            "account_opens_empty": "8a24139f3f43",
            "account_stays": "0e3351e2686b",
        },
        "account_reading": {
            "account_reading_append_only": "0bb952f479e3",
        },
        "day": {
            "day_is_sealed": "d4fb3ff9a511",
            "day_stays_closed": "2e8a3a1622ba",
        },
        "entry": {
            "entry_append_only": "9a93350a0ffc",
            "entry_continues": "09cdca40b2fa",
        },
        "payout": {
            "payout_append_only": "2a46780a47c8",
        },
        "seal_block": {
            "seal_block_append_only": "9aad342e165b",
        },
        "task": {
            "task_keeps_its_terms": "af2fc0e9749e",
            "task_stays": "3c86019c16d6",
            "task_stays_done": "81a3bdbcf4bf",
        },
    },
    "sqlite": {
        "account": {
            "account_follows_entries": "3aa6733389b1",
            "account_not_replaced": "7ec8d00047b0",
            "account_opens_empty": "8e14a62b3428",
            "account_stays": "6bbc2d5d9337",
        },
        "account_reading": {
            "account_reading_no_DELETE": "016344810714",
            "account_reading_no_UPDATE": "6f5a4b548d8f",
            "account_reading_not_replaced": "7fb4d912894c",
        },
        "day": {
            "day_is_sealed": "e9ce8764a5b6",
            "day_not_replaced": "5b477cae9bdf",
            "day_opens_unsealed": "800c5fa94a50",
            "day_stays": "11c18858f177",
            "day_stays_closed": "d365cbaeda30",
        },
        "entry": {
            "entry_continues": "6700e32f5c11",
            "entry_in_whole_cents": "d6341ae7e607",
            "entry_no_DELETE": "789747d1ae66",
            "entry_no_UPDATE": "3ccff53757d5",
            "entry_not_replaced": "9c60707a38c7",
        },
        "payout": {
            "payout_no_DELETE": "355e6037add4",
            "payout_no_UPDATE": "819e02da9499",
            "payout_not_replaced": "7984d61c140f",
        },
        "seal_block": {
            "seal_block_no_DELETE": "402eaf094b6f",
            "seal_block_no_UPDATE": "df8c3faf92c4",
            "seal_block_not_replaced": "bdea456f1fb3",
        },
        "task": {
            "task_keeps_its_terms": "03b6ee857109",
            "task_not_replaced": "e7c09a17ccbd",
            "task_stays": "9c0b4df18c5d",
            "task_stays_done": "72bf11209496",
        },
    },
}

TRIGGERS = {
    "postgresql": """
        SELECT pg_class.relname, pg_trigger.tgname, pg_get_triggerdef(pg_trigger.oid, true) || pg_proc.prosrc
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
        WHERE NOT pg_trigger.tgisinternal AND pg_trigger.tgenabled IN ('O', 'A') AND pg_table_is_visible(pg_class.oid)
    """,
    "sqlite": "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'",
}
KEYS_AND_CHECKS = {
    "postgresql": """
        SELECT 'CONSTRAINT ' || conname FROM pg_constraint WHERE convalidated AND pg_table_is_visible(conrelid) UNION
        SELECT 'CONSTRAINT ' || relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
        WHERE indisunique AND indisvalid AND pg_table_is_visible(indexrelid)
    """,
    "sqlite": "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL",
}
NAMED = re.compile(r"(?:CONSTRAINT|CREATE UNIQUE INDEX) (\w+)")


def missing_guards(connection: Connection) -> Iterator[str]:
    """Whatever was done while it was gone, nobody refused it."""
    in_force = triggers_in_force(connection)
    for table, triggers in GUARDS[connection.dialect.name].items():
        yield from (f"{each} of {table}" for each, words in triggers.items() if in_force.get((table, each)) != words)
    yield from sorted(wanted_keys_and_checks(connection) - keys_and_checks_in_force(connection))


def triggers_in_force(connection: Connection) -> dict[tuple[str, str], str]:
    """By table and name, each with its fingerprint."""
    rows = connection.execute(text(TRIGGERS[connection.dialect.name]))
    return {(table, trigger): fingerprint(words) for table, trigger, words in rows}


def fingerprint(words: str) -> str:
    return hashlib.sha256(" ".join(words.split()).encode()).hexdigest()[:12]


def keys_and_checks_in_force(connection: Connection) -> set[str]:
    found = connection.scalars(text(KEYS_AND_CHECKS[connection.dialect.name]))
    return {name for sql in found for name in NAMED.findall(sql)}


def wanted_keys_and_checks(connection: Connection) -> set[str]:
    name_of = connection.dialect.identifier_preparer.format_constraint
    tables = metadata.tables.values()
    constraints = {str(name_of(each)) for table in tables for each in table.constraints}
    return constraints | {str(each.name) for table in tables for each in table.indexes if each.unique}
