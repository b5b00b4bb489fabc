"""Products, for admins: the applications that reuse the sign-in, their secrets, and a try of the sign-in itself."""
# ruff: noqa: S105 (names of RFC 7591 that only sound like secrets)

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.responses import Response

from frontend.administration_views import NewSecret, Product, SignInTest
from frontend.errors import Refused
from frontend.pages import Block, address, back_to, wants_blocks
from frontend.people import TOLD_ONCE
from frontend.provider import DISCOVERY
from frontend.visitor import Here, Visitor

router = APIRouter()

MORE = (Block("rows", swap="beforeend"), Block("more"))
KINDS = {"web": "web application with a server", "browser": "application in the browser", "service": "service"}
NOTHING_DONE = (
    "No secret was made: the product has changed since this page was opened. If you pressed twice, the first press "
    "made one, and it was shown then. Look at the page again, and make another if you need it."
)
OVERLAPS = (
    (86400, "The old one lasts a day more"),
    (604800, "The old one lasts a week more"),
    (2592000, "The old one lasts 30 days more"),
    (3600, "The old one lasts an hour more"),
    (0, "The old one is dead at once"),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What whoever runs the product copies into it."""

    issuer: str
    client_id: str
    client_secret: str | None

    @property
    def discovery_url(self) -> str:
        return self.issuer + DISCOVERY

    @property
    def as_text(self) -> str:
        lines = {
            "OIDC_ISSUER": self.issuer,
            "OIDC_DISCOVERY_URL": self.discovery_url,
            "OIDC_CLIENT_ID": self.client_id,
            "OIDC_CLIENT_SECRET": self.client_secret,
        }
        return "\n".join(f"{name}={value}" for name, value in lines.items() if value)


def kind_of(product: Product) -> str:
    if product["token_endpoint_auth_method"] == "none":
        return "browser"
    return "web" if "authorization_code" in product["grant_types"] else "service"


@router.get("/products")
def products(here: Here, q: str = "", after: str = "") -> Response:
    page = here.people.products(q=q, after=after)
    context = {
        "products": page["items"],
        "q": q,
        "kinds": KINDS,
        "kind_of": kind_of,
        "further": address("/products", q=q, after=page["next"]) if page["next"] else None,
    }
    return here.show("products.html", context, blocks=MORE if after and wants_blocks(here.request) else ())


@router.get("/products/{client_id}")
def product(here: Here, client_id: str) -> Response:
    return show_product(here, here.people.product(client_id))


@router.post("/products/{client_id}/secret")
def new_secret(
    here: Here,
    client_id: str,
    overlap_seconds: Annotated[int, Form(ge=0, le=2592000)] = 86400,
    version: Annotated[int | None, Form()] = None,
) -> Response:
    """Told in this answer and nowhere else. Pressed twice it makes one: a second would be the end of the old one."""
    try:
        made: NewSecret = here.people.new_secret(client_id, overlap_seconds=overlap_seconds, version=version)
    except Refused as refusal:
        return show_refused(here, client_id, refusal)
    return show_product(here, here.people.product(client_id), client_secret=made["client_secret"])


@router.post("/products/{client_id}/sign-in-test")
def try_sign_in(here: Here, client_id: str, redirect_uri: Annotated[str, Form()] = "") -> Response:
    """A dry run as the admin who asks: nothing is issued."""
    product, tried = here.people.at_once(
        lambda: here.people.product(client_id),
        lambda: here.people.try_sign_in(client_id, redirect_uri=redirect_uri),
    )
    blocks = ["sign_in_test"] if wants_blocks(here.request) else []
    return show_product(here, product, tried=tried, redirect_uri=redirect_uri, blocks=blocks)


@router.post("/products/{client_id}/disabling")
def disable(here: Here, client_id: str) -> Response:
    return set_active(here, client_id, active=False, notice="disabled")


@router.post("/products/{client_id}/enabling")
def enable(here: Here, client_id: str) -> Response:
    return set_active(here, client_id, active=True, notice="enabled")


def set_active(here: Visitor, client_id: str, *, active: bool, notice: str) -> Response:
    try:
        here.people.change_product(client_id, {"active": active})
    except Refused as refusal:
        return show_refused(here, client_id, refusal)
    return back_to(f"/products/{client_id}", notice=notice)


def show_refused(here: Visitor, client_id: str, refusal: Refused) -> Response:
    """What the rules forbid is said on the product's page. Raises Refused for everything else."""
    if refusal.status not in (409, 422):
        raise refusal
    sentence = NOTHING_DONE if refusal.kind.endswith("/changed-meanwhile") else refusal.detail
    return show_product(here, here.people.product(client_id), refusal=sentence, status=refusal.status)


def show_product(
    here: Visitor,
    product: Product,
    *,
    client_secret: str | None = None,
    is_new: bool = False,
    tried: SignInTest | None = None,
    redirect_uri: str = "",
    refusal: str = "",
    **options: Any,
) -> Response:
    context = {
        "product": product,
        "kind": kind_of(product),
        "kinds": KINDS,
        "overlaps": OVERLAPS,
        "settings": Settings(here.house.settings.issuer, product["client_id"], client_secret),
        "is_new": is_new,
        "tried": tried,
        "redirect_uri": redirect_uri,
        "refusal": refusal,
    }
    headers = TOLD_ONCE if client_secret else {}
    return here.show("product.html", context, **{"headers": headers, **options})
