"""The account chooser: who has signed in with this browser, the one who still is first."""

from collections.abc import Mapping, Sequence

from fastapi import Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from auth_service.house import house_of
from auth_service.pages import show
from auth_service.people.person import Person
from auth_service.throttle.caller import caller_of
from auth_service.throttle.device import people_of


def show_accounts(
    request: Request,
    session: Session,
    *,
    signed_in_id: str,
    product_name: str,
    redirect_uri: str,
    hidden: Mapping[str, str],
) -> Response:
    house = house_of(request)
    known = people_of(caller_of(request).devices, house.keys.device)
    people = [
        {
            "id": person.id,
            "name": person.name,
            "picture": person.picture(house.issuer),
            "signed_in": person.id == signed_in_id,
        }
        for person in in_order(session, list(dict.fromkeys([signed_in_id, *known])))
    ]
    context = {"product_name": product_name, "people": people, "action": "/account", "hidden": hidden}
    return show(request, "accounts.html", context, form_action=(redirect_uri,))


def in_order(session: Session, ids: Sequence[str]) -> list[Person]:
    active = select(Person).where(Person.id.in_(ids), Person.active)
    return sorted(session.scalars(active), key=lambda person: ids.index(person.id))
