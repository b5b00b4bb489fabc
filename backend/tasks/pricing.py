"""What a task costs and brings: drawn once, when it appears, and never again (A4)."""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Prices:
    fee_cents: int
    reward_cents: int


def draw_prices(dice: random.Random) -> Prices:
    """Whole dollars, uniform, both ends included: the fee from 10 to 20, the reward from 20 to 40."""
    return Prices(fee_cents=dice.randint(10, 20) * 100, reward_cents=dice.randint(20, 40) * 100)
