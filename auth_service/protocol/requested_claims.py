"""The `claims` parameter (OpenID Connect Core section 5.5): single claims, asked for by name and place.

A claim is told when the product may have the scope it belongs to and the person consents to that scope, although the
token is not granted it. Claims that we do not know, or that are told anyway, are passed over.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749 import InvalidRequestError

from auth_service.products.product import Product
from auth_service.protocol.claims import CLAIMS_OF_SCOPES

PLACES = ("userinfo", "id_token")
Places = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class RequestedClaims:
    places: Places

    def names(self, place: str) -> list[str]:
        return list(self.places.get(place, {}))

    def kept_for(self, product: Product) -> dict[str, list[str]] | None:
        """What is remembered with the code: by place, the names that this product may ask for."""
        allowed = {name for scope in product.scope.split() for name in CLAIMS_OF_SCOPES.get(scope, ())}
        kept = {place: [name for name in self.names(place) if name in allowed] for place in PLACES}
        return kept if any(kept.values()) else None

    @property
    def subjects(self) -> set[Any]:
        """Whom the product wants to be signed in, if it says so."""
        wished = (members.get("sub") for members in self.places.values())
        return {wish["value"] for wish in wished if isinstance(wish, dict) and isinstance(wish.get("value"), str)}

    @property
    def needed_acrs(self) -> list[Any]:
        """Ways of signing in, of which one is essential (section 5.5.1.1); empty when any will do."""
        acr = self.places.get("id_token", {}).get("acr")
        if not isinstance(acr, dict) or acr.get("essential") is not True:
            return []
        values = acr.get("values", [acr["value"]] if "value" in acr else [])
        return values if isinstance(values, list) else [values]


def read_claims(text: str | None) -> RequestedClaims:
    """Raises InvalidRequestError."""
    if text is None:
        return RequestedClaims({})
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidRequestError("The claims are not JSON.") from None
    if not isinstance(document, dict) or not all(isinstance(members, dict) for members in places_in(document)):
        raise InvalidRequestError("The claims must be an object of objects.")
    return RequestedClaims({place: document.get(place) or {} for place in PLACES})


def places_in(document: Mapping[str, Any]) -> Iterator[Any]:
    return (document[place] for place in PLACES if document.get(place) is not None)


def scope_to_consent(scope: str, kept: Mapping[str, list[str]] | None) -> str:
    """The granted scope, and those that the single claims belong to: what the person is asked about."""
    names = {name for asked in (kept or {}).values() for name in asked}
    besides = [name for name, claims in CLAIMS_OF_SCOPES.items() if names & set(claims)]
    return " ".join(dict.fromkeys([*scope.split(), *besides]))
