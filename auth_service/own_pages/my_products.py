"""/my/products: which products know me, what they may see and since when, and taking that back."""

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from auth_service.database import Reading, Writing
from auth_service.house import TheHouse
from auth_service.own_pages.product_views import products_of
from auth_service.own_pages.visitor import signed_in_visitor
from auth_service.own_pages.withdrawal import withdraw
from auth_service.pages import show
from auth_service.sign_in.cookie import own_page_only
from auth_service.trail.doer import Doer

router = APIRouter(include_in_schema=False)

PAGE = "/my/products"


@router.get(PAGE)
def my_products(request: Request, session: Reading, house: TheHouse) -> Response:
    visitor = signed_in_visitor(request, session, page=PAGE)
    context = {
        "products": products_of(session, visitor.person.id),
        "zone": house.settings.zone,
        "said_at_end": "withdrawn" in request.query_params,
    }
    return show(request, "products.html", context)


@router.post(PAGE + "/{client_id}/withdrawal", dependencies=[Depends(own_page_only)])
def take_back(client_id: str, request: Request, session: Writing, house: TheHouse) -> Response:
    visitor = signed_in_visitor(request, session, page=PAGE)
    by = Doer.of(request, person_id=visitor.person.id)
    withdraw(session, visitor.person.id, client_id, by=by, at=house.clock())
    return RedirectResponse(f"{PAGE}?withdrawn", status_code=303)
