"""An authorization request on its way through the checks, each of which fills in what it has found to be right."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from auth_service.house import House
from auth_service.products.product import Product
from auth_service.protocol.messages import Fields, ProtocolRequest
from auth_service.protocol.provider import Provider

# What travels through the forms of the sign-in and consent pages. Other parameters mean nothing to us.
CARRIED = (
    *("response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "response_mode"),
    *("code_challenge", "code_challenge_method", "prompt", "max_age", "id_token_hint", "login_hint"),
    *("claims", "acr_values", "ui_locales"),
)
SATISFIED_BY_SIGNING_IN = ("prompt", "max_age", "id_token_hint")


@dataclass
class Asked:
    request: ProtocolRequest
    house: House
    session: Session
    product: Product = field(init=False)
    redirect_uri: str | None = None  # once it is known to be right; from then on errors go there
    scope: str = ""
    prompts: frozenset[str] = frozenset()
    max_age_seconds: int | None = None
    hinted_person_id: str | None = None
    claims: dict[str, list[str]] | None = None  # asked for by name, by place

    def __post_init__(self) -> None:
        self.provider = Provider(self.house, self.session)

    @property
    def fields(self) -> Fields:
        return self.request.fields

    def get(self, name: str) -> str | None:
        return self.fields.get(name)

    @property
    def carried(self) -> Mapping[str, str]:
        return {name: value for name in CARRIED if (value := self.get(name))}

    @property
    def carried_after_signing_in(self) -> Mapping[str, str]:
        """`prompt=login` and its like were obeyed; asking once more on the way back from consent would be a loop."""
        return {name: value for name, value in self.carried.items() if name not in SATISFIED_BY_SIGNING_IN}
