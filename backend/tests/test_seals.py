"""Seals and proofs: a closed day is bound to its entries and to the day before, and anyone can check their part."""

import hashlib
import json
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from backend.accounting import proofs, seals
from backend.accounting.books import day, seal_block
from backend.accounting.leaves import canonical, seal_of
from backend.accounting.merkle import Run, leaf_hash, node_hash, path_of, rebuild, root_of
from backend.accounting.proofs import FORMAT, NothingToProve, WrongProofError, check, prove, read_proof
from backend.database import reading
from backend.tests.company import Company, Popug
from backend.verification import verify

WEDNESDAY = date(2026, 3, 4)
Proof = dict[str, Any]


def mth(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = max(2**n for n in range(20) if 2**n < len(leaves))
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def audit_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962 section 2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    k = max(2**n for n in range(20) if 2**n < len(leaves))
    if m < k:
        return [*audit_path(m, leaves[:k]), mth(leaves[k:])]
    return [*audit_path(m - k, leaves[k:]), mth(leaves[:k])]


LEAVES = [str(number).encode() for number in range(70)]


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 70])
def test_the_root_is_that_of_the_rfc(size: int) -> None:
    assert root_of([leaf_hash(leaf) for leaf in LEAVES[:size]]) == mth(LEAVES[:size])


@pytest.mark.parametrize("size", [1, 2, 5, 8, 33])
def test_the_path_of_one_leaf_holds_the_nodes_of_the_rfc(size: int) -> None:
    for number in range(size):
        path = path_of(Run(number, number), lambda at, count: mth(LEAVES[at : at + count]), 0, size)
        assert set(path) == set(audit_path(number, LEAVES[:size]))


def test_every_run_of_leaves_leads_to_the_root() -> None:
    for size in (1, 2, 3, 6, 13):
        for first in range(size):
            for last in range(first, size):
                run = Run(first, last)
                path = path_of(run, lambda at, count: mth(LEAVES[at : at + count]), 0, size)
                own = iter([leaf_hash(leaf) for leaf in LEAVES[first : last + 1]])
                assert rebuild(run, own, path, 0, size) == mth(LEAVES[:size])


def test_the_hashes_of_leaves_and_nodes_can_not_be_taken_for_each_other() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "BLOCK", 4)
    monkeypatch.setattr(proofs, "BLOCK", 4)


@pytest.fixture
def crowd(company: Company, small_blocks: None, boss: Popug) -> list[Popug]:
    """Seven popugs, some days closed, dozens of entries in blocks of four."""
    popugs = [company.hire(f"Popug {number}") for number in range(7)]
    for _ in range(2):
        for number in range(15):
            boss.creates(f'Chore "{number}" — вычистить клетку')
        for popug in popugs:
            for task in popug.get("/tasks").json()["items"][::2]:
                popug.completes(task)
        company.time_passes(days=1)
        company.closes_yesterday()
    return popugs


@pytest.fixture
def connection(company: Company) -> Iterator[Connection]:
    with reading(company.house.engine) as connection:
        yield connection


def proofs_of(connection: Connection, popugs: list[Popug]) -> Iterator[tuple[Popug, Proof]]:
    for popug in popugs:
        for on_day in (WEDNESDAY, WEDNESDAY + timedelta(days=1)):
            try:
                yield popug, json.loads(json.dumps(prove(connection, popug.id, on_day)))
            except NothingToProve:
                continue


def test_each_popugs_day_is_proven_under_the_seal(company: Company, crowd: list[Popug], connection: Connection) -> None:
    sealed = {row.day.isoformat(): row.seal.hex() for row in connection.execute(select(day)) if row.seal}
    found = list(proofs_of(connection, crowd))
    assert len(found) >= 12
    for popug, proof in found:
        proven = check(proof)
        own = [row for row in company.entries(popug) if row.day.isoformat() == proven.day]
        assert [(each["seq"], each["amount_cents"]) for each in proven.entries] == [
            (row.seq, row.amount_cents) for row in own
        ]
        assert proven.seal == sealed[proven.day]
        assert proven.paid_cents == -sum(row.amount_cents for row in own if row.kind == "payout")


