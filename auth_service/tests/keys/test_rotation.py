"""Rotation: on schedule and by command, once however many processes there are, and no product notices."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import KeySet
from joserfc.util import urlsafe_b64decode
from sqlalchemy import select

from auth_service.house import House, furnish
from auth_service.keys.overview import KeysShown, overview
from auth_service.keys.rotation import make_spares, rotate
from auth_service.keys.signing_key import Algorithm, SigningKey
from auth_service.keys.withdrawal import withdraw
from auth_service.settings import Settings
from auth_service.tests.conftest import BEGINNING, Member, MovableClock
from auth_service.tests.product import BACKEND, ISSUER, Product
from auth_service.tests.visitor import Visitor
from auth_service.trail.deed import Deed
from auth_service.trail.entry import TrailEntry
from auth_service.worker import rotate_keys

EVERY = timedelta(days=90)


def look(house: House) -> KeysShown:
    with house.database.reading() as session:
        return overview(session, every=house.settings.key_rotation_every, at=house.clock())


def states(house: House) -> Counter[str]:
    return Counter(key.state for key in look(house).items)


def command_rotation(house: House) -> None:
    spares = make_spares(sealing=house.keys.sealing, at=house.clock())
    with house.database.writing() as session:
        rotate(session, spares, at=house.clock())
    house.keyring.forget()


def current_kids(house: House) -> set[str]:
    return {key.kid for key in look(house).items if key.state == "current"}


def next_kids(house: House) -> set[str]:
    return {key.kid for key in look(house).items if key.state == "next"}


def test_keys_rotate_after_ninety_days_and_not_before(house: House, clock: MovableClock) -> None:
    first, second = current_kids(house), next_kids(house)
    clock.advance(days=90, seconds=-1)
    rotate_keys(house)
    assert current_kids(house) == first
    clock.advance(seconds=1)
    rotate_keys(house)
    assert current_kids(house) == second
    rotate_keys(house)
    assert current_kids(house) == second, "the next time is in ninety days"


def test_the_overview_says_when_the_next_key_signs(house: House, clock: MovableClock) -> None:
    shown = look(house)
    assert shown.next_rotation_at == BEGINNING + EVERY
    assert {key.signs_from for key in shown.items if key.state == "next"} == {BEGINNING + EVERY}
    assert {key.signs_from for key in shown.items if key.state == "current"} == {BEGINNING}
    clock.advance(days=90)
    rotate_keys(house)
    after = look(house)
    assert after.next_rotation_at == BEGINNING + 2 * EVERY
    assert {key.retires_at for key in after.items if key.state == "retiring"} == {clock() + timedelta(hours=1)}


def test_no_key_signs_by_schedule_before_it_was_published_for_a_day(house: House, clock: MovableClock) -> None:
    clock.advance(days=90, hours=-1)
    replace_next_keys(house)
    published_last, current = next_kids(house), current_kids(house)
    clock.advance(hours=23)
    rotate_keys(house)
    assert current_kids(house) == current
    clock.advance(hours=1)
    rotate_keys(house)
    assert current_kids(house) == published_last


def replace_next_keys(house: House) -> None:
    for kid in next_kids(house):
        spares = make_spares(sealing=house.keys.sealing, at=house.clock())
        with house.database.writing() as session:
            withdraw(session, kid, spares, at=house.clock())


def test_without_a_schedule_keys_rotate_by_command_only(settings: Settings, house: House, clock: MovableClock) -> None:
    unscheduled = furnish(settings.model_copy(update={"key_rotation_days": 0}), clock=clock)
    before = current_kids(house)
    clock.advance(days=4000)
    rotate_keys(unscheduled)
    assert current_kids(house) == before
    assert look(unscheduled).next_rotation_at is None
    unscheduled.database.close()


def test_processes_that_look_at_the_same_moment_rotate_once(
    settings: Settings, house: House, clock: MovableClock
) -> None:
    clock.advance(days=90)
    due = next_kids(house)
    processes = [furnish(settings, clock=clock) for _ in range(4)]
    together = threading.Barrier(len(processes))

    def look_at_keys(process: House) -> None:
        together.wait(5)
        rotate_keys(process)

    with ThreadPoolExecutor(len(processes)) as threads:
        list(threads.map(look_at_keys, processes))
    assert current_kids(house) == due
    assert states(house) == {"next": 3, "current": 3, "retiring": 3}
    with house.database.reading() as session:
        entries = session.scalars(select(TrailEntry).where(TrailEntry.what == Deed.KEYS_ROTATED)).all()
    assert [entry.details for entry in entries] == [{"algorithms": ["RS256", "ES256", "EdDSA"]}]
    for process in processes:
        process.database.close()


def test_a_retired_key_leaves_the_key_set_and_is_forgotten_when_no_hint_can_name_it(
    house: House, clock: MovableClock
) -> None:
    old = current_kids(house)
    command_rotation(house)
    clock.advance(hours=1, seconds=1)
    assert not old & {key.kid for key in look(house).items}
    assert old <= rows(house)
    clock.advance(days=7)
    command_rotation(house)
    assert not old & rows(house)


def rows(house: House) -> set[str]:
    with house.database.reading() as session:
        return set(session.scalars(select(SigningKey.kid)))


def test_an_id_token_hint_is_good_days_after_its_key_was_retired(
    client: TestClient, house: House, visitor: Visitor, shop: Product, ann: Member, clock: MovableClock
) -> None:
    hint = visitor.tokens_for(shop, ann.beak)["id_token"]
    command_rotation(house)
    clock.advance(hours=11)
    house.keyring.forget()
    assert "code=" in visitor.opens(shop, prompt="none", id_token_hint=hint, nonce="other").headers["location"]
    client.get("/sign-out", params={"id_token_hint": hint})
    assert "beak_shape" in visitor.opens(shop, nonce="third").text, "signed out without a question"


class CachingClient:
    """Verifies as products do: with the keys it has, and fetches them again when it meets one that it does not know."""

    def __init__(self, client: TestClient) -> None:
        self.client, self.fetches = client, 0
        self.fetch()

    def fetch(self) -> None:
        document = self.client.get("/jwks").json()
        self.fetches += 1
        self.kids = {key["kid"] for key in document["keys"]}
        self.keys = KeySet.import_key_set(document)

    def verifies(self, token: str, kid: str) -> bool:
        if kid not in self.kids:
            self.fetch()
        return bool(jwt.decode(token, self.keys, algorithms=list(Algorithm)).claims["iss"] == ISSUER)


@pytest.mark.thorough
def test_a_product_that_keeps_our_keys_verifies_throughout_rotations_under_load(
    client: TestClient, settings: Settings, house: House, clock: MovableClock
) -> None:
    """Six threads ask for tokens while another process rotates four times; every token verifies on arrival."""
    other_process = furnish(settings, clock=clock)
    over = threading.Event()
    signed_by: Counter[str] = Counter()

    def keep_asking(_: int) -> int:
        product = CachingClient(client)
        while not over.is_set():
            answer = client.post("/token", data={"grant_type": "client_credentials"}, auth=BACKEND)
            token = answer.json()["access_token"]
            kid = json.loads(urlsafe_b64decode(token.split(".")[0].encode()))["kid"]
            assert product.verifies(token, kid)
            signed_by[kid] += 1
        return product.fetches

    with ThreadPoolExecutor(6) as threads:
        asking = [threads.submit(keep_asking, number) for number in range(6)]
        for kinds in range(1, 5):
            wait_until(lambda kinds=kinds: len(signed_by) == kinds)  # type: ignore[misc]
            command_rotation(other_process)
        wait_until(lambda: len(signed_by) == 5)
        over.set()
        assert all(one.result(10) <= 5 for one in asking), "once at first, and at most once for each rotation"
    other_process.database.close()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
