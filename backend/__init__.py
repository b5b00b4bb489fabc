"""What the business does: tasks, accounting, analytics, mail."""
