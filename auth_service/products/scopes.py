"""Scopes: what each one means. Who may be granted which is decided in `protocol/scopes.py`."""

IDENTITY = {
    "openid": "know that it is you",
    "profile": "see your name, picture and language",
    "email": "see your e-mail address",
    "roles": "see your role in the company",
    "offline_access": "stay signed in while you are away",
}
DIRECTORY = {
    "people:read": "read the directory of people",
    "people:write": "change the directory of people",
}
ADMINISTRATION = {"administration": "administer products, sessions, keys and the trail"}
FOR_ADMINS = DIRECTORY | ADMINISTRATION
SENTENCES = IDENTITY | {"ates": "work with your tasks and your account"} | FOR_ADMINS
SUPPORTED = list(SENTENCES)
DEFAULT = " ".join(IDENTITY)


def known_scope(text: str) -> str:
    """Each word once. Raises ValueError with a sentence for whoever registers a product."""
    words = list(dict.fromkeys(text.split()))
    if unknown := [word for word in words if word not in SENTENCES]:
        raise ValueError(f"has no scope {', '.join(unknown)[:200]} here; there are {', '.join(SUPPORTED)}")
    return " ".join(words)
