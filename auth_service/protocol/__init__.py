"""OpenID Connect and OAuth 2: one file per endpoint or grant, checks as a table, one dispatcher."""
