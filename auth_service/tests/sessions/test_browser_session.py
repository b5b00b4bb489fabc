"""A browser session knows with what and from where it was opened."""

from fastapi.testclient import TestClient
from sqlalchemy import select

from auth_service.house import House
from auth_service.sessions.browser_session import BrowserSession
from auth_service.tests.conftest import Member
from auth_service.tests.product import Product
from auth_service.tests.visitor import Visitor
from auth_service.trail.deed import Deed
from auth_service.trail.entry import TrailEntry


def test_a_session_knows_its_device_and_address_of_the_latest_sign_in(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member, house: House
) -> None:
    for device in ("Nest 1.0", "Nest 2.0"):
        client.headers["User-Agent"] = device
        visitor.code_for(shop, ann.beak, prompt="login", nonce=device)
    with house.database.reading() as session:
        browser = session.scalars(select(BrowserSession)).one()
        entries = session.scalars(select(TrailEntry).where(TrailEntry.what == Deed.SIGNED_IN).order_by(TrailEntry.id))
        assert (browser.address, browser.device) == ("127.0.0.1", "Nest 2.0")
        assert [(entry.device, entry.by_person_id) for entry in entries] == [("Nest 1.0", ann.id), ("Nest 2.0", ann.id)]
