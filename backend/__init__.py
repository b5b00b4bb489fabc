"""What the business does: tasks, accounting, analytics, mail. Trusts a signed token and its own books, nothing else."""
