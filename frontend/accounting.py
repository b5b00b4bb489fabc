"""Who earned how much: my account with its audit log; for accountants and admins the company, and anyone's account."""

from fastapi import APIRouter
from starlette.responses import Response

from frontend.pages import Block, wants_blocks
from frontend.visitor import Here

router = APIRouter()

MORE_ENTRIES = (Block("entries", swap="beforeend"), Block("more"))


@router.get("/accounting")
def accounting(here: Here, day: str = "", after: str = "") -> Response:
    told = here.backend.accounting(day=day, after=after)
    context = {
        "company": told["company"],
        "statement": told["account"],
        "path_here": "/accounting",
        "asked_day": day,
        "issuer": here.house.settings.issuer,  # whose own pages are about one's sign-in
    }
    if after and wants_blocks(here.request):
        return here.show("statement.html", context, blocks=MORE_ENTRIES)
    return here.show("accounting.html", context)


@router.get("/accounting/company")
def company(here: Here, day: str = "", before: str = "") -> Response:
    told = here.backend.company(day=day, before=before)
    return here.show("company.html", {"company": told, "asked_day": day})


@router.get("/accounting/accounts/{person_id}")
def account(here: Here, person_id: str, day: str = "", after: str = "") -> Response:
    """Somebody else's account; the backend keeps a record that it was read."""
    statement = here.backend.statement_of(person_id, day=day, after=after)
    context = {
        "statement": statement,
        "path_here": f"/accounting/accounts/{statement['person']['id']}",
        "asked_day": day,
    }
    if after and wants_blocks(here.request):
        return here.show("statement.html", context, blocks=MORE_ENTRIES)
    return here.show("account.html", context)
