"""Transactions: writers of one process take turns, readers never wait, and nobody keeps a turn that is over."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from auth_service.house import House
from auth_service.tests.product import Product
from auth_service.tests.visitor import Visitor

COUNT = text("UPDATE directory_change SET last_number = last_number + 1")
LAST = text("SELECT last_number FROM directory_change")


def count_up(house: House) -> None:
    with house.database.writing() as session:
        session.execute(COUNT)
        time.sleep(0.001)


def count_up_and_break(house: House) -> None:
    with house.database.writing() as session:
        session.execute(COUNT)
        raise ZeroDivisionError


def test_forty_writers_at_once_all_get_their_turn(house: House) -> None:
    with house.database.reading() as session:
        before = session.scalar(LAST)
    started = time.monotonic()
    with ThreadPoolExecutor(40) as threads:
        list(threads.map(count_up, [house] * 40))
    with house.database.reading() as session:
        assert session.scalar(LAST) == before + 40
    assert time.monotonic() - started < 5


def test_a_writer_that_fails_gives_its_turn_back(house: House) -> None:
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            count_up_and_break(house)
    started = time.monotonic()
    count_up(house)
    assert time.monotonic() - started < 1


def test_a_reader_does_not_wait_for_a_writer(house: House) -> None:
    with house.database.writing() as session:
        session.execute(COUNT)
        with house.database.reading() as other:
            seen = other.scalar(LAST)
        assert session.scalar(LAST) == seen + 1


def test_more_people_at_once_than_there_are_threads_get_their_page(
    client: TestClient, visitor: Visitor, shop: Product
) -> None:
    """A transaction that waits for a thread, while all threads wait for the transaction, would stand still."""
    with ThreadPoolExecutor(100) as people:
        pages = list(people.map(lambda number: visitor.opens(shop, nonce=f"number {number}"), range(100)))
    assert {page.status_code for page in pages} == {200}
