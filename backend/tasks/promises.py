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
    "a task is with whom its last round sent it, or still with its first": """
        SELECT task.id, task.assignee_id FROM task LEFT JOIN reassignment ON reassignment.id = task.round_id
        LEFT JOIN entry ON entry.task_id = task.id AND entry.kind = 'fee'
            AND entry.round_id = coalesce(task.round_id, task.id)
        LEFT JOIN reassignment_stay AS stay ON stay.task_id = task.id AND stay.round_id = task.round_id
        WHERE (reassignment.id IS NULL OR reassignment.last_task IS NOT NULL)
            AND ((entry.account_id IS NULL) = (stay.account_id IS NULL)
                OR task.assignee_id <> coalesce(entry.account_id, stay.account_id))
    """,
    "a task that was dealt anew says so": """
        SELECT task.id FROM task WHERE task.round_id IS NULL AND (
            EXISTS (SELECT 1 FROM entry WHERE entry.task_id = task.id AND entry.kind = 'fee'
                AND entry.round_id <> entry.task_id)
            OR task.id IN (SELECT task_id FROM reassignment_stay))
    """,
    "an entry calls its task what it is called": """
        SELECT entry.account_id, entry.seq FROM entry JOIN task ON task.id = entry.task_id
        WHERE entry.task_title <> task.title
    """,
    "a first fee and a reward are of the moment and by the popug that their task tells": """
        SELECT entry.account_id, entry.seq FROM entry JOIN task ON task.id = entry.task_id
        WHERE (entry.kind = 'fee' AND entry.round_id = task.id
                AND (entry.created_at <> task.created_at OR entry.actor <> task.created_by))
            OR (entry.kind = 'reward' AND (entry.round_id <> task.id OR entry.actor <> entry.account_id
                OR task.done_at IS NULL OR entry.created_at <> task.done_at))
    """,
    "every other fee belongs to a reassignment, by whoever pressed": """
        SELECT entry.account_id, entry.seq FROM entry LEFT JOIN reassignment ON reassignment.id = entry.round_id
        WHERE entry.kind = 'fee' AND entry.round_id <> entry.task_id
            AND (reassignment.id IS NULL OR reassignment.actor <> entry.actor)
    """,
    "what stayed in a reassignment belongs to one": """
        SELECT DISTINCT stay.round_id FROM reassignment_stay AS stay
        LEFT JOIN reassignment ON reassignment.id = stay.round_id WHERE reassignment.id IS NULL
    """,
    "whom a reassignment brought tasks has a letter, unless they chose otherwise": """
        SELECT charged.account_id, charged.round_id FROM (
            SELECT DISTINCT account_id, round_id FROM entry WHERE kind = 'fee' AND round_id <> task_id
        ) AS charged JOIN reassignment ON reassignment.id = charged.round_id
        LEFT JOIN preference ON preference.person_id = charged.account_id
        LEFT JOIN outbox ON outbox.dedup = {new_work_dedup}
        WHERE reassignment.state = 'done' AND reassignment.last_task IS NOT NULL
            AND preference.person_id IS NULL AND outbox.id IS NULL
    """,
    "a letter about new work is to whom a reassignment charged": """
        SELECT dedup FROM outbox WHERE topic = 'new work' EXCEPT SELECT {new_work_dedup} FROM (
            SELECT DISTINCT account_id, round_id FROM entry WHERE kind = 'fee' AND round_id <> task_id
        ) AS charged
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
        LEFT JOIN (SELECT round_id, count(*) AS stayed FROM reassignment_stay GROUP BY round_id) AS found
            ON found.round_id = reassignment.id
        WHERE reassignment.last_task IS NOT NULL AND reassignment.unchanged <> coalesce(found.stayed, 0)
    """,
}
