"""The signing keys: fetched seldom, kept on disk, changed without a restart."""

import json
from pathlib import Path
from typing import Any

import httpx2

from backend.key_set import REFRESH_AFTER_SECONDS, KeySet
from backend.tests.company import Company, Popug
from backend.tests.issuer import SigningPair


class Publisher:
    def __init__(self, *pairs: SigningPair) -> None:
        self.pairs = list(pairs)
        self.asked = 0
        self.away = False

    def fetch(self) -> dict[str, Any]:
        self.asked += 1
        if self.away:
            raise httpx2.ConnectError("away")
        return {"keys": [pair.public for pair in self.pairs]}


class Stopwatch:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_ten_thousand_unknown_keys_cost_one_fetch_in_30_seconds(tmp_path: Path) -> None:
    publisher, watch = Publisher(SigningPair("a")), Stopwatch()
    keys = KeySet(publisher.fetch, tmp_path / "jwks.json", stopwatch=watch)
    for number in range(10_000):
        assert keys.find(f"random-{number}") is None
    assert publisher.asked == 1
    watch.seconds = 30
    keys.find("random")
    assert publisher.asked == 2


def test_a_new_key_is_found_without_a_restart(tmp_path: Path) -> None:
    publisher, watch = Publisher(SigningPair("a")), Stopwatch()
    keys = KeySet(publisher.fetch, tmp_path / "jwks.json", stopwatch=watch)
    assert keys.find("a")
    publisher.pairs.append(SigningPair("b"))
    watch.seconds = 31
    assert keys.find("b")


def test_a_withdrawn_key_is_forgotten_within_ten_minutes(tmp_path: Path) -> None:
    publisher, watch = Publisher(SigningPair("a"), SigningPair("b")), Stopwatch()
    keys = KeySet(publisher.fetch, tmp_path / "jwks.json", stopwatch=watch)
    assert keys.find("a")
    publisher.pairs.pop(0)
    watch.seconds = 601
    assert keys.find("a") is None


def test_a_restart_during_an_outage_still_knows_the_keys(tmp_path: Path) -> None:
    publisher = Publisher(SigningPair("a"))
    KeySet(publisher.fetch, tmp_path / "jwks.json").find("a")
    publisher.away = True
    assert KeySet(publisher.fetch, tmp_path / "jwks.json").find("a")


def test_rotations_in_a_row_refuse_nobody_whatever_strangers_ask(company: Company, ann: Popug) -> None:
    """A key by hand, and another before anybody may ask again for one that is unknown."""
    for kid in ("second", "third", "fourth"):
        for number in range(20):
            made_up = company.issuer.sign({}, pair=SigningPair(f"made up {number}"))
            assert company.client.get("/home", headers={"Authorization": f"Bearer {made_up}"}).status_code == 401
        company.issuer.rotate(kid)
        assert company.house.feed.sync()
        assert ann.get("/home").status_code == 200
    assert company.issuer.fetches["/jwks"] == 1


def test_a_key_is_forgotten_as_soon_as_the_feed_leaves_it_out(company: Company, ann: Popug) -> None:
    headers = ann.headers()
    assert company.client.get("/home", headers=headers).status_code == 200
    company.issuer.published = []
    company.issuer.rotate("heir")
    assert company.house.feed.sync()
    assert company.client.get("/home", headers=headers).status_code == 401
    assert ann.get("/home").status_code == 200


def test_keys_that_make_no_sense_change_nothing(tmp_path: Path) -> None:
    keys = KeySet(Publisher().fetch, tmp_path / "jwks.json")
    keys.learn({"keys": [SigningPair("a").public]})
    keys.learn({"keys": "none"})
    assert keys.find("a")


def test_what_the_feed_told_need_not_be_fetched(tmp_path: Path) -> None:
    publisher, watch = Publisher(SigningPair("b")), Stopwatch()
    keys = KeySet(publisher.fetch, tmp_path / "jwks.json", stopwatch=watch)
    for _ in range(5):
        keys.learn({"keys": [SigningPair("a").public]})
        watch.seconds += REFRESH_AFTER_SECONDS
        assert keys.find("a")
    assert publisher.asked == 0


def test_keys_we_can_not_use_are_left_out(tmp_path: Path) -> None:
    good = SigningPair("good").public
    odd = [
        {"kty": "oct", "k": "c2VjcmV0", "kid": "symmetric"},
        {**good, "kid": "for encryption", "use": "enc"},
        {**good, "kid": "other algorithm", "alg": "none"},
        {name: value for name, value in good.items() if name != "kid"},
        {**good, "kid": "broken", "x": "!"},
        "a word",
    ]
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [*odd, good]}))
    keys = KeySet(Publisher().fetch, tmp_path / "jwks.json")
    assert list(keys.keys) == ["good"]


def test_a_broken_file_is_as_good_as_none(tmp_path: Path) -> None:
    for content in ("not json", "[]", '{"keys": 5}'):
        (tmp_path / "jwks.json").write_text(content)
        assert KeySet(Publisher(SigningPair("a")).fetch, tmp_path / "jwks.json").find("a")


def test_a_token_is_verified_once_and_forgotten_when_the_keys_change(company: Company, ann: Popug) -> None:
    reader, text = company.house.doorman.reader, ann.token()
    headers = {"Authorization": f"Bearer {text}"}
    for _ in range(3):
        assert company.client.get("/home", headers=headers).status_code == 200
    assert len(reader.remembered) == 1
    company.issuer.published = [SigningPair("other").public]
    reader.keys.fetched_at = reader.keys.tried_at[True] = float("-inf")
    company.client.get("/home", headers={"Authorization": f"Bearer {company.issuer.sign({}, pair=SigningPair('x'))}"})
    assert company.client.get("/home", headers=headers).status_code == 401
