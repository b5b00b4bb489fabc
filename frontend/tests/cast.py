"""Named people for the tests."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Popug:
    id: str
    name: str
    role: str


ANN = Popug("01900000-0000-7000-8000-00000000000a", "Ann Ara", "worker")
BOB = Popug("01900000-0000-7000-8000-00000000000b", "Bob Budgie", "worker")
BOSS = Popug("01900000-0000-7000-8000-00000000000c", "Boss Macaw", "manager")
GOLD = Popug("01900000-0000-7000-8000-00000000000d", "Gold Finch", "accountant")
ROOT = Popug("01900000-0000-7000-8000-00000000000e", "Root Raven", "admin")
CAST = (ANN, BOB, BOSS, GOLD, ROOT)