def test_a_proof_reads_only_the_blocks_it_needs(crowd: list[Popug], connection: Connection) -> None:
    blocks = connection.execute(select(seal_block).where(seal_block.c.day == WEDNESDAY)).all()
    assert len(blocks) >= 5
    first = connection.execute(select(day.c.entries).where(day.c.day == WEDNESDAY)).scalar_one()
    assert len(blocks) == -(-first // 4)


TAMPERING: dict[str, Callable[[Proof], object]] = {
    "amount": lambda proof: proof["entries"][0].update(amount_cents=999_999),
    "reason": lambda proof: proof["entries"][-1].update(reason="because"),
    "an entry left out": lambda proof: proof["entries"].pop(),
    "an entry too many": lambda proof: proof["entries"].append(proof["entries"][0]),
    "another place": lambda proof: proof.update(first=proof["first"] + 1),
    "another size": lambda proof: proof.update(entries_of_the_day=proof["entries_of_the_day"] + 1),
    "another day": lambda proof: proof.update(day="2026-03-03"),
    "another seal": lambda proof: proof.update(seal="00" * 32),
    "another chain": lambda proof: proof.update(previous_seal="00" * 32),
    "a longer path": lambda proof: proof["path"].append("00" * 32),
    "a shorter path": lambda proof: proof["path"].pop(),
    "no path": lambda proof: proof.pop("path"),
    "another format": lambda proof: proof.update(format="mine"),
    "no entries": lambda proof: proof.update(entries=[]),
}


def test_a_proof_that_was_changed_in_any_way_is_wrong(crowd: list[Popug], connection: Connection) -> None:
    proofs = [proof for _, proof in proofs_of(connection, crowd)]
    for what, tamper in TAMPERING.items():
        for proof in proofs:
            forged = deepcopy(proof)
            tamper(forged)
            with pytest.raises(WrongProofError):
                pytest.fail(f"{what}: believed {read_proof(json.dumps(forged))}")


@pytest.mark.parametrize("file", ["", "[]", "null", "{", '{"format": 1}', "[" * 100_000, b"\x89PNG\r\n"])
def test_a_file_that_is_no_proof_is_refused_with_a_sentence(file: str | bytes) -> None:
    with pytest.raises(WrongProofError, match=r"This is not a proof|This says it is"):
        read_proof(file)


@pytest.mark.parametrize(
    "entry", [{}, {"kind": "payout"}, *({"kind": "payout", "amount_cents": x} for x in ("", 1e999))]
)
def test_a_file_that_leads_to_its_own_seal_but_tells_no_money_is_no_proof(entry: dict[str, Any]) -> None:
    leaf = {"day": "2026-03-04", **entry}
    seal = seal_of(day=leaf["day"], entries=1, previous=None, root=leaf_hash(canonical(leaf))).hex()
    proof = {"format": FORMAT, "day": leaf["day"], "entries_of_the_day": 1, "first": 0, "entries": [leaf], "path": []}
    with pytest.raises(WrongProofError, match="This is not a proof"):
        read_proof(json.dumps({**proof, "previous_seal": None, "seal": seal}))


def test_an_open_day_and_a_day_without_entries_have_no_proof(
    company: Company, crowd: list[Popug], connection: Connection
) -> None:
    late = company.hire("Late Lory")
    for popug, on_day in ((crowd[0], company.now().day), (late, WEDNESDAY), (crowd[0], date(2020, 1, 1))):
        with pytest.raises(NothingToProve):
            prove(connection, popug.id, on_day)


def test_an_empty_day_is_sealed_too_and_the_chain_goes_on(
    company: Company, ann: Popug, boss: Popug, connection: Connection
) -> None:
    boss.creates()
    company.time_passes(days=3)
    company.closes_yesterday()
    found = [row.seal for row in connection.execute(select(day).where(day.c.state == "closed").order_by(day.c.day))]
    assert len(set(found)) == 3
    assert {len(seal) for seal in found} == {32}
    assert verify(connection) == []


def test_two_houses_with_the_same_entries_draw_the_same_seal(company: Company, crowd: list[Popug]) -> None:
    with company.house.engine.connect() as connection:
        drawn = [seals.draw_seal(connection, WEDNESDAY).value for _ in range(2)]
        stored = connection.scalar(select(day.c.seal).where(day.c.day == WEDNESDAY))
    assert drawn == [stored, stored]


def test_a_day_of_random_size_is_provable_at_every_block_border(
    company: Company, small_blocks: None, penny: Popug, connection: Connection
) -> None:
    dice = random.Random(3)
    popugs = [company.hire(f"Popug {number}") for number in range(9)]
    for popug in popugs:
        for _ in range(dice.randint(1, 6)):
            penny.post(f"/accounts/{popug.id}/corrections", {"amount_cents": -dice.randint(1, 500), "reason": "dice"})
    company.time_passes(days=1)
    company.closes_yesterday()
    assert {check(prove(connection, popug.id, WEDNESDAY)).day for popug in popugs} == {"2026-03-04"}
