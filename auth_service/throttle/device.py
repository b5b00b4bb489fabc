"""Known devices: browsers that someone has signed in with before, told by a cookie that only we can make.

An entry holds for one person, so that nobody can use a device of their own to try another person's beak.
"""

import hmac
import re
import secrets

from auth_service.keys.derivation import keyed

MOST_ENTRIES = 5  # people who share one browser
ENTRY = re.compile(r"([0-9a-f-]{36})\.([A-Za-z0-9_-]{22})\.([0-9a-f]{64})")


def device_of(cookie: str | None, person_id: str, key: bytes) -> str | None:
    """The name of the device, when this person has signed in with it before."""
    return next((device for owner, device in entries(cookie, key) if owner == person_id), None)


def people_of(cookie: str | None, key: bytes) -> list[str]:
    """Who has signed in here, the latest first."""
    return [owner for owner, _ in entries(cookie, key)]


def with_person(cookie: str | None, person_id: str, key: bytes) -> str:
    """The cookie after this person signed in; whoever was here longest ago makes room."""
    device = device_of(cookie, person_id, key) or secrets.token_urlsafe(16)
    others = [entry for entry in entries(cookie, key) if entry[0] != person_id]
    kept = [(person_id, device), *others][:MOST_ENTRIES]
    return "~".join(f"{owner}.{device}.{seal(owner, device, key)}" for owner, device in kept)


def entries(cookie: str | None, key: bytes) -> list[tuple[str, str]]:
    """Those that we made; anything else in the cookie is passed over."""
    found = [ENTRY.fullmatch(part) for part in (cookie or "")[:2000].split("~")]
    read = [match.groups() for match in found if match]
    return [(owner, device) for owner, device, mac in read if hmac.compare_digest(mac, seal(owner, device, key))]


def seal(owner: str, device: str, key: bytes) -> str:
    return keyed(key, owner, device).hex()
