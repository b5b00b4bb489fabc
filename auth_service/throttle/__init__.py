"""The throttle: how often a wrong beak may be tried, by whom and from where. In the database, so that every process
counts alike and a restart forgets nothing. Knows people by plumage and id, and beaks not at all.

Tries that are being checked already when a pause begins are not called back: a few dozen per process at most. In return
a right beak costs one look and no write, and any number of right ones at once is fine.
"""
