"""What the books promise, each with the query that finds who breaks it: the ledger's part of `backend verify`.

A projection (a balance, a total, a payout row, a letter) without a line here would be a defect of its own.
"""

TOLD = ("person_id", "round_id", "day", "amount_cents")  # in a letter


def with_hyphens(column: str) -> str:
    """An id as letters write it; SQLite keeps ids as 32 digits."""
    parts = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
    return " || '-' || ".join(f"substr({column}, {start}, {length})" for start, length in parts)


DIALECTS = {
    "postgresql": {
        "dedup": "'payout:' || payout.account_id || ':' || payout.day",
        "new_work_dedup": "'new work:' || charged.round_id || ':' || charged.account_id",
        "day_before_open": "account.open_day - 1",
        **{f"letter_{name}": f"coalesce(outbox.payload ->> '{name}', '')" for name in TOLD},
    },
    "sqlite": {
        "dedup": f"'payout:' || {with_hyphens('payout.account_id')} || ':' || payout.day",
        "new_work_dedup": (
            f"'new work:' || {with_hyphens('charged.round_id')} || ':' || {with_hyphens('charged.account_id')}"
        ),
        "day_before_open": "date(account.open_day, '-1 day')",
        **{
            f"letter_{name}": (
                "coalesce(CASE WHEN json_valid(outbox.payload) "
                f"THEN CAST(json_extract(outbox.payload, '$.{name}') AS text) END, '')"
            )
            for name in TOLD
        },
    },
}

