"""The values of `prompt` (OpenID Connect Core section 3.1.2.1)."""

PROMPTS = ("none", "login", "consent", "select_account")
