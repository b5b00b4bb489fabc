"""A large company made up in bulk, for measurements: its books are as true as any."""

import pytest
from sqlalchemy import func, select

from backend.accounting.books import entry
from backend.demo.large_company import SomebodyWorksHere, found
from backend.tasks.dealer import Dealer
from backend.tasks.draw_check import check_draw
from backend.tasks.reassignment import press
from backend.tests.company import Company
from backend.verification import verify


def test_a_large_company_has_true_books_before_and_after_a_round(company: Company) -> None:
    house = company.house
    fees_cents = found(house.engine, tasks=3_000, people=200, dice=company.dice(), now=company.now)
    with house.engine.connect() as connection:
        assert connection.scalar(select(-func.sum(entry.c.amount_cents))) == fees_cents
        assert verify(connection) == []
    boss = company.hire("Boss Macaw", "manager")
    with house.engine.begin() as connection:
        pressed = press(connection, seen=None, by=boss.id, at=company.now(), lot=house.lot)
    Dealer(house.engine, house.settings.assignable_roles, company.now).look()
    with house.engine.connect() as connection:
        found_draw = check_draw(connection, pressed.round_id)
        assert (found_draw.dealt, found_draw.differences) == (3_000, [])
        assert verify(connection) == []


def test_where_people_are_no_company_is_made_up(company: Company) -> None:
    company.hire("Ann Aracari")
    with pytest.raises(SomebodyWorksHere):
        found(company.house.engine, tasks=1, people=1, dice=company.dice(), now=company.now)
