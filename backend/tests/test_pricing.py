"""Prices: whole dollars, uniform, both ends drawn."""

import random
from collections import Counter

from backend.tasks.pricing import draw_prices


def chi_square(counts: list[int]) -> float:
    expected = sum(counts) / len(counts)
    return sum((count - expected) ** 2 / expected for count in counts)


def test_both_bounds_of_both_prices_are_drawn_and_nothing_beyond() -> None:
    dice = random.Random(1)
    drawn = [draw_prices(dice) for _ in range(20_000)]
    assert {prices.fee_cents for prices in drawn} == {dollars * 100 for dollars in range(10, 21)}
    assert {prices.reward_cents for prices in drawn} == {dollars * 100 for dollars in range(20, 41)}


def test_prices_are_uniform() -> None:
    dice = random.Random(2)
    drawn = [draw_prices(dice) for _ in range(20_000)]
    assert chi_square(list(Counter(prices.fee_cents for prices in drawn).values())) < 29.6  # 10 degrees, p = 0.001
    assert chi_square(list(Counter(prices.reward_cents for prices in drawn).values())) < 45.3  # 20 degrees


def test_fee_and_reward_are_drawn_apart() -> None:
    dice = random.Random(3)
    pairs = {(prices.fee_cents, prices.reward_cents) for prices in (draw_prices(dice) for _ in range(20_000))}
    assert len(pairs) == 11 * 21
