"""`make run` itself: it starts, continues, notices a death, and stops clean."""

import os
import signal
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.premises import House

SECOND_START_SECONDS = 5


@pytest.fixture
def own_house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "var")
    yield house
    if house.process:
        house.stop()


def test_a_second_start_is_quick_and_keeps_the_people(own_house: House) -> None:
    own_house.start()
    people = own_house.people()
    assert [sum(each["role"] == role for each in people) for role in ("admin", "manager", "accountant", "worker")] == [
        1, 2, 1, 10,
    ]  # fmt: skip
    assert min(seconds_to_start_again(own_house) for _ in range(3)) < SECOND_START_SECONDS
    assert own_house.people() == people


def seconds_to_start_again(house: House) -> float:
    """Others may be using this machine as well, so the quickest of a few is what counts."""
    house.stop()
    return house.start()


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_group_stops_all_of_it(own_house: House, signum: signal.Signals) -> None:
    own_house.start()
    assert len(own_house.answering()) == 3
    own_house.stop(signum)
    assert own_house.answering() == []


def test_when_one_service_dies_the_others_stop_and_the_status_says_so(own_house: House) -> None:
    own_house.start()
    os.kill(own_house.process_id("backend"), signal.SIGKILL)
    assert own_house.process
    assert own_house.process.wait(timeout=15) != 0
    assert own_house.answering() == []


def test_a_taken_port_is_named_with_a_way_out(house: House, tmp_path: Path) -> None:
    environment = house.environment | {"ATES_VAR": str(tmp_path)}
    refused = subprocess.run(["make", "run"], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode != 0
    assert f"Port {house.ports['FRONTEND_PORT']} can not be used" in refused.stderr


def test_two_houses_can_not_share_a_data_folder(house: House) -> None:
    second = House(house.var)
    refused = subprocess.run(
        ["make", "run"], env=second.environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert refused.returncode != 0
    assert "Another aTES runs on the data" in refused.stderr


@pytest.mark.parametrize("name", ["house.env", "demo.json", "auth_service.db", "backend.db", "frontend.db"])
def test_files_with_secrets_are_for_their_owner_only(house: House, name: str) -> None:
    assert stat.S_IMODE((house.var / name).stat().st_mode) == 0o600
