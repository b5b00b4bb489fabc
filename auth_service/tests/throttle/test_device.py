"""Known devices: what the cookie holds, for whom, and what a made-up one is worth."""

from uuid import UUID

from fastapi.testclient import TestClient

from auth_service.house import House
from auth_service.tests.conftest import Member
from auth_service.tests.product import Product
from auth_service.tests.visitor import Visitor
from auth_service.throttle.caller import network_of
from auth_service.throttle.device import device_of, people_of, with_person

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
PEOPLE = [str(UUID(int=number)) for number in range(1, 8)]
ANN, BOB = PEOPLE[:2]


def test_a_device_keeps_its_name_for_a_person() -> None:
    first = with_person(None, ANN, KEY)
    both = with_person(first, BOB, KEY)
    assert device_of(first, ANN, KEY) == device_of(both, ANN, KEY) == device_of(with_person(both, ANN, KEY), ANN, KEY)
    assert device_of(both, BOB, KEY) != device_of(both, ANN, KEY)


def test_the_latest_comes_first_and_the_oldest_makes_room() -> None:
    cookie = None
    for person in PEOPLE:
        cookie = with_person(cookie, person, KEY)
    assert people_of(cookie, KEY) == PEOPLE[:1:-1]


def test_an_entry_is_worth_nothing_under_another_name_or_key() -> None:
    cookie = with_person(None, ANN, KEY)
    assert people_of(cookie.replace(ANN, BOB), KEY) == []
    assert people_of(cookie, OTHER_KEY) == []
    for nonsense in (None, "", "~", "a.b.c", cookie[:-1], cookie.upper(), "é" * 100, cookie * 50):
        assert people_of(nonsense, KEY) == []


def test_two_browsers_are_two_devices() -> None:
    assert device_of(with_person(None, ANN, KEY), ANN, KEY) != device_of(with_person(None, ANN, KEY), ANN, KEY)


def test_signing_in_leaves_a_device_cookie_that_scripts_can_not_read(
    client: TestClient, visitor: Visitor, house: House, shop: Product, ann: Member
) -> None:
    answer = visitor.signs_in(visitor.opens(shop), ann.beak)
    cookie = next(line for line in answer.headers.get_list("set-cookie") if line.startswith("device="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert people_of(client.cookies["device"], house.keys.device) == [ann.id]


def test_networks() -> None:
    assert network_of("192.0.2.1") == "192.0.2.1"
    assert network_of("2001:db8:1:2:3:4:5:6") == network_of("2001:db8:1:2::") == "2001:db8:1:2::/64"
    assert network_of("fe80::1%eth0") == "fe80::/64"
    assert network_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert network_of("testclient") == network_of("") == "unknown"
