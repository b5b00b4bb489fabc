"""Scopes: who may be granted which, and for which audience an access token is made.

The audience rule is explained in docs/decisions/audience-rule.md.
"""

from auth_service.people.person import Person
from auth_service.products.scopes import ADMINISTRATION, FOR_ADMINS

RESOURCES = {"ates": "backend"}  # a scope that belongs to an API of its own, and the audience of that API


def grantable(scope: str, person: Person) -> str:
    """Without what this person may not hand on: the directory is for admins, asked anew at every token."""
    return " ".join(name for name in scope.split() if person.is_admin or name not in FOR_ADMINS)


def grantable_to_product(scope: str) -> str:
    """For one that speaks for itself: administering is for people, so that the trail can name one."""
    return " ".join(name for name in scope.split() if name not in ADMINISTRATION)


def audience_and_scope(scope: str, *, issuer: str) -> tuple[str, str]:
    """One audience per access token (RFC 9068): that of the API when a scope names one, else our own."""
    for name, audience in RESOURCES.items():
        if name in scope.split():
            return audience, name
    return issuer, scope
