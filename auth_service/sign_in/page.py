"""The sign-in page: a field for a beak, sliders for those who would rather shape it, and the demo cast."""

from collections.abc import Mapping

from fastapi import Request, Response
from sqlalchemy import select

from auth_service.demo import read_cast
from auth_service.errors import Refused
from auth_service.house import House, house_of
from auth_service.pages import show
from auth_service.people.person import Person
from auth_service.sign_in.shaping import genes_in
from auth_service.throttle.throttle import TooManyTries


def show_sign_in(
    request: Request,
    *,
    product_name: str,
    redirect_uri: str | None,
    hidden: Mapping[str, str],
    typed: Mapping[str, str] = {},
    shaping: bool = False,
    refusal: Refused | None = None,
    action: str = "/sign-in",
) -> Response:
    """`typed` is what came with the form; of it only the sliders are shown again."""
    context = {
        "product_name": product_name,
        "action": action,
        "hidden": hidden,
        "error": refusal and refusal.detail,
        "demo_people": demo_people(house_of(request)),
        "genes": genes_in(typed),
        "shaping": shaping,
    }
    ways_on = (redirect_uri,) if redirect_uri else ()
    if refusal is None:
        return show(request, "sign_in.html", context, form_action=ways_on)
    status = TooManyTries.status if isinstance(refusal, TooManyTries) else 422  # 401 would need WWW-Authenticate
    page = show(request, "sign_in.html", context, status=status, form_action=ways_on)
    page.headers.update(refusal.headers)
    return page


def demo_people(house: House) -> list[dict[str, str]]:
    beaks = {member["email"]: member["beak_shape"] for member in read_cast(house)}
    if not beaks:
        return []
    present = select(Person).where(Person.demo, Person.active).order_by(Person.created_at, Person.id)
    with house.database.reading() as session:
        return [
            {
                "name": person.name,
                "role": person.role,
                "picture": person.picture(house.issuer),
                "beak_shape": beaks[person.email],
            }
            for person in session.scalars(present)
            if person.email in beaks
        ]
