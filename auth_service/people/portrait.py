"""GET /people/{id}/portrait.svg: the one public thing about a person (sign_in.md)."""

from fastapi import APIRouter, Response

from auth_service.beaks import portrait as draw_portrait
from auth_service.database import Reading
from auth_service.house import TheHouse
from auth_service.people.roster import find_person
from auth_service.problems import spoken

router = APIRouter()

HEADERS = {
    "Cache-Control": "public, max-age=86400",
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}


@router.get(
    "/people/{person_id}/portrait.svg",
    tags=["directory"],
    response_class=Response,
    responses=spoken(404) | {200: {"content": {"image/svg+xml": {}}}},
)
def portrait(person_id: str, session: Reading, house: TheHouse) -> Response:
    person = find_person(session, person_id)
    svg = draw_portrait(person.plumage, person.portrait_seed(house.keys.portrait))
    return Response(svg, media_type="image/svg+xml", headers=HEADERS)
