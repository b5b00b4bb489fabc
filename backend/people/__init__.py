"""The people of the company, as the directory of auth_service last told us: who they are, what they may do, who left.

A replica: nothing here is decided here. Fed by one feed, which also tells whether auth_service can be reached.
"""
