"""Money: one signed, append-only row for each movement of an employee's account. Knows no task, only its id and words.

The company is the implied other side of every row, so the books balance by construction (docs/decisions/ledger.md).
"""
