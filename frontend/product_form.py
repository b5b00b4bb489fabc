"""Adding and editing a product: what was typed is kept, addresses are checked as they are typed, two admins at once see
each other."""

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.responses import Response

from frontend.administration_views import PersonName, Product, ProductName, UriCheck
from frontend.errors import Refused, Unreachable
from frontend.pages import back_to
from frontend.people import DOWN, ROLES, TOLD_ONCE
from frontend.product_draft import Draft, lines_of
from frontend.products import KINDS, show_product
from frontend.visitor import Here, Visitor

router = APIRouter()

Typed = Annotated[Draft, Form()]
CHECKED_AT_ONCE = 8  # addresses, while somebody types
FIELD_NAMES = {
    "client_name": "Name",
    "client_uri": "Home page",
    "redirect_uris": "Redirect addresses",
    "post_logout_redirect_uris": "Addresses after sign-out",
    "backchannel_logout_uri": "Address for sign-outs",
    "token_endpoint_auth_method": "How it proves itself",
    "jwks": "Its public keys",
    "jwks_uri": "Where its public keys are",
    "scope": "What it may ask for",
    "id_token_signed_response_alg": "Algorithm of ID tokens",
    "userinfo_signed_response_alg": "Userinfo",
    "trusted": "Trusted",
    "roles": "Roles that may enter",
    "people": "People who may enter",
}
MADE_BEFORE = "This form has already added the product. Its secret was shown then; if it is lost, make a new one here."
NOT_JSON = 'This is not JSON. Paste the whole key set: {"keys": […]}.'


@dataclass(frozen=True, slots=True)
class Objections:
    """What was wrong with the form: a sentence for all of it, sentences by field, or what somebody else saved."""

    refusal: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    meanwhile: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, refusal: Refused) -> "Objections":
        errors: dict[str, str] = {}
        for place, message in refusal.errors.items():
            name, _, line = place.partition(".")
            sentence = message.removeprefix("Value error, ")
            errors[name] = f"Line {int(line) + 1}: {sentence}" if line.isdecimal() else sentence
        known = {name: message for name, message in errors.items() if name in FIELD_NAMES}
        return cls(refusal.detail.replace("Value error, ", ""), known)


@router.get("/new-product")
def new(here: Here) -> Response:
    here.people.must_be_an_admins()
    return show_form(here, Draft())


@router.post("/products")
def add(here: Here, typed: Typed) -> Response:
    """The secret is told in this answer and nowhere else. The same form sent twice adds one product."""
    if typed.is_searching:
        return show_form(here, typed, found=find_people(here, typed.find))
    try:
        product = here.people.add_product(typed.new(here.person.id))
    except ValueError:
        return show_form(here, typed, Objections("", {"jwks": NOT_JSON}), status=422)
    except Refused as refusal:
        if refusal.kind.endswith("/client-id-taken"):
            made = here.people.product(typed.client_id(here.person.id))
            return show_product(here, made, refusal=MADE_BEFORE, status=409)
        return show_refused(here, typed, refusal)
    except Unreachable:
        return show_form(here, typed, Objections(DOWN), status=503)
    secret = product.get("client_secret")
    return show_product(here, product, client_secret=secret, is_new=True, headers=TOLD_ONCE)


@router.get("/products/{client_id}/facts")
def edit(here: Here, client_id: str) -> Response:
    product = here.people.product(client_id)
    return show_form(here, Draft.of(product), product=product)


@router.post("/products/{client_id}/facts")
def save(here: Here, client_id: str, typed: Typed) -> Response:
    """A secret is told where the product needs one from now on and had none."""
    if typed.is_searching:
        return show_form(here, typed, product=here.people.product(client_id), found=find_people(here, typed.find))
    try:
        product = here.people.change_product(client_id, typed.changes())
    except ValueError:
        return show_form(here, typed, Objections("", {"jwks": NOT_JSON}), product=called(client_id, typed), status=422)
    except Refused as refusal:
        if refusal.kind.endswith("/changed-meanwhile"):
            return show_meanwhile(here, client_id, typed)
        return show_refused(here, typed, refusal, product=called(client_id, typed))
    except Unreachable:
        return show_form(here, typed, Objections(DOWN), product=called(client_id, typed), status=503)
    if secret := product.get("client_secret"):
        return show_product(here, product, client_secret=secret)
    return back_to(f"/products/{client_id}", notice="changed")


def show_meanwhile(here: Visitor, client_id: str, typed: Draft) -> Response:
    """What somebody else saved, beside what was typed; sent once more, the latter counts."""
    product = here.people.product(client_id)
    again = typed.model_copy(update={"version": product["version"]})
    objections = Objections(meanwhile=differences(product, typed))
    return show_form(here, again, objections, product=product, status=409)


@router.post("/product-uris")
def check_redirect_uris(here: Here, redirect_uris: Annotated[str, Form()] = "") -> Response:
    """A sentence for each line that is not right yet, while somebody types."""
    here.people.must_be_an_admins()
    return here.show("product_uris.html", {"checked": checked(here, redirect_uris)})


@router.get("/product-people")
def search_people(here: Here, find: str = "") -> Response:
    """Who may be let in by name, while somebody types."""
    here.people.must_be_an_admins()
    return here.show("product_people.html", {"found": find_people(here, find) if find.strip() else [], "find": find})


def called(client_id: str, typed: Draft) -> ProductName:
    return {"client_id": client_id, "client_name": typed.client_name}


def checked(here: Visitor, text: str) -> list[tuple[str, UriCheck]]:
    lines = list(dict.fromkeys(lines_of(text)))[:CHECKED_AT_ONCE]
    if not lines:
        return []
    answers = here.people.at_once(*[lambda line=line: here.people.check_redirect_uri(line) for line in lines])
    return list(zip(lines, answers, strict=True))


def find_people(here: Visitor, words: str) -> list[PersonName]:
    found = here.people.roster(q=words.strip(), active="true", limit="10")["items"]
    return [{"id": popug["id"], "name": popug["name"]} for popug in found]


def differences(product: Product, typed: Draft) -> list[str]:
    """What is registered now and differs from what was typed, in words."""
    told = Draft.of(product)
    names = [name for name in FIELD_NAMES if getattr(told, name) != getattr(typed, name)]
    return [f"{FIELD_NAMES[name]}: {in_words(getattr(told, name))}" for name in names]


def in_words(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(each.partition(" ")[2] or each for each in value) or "nobody in particular"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(lines_of(str(value))) or "nothing"


def show_refused(
    here: Visitor, typed: Draft, refusal: Refused, *, product: ProductName | Product | None = None
) -> Response:
    if refusal.status not in (409, 422):
        raise refusal
    return show_form(here, typed, Objections.of(refusal), product=product, status=refusal.status)


def show_form(
    here: Visitor,
    typed: Draft,
    objections: Objections | None = None,
    *,
    product: ProductName | Product | None = None,
    found: list[PersonName] | None = None,
    status: int = 200,
) -> Response:
    context: dict[str, Any] = {
        "typed": typed,
        "objections": objections or Objections(),
        "product": product,
        "found": found,
        "find": typed.find,
        "kinds": KINDS,
        "roles": ROLES,
        "field_names": FIELD_NAMES,
    }
    return here.show("product_form.html", context, status=status)
