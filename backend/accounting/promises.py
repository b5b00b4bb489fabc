"""What the books promise, each with the query that finds who breaks it: the ledger's part of `backend verify`.

A projection (a balance, a total, a payout row, a letter) without a line here would be a defect of its own.
"""

DIALECTS = {
    "postgresql": {
        "dedup": "'payout:' || payout.account_id || ':' || payout.day",
        "letter_cents": "CAST(outbox.payload ->> 'amount_cents' AS bigint)",
    },
    "sqlite": {
        "dedup": (
            "'payout:' || substr(payout.account_id, 1, 8) || '-' || substr(payout.account_id, 9, 4) || '-' || "
            "substr(payout.account_id, 13, 4) || '-' || substr(payout.account_id, 17, 4) || '-' || "
            "substr(payout.account_id, 21) || ':' || payout.day"
        ),
        "letter_cents": "json_extract(outbox.payload, '$.amount_cents')",
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
        WHERE outbox.id IS NULL OR outbox.topic <> 'payout' OR {letter_cents} <> payout.amount_cents
    """,
    "each letter about a payout has its payout": """
        SELECT outbox.id FROM outbox LEFT JOIN (SELECT {dedup} AS dedup FROM payout) AS paid
            ON paid.dedup = outbox.dedup
        WHERE outbox.topic = 'payout' AND paid.dedup IS NULL
    """,
    "a letter about a payout waits for the seal of its day": """
        SELECT outbox.id FROM outbox JOIN payout ON outbox.dedup = {dedup} LEFT JOIN day ON day.day = payout.day
        WHERE (coalesce(day.state, 'open') = 'closed') <> (outbox.awaits_day IS NULL) AND outbox.sent_at IS NULL
    """,
    "no account is open on a closed day": """
        SELECT account.id, account.open_day FROM account JOIN day ON day.day = account.open_day
        WHERE day.state = 'closed'
    """,
}