PROMISES = {
    "an account's entries are numbered without a gap": """
        SELECT account_id, seq FROM (
            SELECT account_id, seq, lag(seq, 1, 0) OVER (PARTITION BY account_id ORDER BY seq) AS before FROM entry
        ) AS numbered WHERE seq <> before + 1
    """,
    "each balance is the one before plus the amount": """
        SELECT account_id, seq FROM (
            SELECT account_id, seq, amount_cents, balance_after_cents,
                lag(balance_after_cents, 1, 0) OVER (PARTITION BY account_id ORDER BY seq) AS before FROM entry
        ) AS continued WHERE balance_after_cents <> before + amount_cents
    """,
    "an account stands where its last entry left it": """
        SELECT account.id, account.balance_cents FROM account LEFT JOIN (
            SELECT account_id, max(seq) AS seq, sum(amount_cents) AS cents FROM entry GROUP BY account_id
        ) AS found ON found.account_id = account.id
        WHERE account.last_seq <> coalesce(found.seq, 0) OR account.balance_cents <> coalesce(found.cents, 0)
    """,
    "every entry belongs to an account": """
        SELECT entry.account_id, entry.seq FROM entry LEFT JOIN account ON account.id = entry.account_id
        WHERE account.id IS NULL
    """,
    "days never go back along an account's entries": """
        SELECT account_id, seq FROM (
            SELECT account_id, seq, day, lag(day) OVER (PARTITION BY account_id ORDER BY seq) AS before FROM entry
        ) AS dated WHERE day < before
    """,
    "no entry lies after its account's open day": """
        SELECT entry.account_id, entry.seq FROM entry JOIN account ON account.id = entry.account_id
        WHERE entry.day > account.open_day
    """,
    "an account's open day has begun": """
        SELECT account.id, account.open_day FROM account LEFT JOIN day ON day.day = account.open_day
        LEFT JOIN day AS before ON before.day = {day_before_open} AND before.state <> 'open'
        LEFT JOIN entry ON entry.account_id = account.id AND entry.seq = account.last_seq
            AND entry.day = account.open_day
        WHERE day.day IS NULL AND before.day IS NULL AND entry.seq IS NULL
    """,
    "fees and rewards are whole dollars within the bounds of A4": """
        SELECT account_id, seq, kind, amount_cents FROM entry
        WHERE (kind = 'fee' AND amount_cents NOT BETWEEN -2000 AND -1000)
            OR (kind = 'reward' AND amount_cents NOT BETWEEN 2000 AND 4000)
            OR (kind IN ('fee', 'reward') AND amount_cents / 100 * 100 <> amount_cents)
    """,
    "each payout has its entry": """
        SELECT payout.account_id, payout.day FROM payout LEFT JOIN entry
            ON entry.account_id = payout.account_id AND entry.seq = payout.entry_seq AND entry.kind = 'payout'
            AND entry.day = payout.day AND entry.amount_cents = -payout.amount_cents
        WHERE entry.seq IS NULL
    """,
    "each payout entry has its payout": """
        SELECT entry.account_id, entry.seq FROM entry LEFT JOIN payout
            ON payout.account_id = entry.account_id AND payout.day = entry.day AND payout.entry_seq = entry.seq
        WHERE entry.kind = 'payout' AND payout.day IS NULL
    """,
    "a positive balance does not outlive its day": """
        SELECT entry.account_id, entry.day FROM entry
        JOIN (SELECT account_id, day, max(seq) AS seq FROM entry GROUP BY account_id, day) AS last
            ON last.account_id = entry.account_id AND last.seq = entry.seq
        JOIN account ON account.id = entry.account_id
        WHERE entry.day < account.open_day AND entry.balance_after_cents > 0
    """,
    "a closed day has the totals of its entries": """
        SELECT day.day, day.entries FROM day LEFT JOIN (
            SELECT day, count(*) AS entries,
                -sum(CASE WHEN kind = 'fee' THEN amount_cents ELSE 0 END) AS fees,
                sum(CASE WHEN kind = 'reward' THEN amount_cents ELSE 0 END) AS rewards,
                -sum(CASE WHEN kind = 'payout' THEN amount_cents ELSE 0 END) AS payouts,
                sum(CASE WHEN kind = 'correction' THEN amount_cents ELSE 0 END) AS corrections
            FROM entry GROUP BY day
        ) AS found ON found.day = day.day
        WHERE day.state = 'closed' AND (day.entries <> coalesce(found.entries, 0)
            OR day.fees_cents <> coalesce(found.fees, 0) OR day.rewards_cents <> coalesce(found.rewards, 0)
            OR day.payouts_cents <> coalesce(found.payouts, 0)
            OR day.corrections_cents <> coalesce(found.corrections, 0))
    """,
    "only a closed day has totals, a seal and the time of its closing": """
        SELECT day.day, day.state FROM day WHERE (day.state = 'closed') <> (day.closed_at IS NOT NULL)
            OR (day.state <> 'closed' AND (day.seal IS NOT NULL OR day.entries <> 0 OR day.fees_cents <> 0
                OR day.rewards_cents <> 0 OR day.payouts_cents <> 0 OR day.corrections_cents <> 0))
    """,
    "blocks are kept of sealed days only": """
        SELECT DISTINCT seal_block.day FROM seal_block LEFT JOIN day ON day.day = seal_block.day
        WHERE day.seal IS NULL
    """,
    "a payout is nobody's order": """
        SELECT account_id, seq FROM entry WHERE kind = 'payout' AND actor <> '00000000000000000000000000000000'
    """,
    "a correction has a reason and the name of who made it": """
        SELECT entry.account_id, entry.seq FROM entry LEFT JOIN person ON person.id = entry.actor
        WHERE entry.kind = 'correction' AND (coalesce(entry.reason, '') = '' OR person.id IS NULL
            OR entry.actor = entry.account_id)
    """,
    "days are closed one after the other": """
        SELECT day.day FROM day JOIN day AS closed ON closed.day > day.day AND closed.state = 'closed'
        WHERE day.state <> 'closed' GROUP BY day.day
    """,
    "each payout has its letter, with the same amount": """
        SELECT payout.account_id, payout.day FROM payout LEFT JOIN outbox ON outbox.dedup = {dedup}
        WHERE outbox.id IS NULL OR outbox.topic <> 'payout'
            OR {letter_amount_cents} <> CAST(payout.amount_cents AS varchar(20))
    """,
    "each letter about a payout has its payout": """
        SELECT dedup FROM outbox WHERE topic = 'payout' EXCEPT SELECT {dedup} FROM payout
    """,
    "a letter about a payout waits for the seal of its day": """
        SELECT outbox.id FROM outbox JOIN payout ON outbox.dedup = {dedup} LEFT JOIN day ON day.day = payout.day
        WHERE (coalesce(day.state, 'open') = 'closed') <> (outbox.awaits_day IS NULL)
            OR outbox.awaits_day <> payout.day
    """,
    "a letter goes to whom and is about what it was posted for": """
        SELECT outbox.id, outbox.topic FROM outbox WHERE outbox.dedup <> CASE outbox.topic
            WHEN 'payout' THEN 'payout:' || {letter_person_id} || ':' || {letter_day}
            WHEN 'new work' THEN 'new work:' || {letter_round_id} || ':' || {letter_person_id} ELSE '' END
    """,
    "a letter that was sent is not a dead one": """
        SELECT outbox.id FROM outbox WHERE outbox.sent_at IS NOT NULL AND outbox.dead_at IS NOT NULL
    """,
    "money is in whole cents": """
        SELECT 'entry', account_id, seq FROM entry WHERE amount_cents <> CAST(amount_cents AS bigint)
            OR balance_after_cents <> CAST(balance_after_cents AS bigint)
        UNION ALL SELECT 'payout', account_id, entry_seq FROM payout WHERE amount_cents <> CAST(amount_cents AS bigint)
        UNION ALL SELECT 'account', id, last_seq FROM account WHERE balance_cents <> CAST(balance_cents AS bigint)
        UNION ALL SELECT 'task', id, 0 FROM task WHERE fee_cents <> CAST(fee_cents AS bigint)
            OR reward_cents <> CAST(reward_cents AS bigint)
    """,
    "no account is open on a closed day": """
        SELECT account.id, account.open_day FROM account
        WHERE account.open_day <= (SELECT max(day.day) FROM day WHERE day.state = 'closed')
    """,
}
