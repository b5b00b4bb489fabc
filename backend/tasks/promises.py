"""What tasks and money promise each other: the tracker's part of `backend verify`."""

PROMISES = {
    "each task was charged once when it was created": """
        SELECT task.id, count(entry.seq) FROM task LEFT JOIN entry
            ON entry.task_id = task.id AND entry.kind = 'fee' AND entry.round_id = task.id
        GROUP BY task.id HAVING count(entry.seq) <> 1
    """,
    "every fee is the task's own price": """
        SELECT entry.account_id, entry.seq FROM entry LEFT JOIN task ON task.id = entry.task_id
        WHERE entry.kind = 'fee' AND (task.id IS NULL OR entry.amount_cents <> -task.fee_cents)
    """,
    "every reward is the task's own price, paid to who held it, on the day it was done": """
        SELECT entry.account_id, entry.seq FROM entry LEFT JOIN task ON task.id = entry.task_id
        WHERE entry.kind = 'reward' AND (task.id IS NULL OR entry.amount_cents <> task.reward_cents
            OR entry.account_id <> task.assignee_id OR task.day_done IS NULL OR entry.day <> task.day_done)
    """,
    "each task that is done was paid once, and no other": """
        SELECT task.id, count(entry.seq) FROM task LEFT JOIN entry
            ON entry.task_id = task.id AND entry.kind = 'reward'
        GROUP BY task.id, task.status HAVING count(entry.seq) <> CASE WHEN task.status = 'done' THEN 1 ELSE 0 END
    """,
    "who holds a task was charged for it": """
        SELECT task.id, task.assignee_id FROM task LEFT JOIN (
            SELECT DISTINCT task_id, account_id FROM entry WHERE kind = 'fee'
        ) AS charged ON charged.task_id = task.id AND charged.account_id = task.assignee_id
        WHERE charged.task_id IS NULL
    """,
    "a reassignment charged what it says": """
        SELECT reassignment.id, reassignment.fees_cents FROM reassignment LEFT JOIN (
            SELECT round_id, count(*) AS moved, -sum(amount_cents) AS cents FROM entry
            WHERE kind = 'fee' GROUP BY round_id
        ) AS found ON found.round_id = reassignment.id
        WHERE reassignment.fees_cents <> coalesce(found.cents, 0)
            OR reassignment.done - reassignment.unchanged <> coalesce(found.moved, 0)
            OR (reassignment.state = 'done' AND reassignment.done + reassignment.skipped <> reassignment.total)
    """,
    "a reassignment left unchanged what it says": """
        SELECT reassignment.id, reassignment.unchanged FROM reassignment
        JOIN roster ON roster.hash = reassignment.roster_hash
        LEFT JOIN (SELECT round_id, count(*) AS stayed FROM reassignment_stay GROUP BY round_id) AS found
            ON found.round_id = reassignment.id
        WHERE reassignment.last_task IS NOT NULL AND reassignment.unchanged <> coalesce(found.stayed, 0)
    """,
}
