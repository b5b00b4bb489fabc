"""What runs beside the requests, in one small thread: logout notices, the rotation of keys, old rows swept out."""

import logging
import time
from datetime import timedelta
from threading import Event, Thread

import httpx2
from sqlalchemy import delete

from auth_service.house import House
from auth_service.keys.rotation import rotate_when_due
from auth_service.products.own import own_callbacks
from auth_service.protocol.authorization_code import AuthorizationCode
from auth_service.protocol.client_assertion import UsedAssertion
from auth_service.protocol.refresh_token import RefreshToken
from auth_service.sessions.admission import RevokedToken
from auth_service.sessions.delivery import deliver_due, post_over_http
from auth_service.throttle.throttle import forget_old

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 0.1  # whoever signed out in one product may open the next one right away
LOOK_AT_KEYS_EVERY_SECONDS = 60
SWEEP_EVERY_SECONDS = 3600
KEPT_AFTER_EXPIRY = timedelta(days=1)  # so that a late replay of a code is still noticed


class Worker(Thread):
    def __init__(self, house: House, stopping: Event) -> None:
        super().__init__(name="worker", daemon=True)
        self.house, self.stopping = house, stopping
        self.swept_at = time.monotonic()
        self.looked_at_keys_at = float("-inf")

    def run(self) -> None:
        with httpx2.Client() as client:
            settings = self.house.settings
            post = post_over_http(client, networks=settings.callback_networks, our_own=own_callbacks(settings))
            while not self.stopping.wait(LOOK_EVERY_SECONDS):
                try:
                    house = self.house
                    deliver_due(
                        house.database, keyring=house.keyring, issuer=house.issuer, clock=house.clock, post=post
                    )
                    self.rotate_keys_when_due()
                    self.sweep_now_and_then()
                except Exception:  # whatever it is, the next round may go well
                    log.exception("the worker stumbled; trying again")

    def rotate_keys_when_due(self) -> None:
        if time.monotonic() - self.looked_at_keys_at < LOOK_AT_KEYS_EVERY_SECONDS:
            return
        self.looked_at_keys_at = time.monotonic()
        rotate_keys(self.house)

    def sweep_now_and_then(self) -> None:
        if time.monotonic() - self.swept_at > SWEEP_EVERY_SECONDS:
            self.swept_at = time.monotonic()
            sweep(self.house)


def rotate_keys(house: House) -> None:
    every = house.settings.key_rotation_every
    rotated = rotate_when_due(house.database, sealing=house.keys.sealing, every=every, at=house.clock())
    if rotated:
        house.keyring.forget()
        log.warning("signing keys rotated, as scheduled: %s", ", ".join(rotated))


def sweep(house: House) -> None:
    """Codes, tokens and assertions long expired. Each statement of its own, so that nobody waits."""
    before = house.clock() - KEPT_AFTER_EXPIRY
    for table in (AuthorizationCode, RefreshToken, RevokedToken, UsedAssertion):
        with house.database.writing() as session:
            session.execute(delete(table).where(table.expires_at < before))
    with house.database.writing() as session:
        forget_old(session, at=house.clock())
