"""What is typed about a product: read from its form, made from what is registered, told to auth_service."""
# ruff: noqa: S105 (names of RFC 7591 that only sound like secrets)

import hashlib
import json
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from frontend.administration_views import PersonName, Product
from frontend.products import kind_of

GRANTS = {
    "web": ["authorization_code", "refresh_token"],
    "browser": ["authorization_code", "refresh_token"],
    "service": ["client_credentials"],
}
USUAL_SCOPE = "openid profile email roles offline_access"


class Draft(BaseModel):
    """The fields of the form, as they were typed. Lists of URIs are lines; a person is `id name`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    idempotency_key: str = ""
    version: int = 0  # of the product when the form was shown
    act: str = ""  # which button was pressed
    client_name: str = ""
    client_uri: str = ""
    kind: str = "web"
    token_endpoint_auth_method: str = "client_secret_basic"
    jwks: str = ""
    jwks_uri: str = ""
    redirect_uris: str = ""
    post_logout_redirect_uris: str = ""
    backchannel_logout_uri: str = ""
    scope: str = USUAL_SCOPE
    id_token_signed_response_alg: str = "RS256"
    userinfo_signed_response_alg: str = ""
    trusted: bool = False
    roles: list[str] = []
    people: list[str] = []
    find: str = ""

    @classmethod
    def of(cls, product: Product) -> Self:
        method = product["token_endpoint_auth_method"]
        return cls(
            version=product["version"],
            client_name=product["client_name"],
            client_uri=product["client_uri"] or "",
            kind=kind_of(product),
            token_endpoint_auth_method="client_secret_basic" if method == "none" else method,
            jwks=json.dumps(product["jwks"], indent=1) if product["jwks"] else "",
            jwks_uri=product["jwks_uri"] or "",
            redirect_uris="\n".join(product["redirect_uris"]),
            post_logout_redirect_uris="\n".join(product["post_logout_redirect_uris"]),
            backchannel_logout_uri=product["backchannel_logout_uri"] or "",
            scope=product["scope"],
            id_token_signed_response_alg=product["id_token_signed_response_alg"],
            userinfo_signed_response_alg=product["userinfo_signed_response_alg"] or "",
            trusted=product["trusted"],
            roles=product["roles"],
            people=[f"{person['id']} {person['name']}" for person in product["people"]],
        )

    @property
    def named(self) -> list[PersonName]:
        """Whom it lets in by name, each once."""
        split = {each.partition(" ")[0]: each.partition(" ")[2] for each in self.people if each}
        return [{"id": person_id, "name": name or person_id} for person_id, name in split.items()]

    @property
    def is_searching(self) -> bool:
        """Enter presses the first button of a form, which is the search: with nothing to search for it means "save"."""
        return self.act == "find" and bool(self.find.strip())

    def client_id(self, person_id: str) -> str:
        """One rendered form adds one product, however often it is sent."""
        return hashlib.sha256(f"{person_id} {self.idempotency_key}".encode()).hexdigest()[:20]

    def new(self, person_id: str) -> dict[str, Any]:
        """Raises ValueError when the keys are no JSON."""
        return {"client_id": self.client_id(person_id), "grant_types": GRANTS.get(self.kind, []), **self._fields()}

    def changes(self) -> dict[str, Any]:
        """What the form does not ask (grants) stays as it is. Raises ValueError when the keys are no JSON."""
        return {"version": self.version, **self._fields()}

    def _fields(self) -> dict[str, Any]:
        """As RFC 7591 names them."""
        is_entered = self.kind != "service"
        return {
            "client_name": self.client_name,
            "client_uri": self.client_uri.strip() or None,
            "token_endpoint_auth_method": "none" if self.kind == "browser" else self.token_endpoint_auth_method,
            "redirect_uris": lines_of(self.redirect_uris) if is_entered else [],
            "post_logout_redirect_uris": lines_of(self.post_logout_redirect_uris) if is_entered else [],
            "backchannel_logout_uri": self.backchannel_logout_uri.strip() or None,
            "scope": " ".join(self.scope.split()),
            "id_token_signed_response_alg": self.id_token_signed_response_alg,
            "userinfo_signed_response_alg": self.userinfo_signed_response_alg or None,
            "trusted": self.trusted,
            "roles": self.roles,
            "people": [person["id"] for person in self.named],
            **self._own_keys(),
        }

    def _own_keys(self) -> dict[str, Any]:
        if self.kind == "browser" or self.token_endpoint_auth_method != "private_key_jwt":
            return {"jwks": None, "jwks_uri": None}
        return {"jwks": json.loads(self.jwks) if self.jwks.strip() else None, "jwks_uri": self.jwks_uri.strip() or None}


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
