"""Ann at her own pages."""

from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from auth_service.tests.conftest import Member
from auth_service.tests.product import ISSUER
from auth_service.tests.visitor import OWN_PAGE, hidden_fields


@dataclass
class Browser:
    client: TestClient

    def opens(self, path: str) -> Response:
        return self.client.get(path)

    def sends(self, path: str, **form: str) -> Response:
        return self.client.post(path, data=form, headers=OWN_PAGE)

    def signs_in(self, beak: str, page: str = "/") -> Response:
        """By our own sign-in, which comes back to `page`."""
        asked = self.opens(f"/sign-in?next={page}")
        return self.sends("/session", **hidden_fields(asked.text), beak_shape=beak)


def browser_of(app: FastAPI, *, address: str = "127.0.0.1", device: str = "") -> Browser:
    client = TestClient(app, base_url=ISSUER, follow_redirects=False, client=(address, 50_000))
    client.headers["User-Agent"] = device
    return Browser(client)


@pytest.fixture
def browser(app: FastAPI) -> Browser:
    return browser_of(app, device="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")


@pytest.fixture
def ann_at_home(browser: Browser, ann: Member) -> Browser:
    assert browser.signs_in(ann.beak).status_code == 303
    return browser
