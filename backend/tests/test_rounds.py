"""A large round: dealt in steps by whichever process finds it, while everybody goes on working."""

import threading
import time
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from backend.app import chores
from backend.tasks import dealer as dealer_module
from backend.tasks import reassignment as reassignment_module
from backend.tasks.dealer import Dealer, Pace
from backend.tasks.draw_check import check_draw
from backend.tasks.rounds import newest_round, reassignment, round_to_join, stored_roster
from backend.tasks.task import task as task_table
from backend.tests.company import Company, Popug
from backend.tests.test_completion import at_once
from backend.verification import verify


@pytest.fixture(autouse=True)
def small_numbers_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reassignment_module, "AT_ONCE", 5)
    monkeypatch.setattr(dealer_module, "FIRST", 4)


@pytest.fixture
def dealer(company: Company) -> Dealer:
    return Dealer(company.house.engine, company.house.settings.assignable_roles, company.now, Pace(4))


CHORES = 24  # so many that in a round of two popugs some move and some stay


@pytest.fixture
def chores_of_ann_and_bob(ann: Popug, bob: Popug, boss: Popug) -> list[dict[str, Any]]:
    rows = "\n".join(f"Chore {number}" for number in range(CHORES))
    headers = {**boss.headers(), "Content-Type": "text/csv"}
    assert boss.company.client.post("/imports", content=f"Title\n{rows}", headers=headers).status_code == 200
    tasks: list[dict[str, Any]] = boss.get("/tasks", show="all").json()["items"]
    return sorted(tasks, key=lambda each: str(each["id"]))


def sound(company: Company, round_id: str) -> None:
    with company.house.engine.connect() as connection:
        assert verify(connection) == []
        assert check_draw(connection, UUID(round_id)).differences == []


def step(company: Company, dealer: Dealer, round_id: str) -> int:
    with company.house.engine.connect() as connection:
        roster = stored_roster(connection, UUID(round_id))
    return dealer.step(UUID(round_id), roster)


@pytest.mark.usefixtures("chores_of_ann_and_bob")
def test_a_large_round_is_answered_at_once_and_goes_on_in_steps(company: Company, boss: Popug, dealer: Dealer) -> None:
    answer = boss.post("/reassignments")
    said = answer.json()
    assert (answer.status_code, said["state"], said["total"], said["done"]) == (202, "running", CHORES, 0)
    assert (said["seconds_left"], said["finished_at"], said["seed"]) == (None, None, None)
    assert step(company, dealer, said["id"]) == 4
    halfway = boss.get(f"/reassignments/{said['id']}").json()
    assert (halfway["state"], halfway["done"]) == ("running", 4)
    assert isinstance(halfway["seconds_left"], int)
    sound(company, said["id"])
    dealer.look()
    done = boss.get(f"/reassignments/{said['id']}").json()
    assert (done["state"], done["total"], done["done"], done["skipped"]) == ("done", CHORES, CHORES, 0)
    assert done["seconds_left"] == 0
    assert done["finished_at"]
    sound(company, said["id"])


@pytest.mark.usefixtures("chores_of_ann_and_bob")
def test_the_result_says_what_changed_for_whom(company: Company, ann: Popug, bob: Popug, boss: Popug) -> None:
    before = {popug.name: (len(popug.get("/tasks").json()["items"]), popug.balance()) for popug in (ann, bob)}
    said = boss.post("/reassignments").json()
    Dealer(company.house.engine, company.house.settings.assignable_roles, company.now).look()
    said = boss.get(f"/reassignments/{said['id']}").json()
    assert said["people_changed"] == len(said["people"]) == 2
    for change in said["people"]:
        popug = next(each for each in (ann, bob) if each.name == change["person"]["name"])
        tasks, balance = before[popug.name]
        assert len(popug.get("/tasks").json()["items"]) == tasks + change["received"] - change["gave"]
        assert popug.balance() == balance - change["fees_cents"]
    assert sum(change["received"] for change in said["people"]) == said["done"] - said["unchanged"]


def test_a_task_done_in_mid_round_is_skipped_and_counted(
    company: Company, ann: Popug, bob: Popug, boss: Popug, dealer: Dealer, chores_of_ann_and_bob: list[dict[str, Any]]
) -> None:
    said = boss.post("/reassignments").json()
    assert step(company, dealer, said["id"]) == 4
    last = boss.get(f"/tasks/{chores_of_ann_and_bob[-1]['id']}").json()
    holder = ann if last["assignee"]["id"] == str(ann.id) else bob
    mine = [each for each in chores_of_ann_and_bob[4:] if each["assignee"]["id"] == str(holder.id)]
    assert [holder.completes(each).status_code for each in mine] == [200] * len(mine)
    dealer.look()
    done = boss.get(f"/reassignments/{said['id']}").json()
    assert (done["total"], done["done"], done["skipped"]) == (CHORES, CHORES - len(mine), len(mine))
    sound(company, said["id"])


@pytest.mark.usefixtures("chores_of_ann_and_bob")
def test_a_task_created_in_mid_round_is_none_of_its_tasks(company: Company, boss: Popug, dealer: Dealer) -> None:
    said = boss.post("/reassignments").json()
    company.clock.turn(seconds=1)
    late = boss.creates("Late chore")
    dealer.look()
    assert boss.get(f"/reassignments/{said['id']}").json()["total"] == CHORES
    assert boss.get(f"/tasks/{late['id']}").json()["assignee"] == late["assignee"]
    sound(company, said["id"])


@pytest.mark.usefixtures("chores_of_ann_and_bob")
def test_whoever_presses_meanwhile_gets_the_running_round(
    company: Company, boss: Popug, chief: Popug, dealer: Dealer
) -> None:
    first = boss.post("/reassignments").json()
    company.clock.turn(seconds=1)
    second = chief.post("/reassignments")
    assert (second.status_code, second.json()["id"], second.json()["joined"]) == (202, first["id"], True)
    assert second.json()["actor"]["name"] == boss.name
    assert second.headers["location"] == f"/reassignments/{first['id']}"
    dealer.look()
    third = chief.post("/reassignments")
    assert third.json()["id"] != first["id"]


@pytest.mark.parametrize("at_once_limit", [5, 100])
@pytest.mark.usefixtures("chores_of_ann_and_bob")
def test_two_managers_pressing_at_once_get_one_round(
    company: Company, boss: Popug, chief: Popug, monkeypatch: pytest.MonkeyPatch, at_once_limit: int
) -> None:
    monkeypatch.setattr(reassignment_module, "AT_ONCE", at_once_limit)
    company.clock.turn(seconds=1)
    both_get_one_round(company, boss, chief, monkeypatch)


@pytest.mark.usefixtures("chores_of_ann_and_bob")
def test_a_round_made_by_a_clock_ahead_is_not_the_newest_for_ever(
    company: Company, boss: Popug, chief: Popug, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reassignment_module, "AT_ONCE", 100)
    company.clock.turn(seconds=60)
    ahead = boss.post("/reassignments").json()
    company.clock.turn(seconds=-50)
    both = both_get_one_round(company, boss, chief, monkeypatch)
    assert both < ahead["id"]
    with company.house.engine.connect() as connection:
        assert newest_round(connection) == round_to_join(connection) == UUID(both)
    sound(company, both)


def both_get_one_round(company: Company, boss: Popug, chief: Popug, monkeypatch: pytest.MonkeyPatch) -> str:
    """Who press at once; the id of the round."""
    meeting = threading.Barrier(2)
    asked = company.house.roll_call.require_word

    def wait_for_the_other() -> None:
        asked()
        meeting.wait(10)

    monkeypatch.setattr(type(company.house.roll_call), "require_word", lambda _self: wait_for_the_other())
    answers = at_once(lambda: boss.post("/reassignments"), lambda: chief.post("/reassignments"))
    said = [answer.json() for answer in answers]  # type: ignore[attr-defined]
    assert said[0]["id"] == said[1]["id"]
    assert sorted(each["joined"] for each in said) == [False, True]
    return str(said[0]["id"])


@pytest.mark.usefixtures("chores_of_ann_and_bob")
def test_pressing_again_with_the_same_key_repeats_the_answer(company: Company, boss: Popug, dealer: Dealer) -> None:
    first = boss.post("/reassignments", key="once")
    dealer.look()
    again = boss.post("/reassignments", key="once")
    assert (again.status_code, again.content) == (202, first.content)


def test_who_leaves_in_mid_round_is_no_longer_drawn(
    company: Company, ann: Popug, bob: Popug, boss: Popug, dealer: Dealer, chores_of_ann_and_bob: list[dict[str, Any]]
) -> None:
    carl = company.hire("Carl Conure")
    said = boss.post("/reassignments").json()
    step(company, dealer, said["id"])
    bob.leave()
    dealer.look()
    later = [boss.get(f"/tasks/{each['id']}").json()["assignee"]["id"] for each in chores_of_ann_and_bob[4:]]
    assert set(later) <= {str(ann.id), str(carl.id)}
    sound(company, said["id"])


@pytest.mark.usefixtures("chores_of_ann_and_bob")
def test_who_left_is_asked_only_when_there_was_news(
    company: Company, boss: Popug, dealer: Dealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def nobody_left(_connection: object, among: object, _roles: object) -> set[UUID]:
        asked.append(among)
        return set()

    monkeypatch.setattr("backend.tasks.chunk.departed", nobody_left)
    round_id = boss.post("/reassignments").json()["id"]
    assert step(company, dealer, round_id)
    assert not asked
    company.hire("Nell Nymph")
    assert step(company, dealer, round_id)
    assert asked
    dealer.look()
    sound(company, round_id)


def test_when_all_leave_in_mid_round_what_is_left_stays_and_costs_nothing(
    company: Company, ann: Popug, bob: Popug, boss: Popug, dealer: Dealer, chores_of_ann_and_bob: list[dict[str, Any]]
) -> None:
    said = boss.post("/reassignments").json()
    ann.leave()
    bob.become("manager")
    dealer.look()
    done = boss.get(f"/reassignments/{said['id']}").json()
    assert (done["state"], done["unchanged"], done["fees_cents"]) == ("done", CHORES, 0)
    for each in chores_of_ann_and_bob:
        assert boss.get(f"/tasks/{each['id']}").json()["assignee"]["id"] == each["assignee"]["id"]
    sound(company, said["id"])


def test_a_round_that_crosses_midnight_charges_each_day_its_part(
    company: Company, ann: Popug, bob: Popug, boss: Popug, dealer: Dealer, chores_of_ann_and_bob: list[dict[str, Any]]
) -> None:
    said = boss.post("/reassignments").json()
    step(company, dealer, said["id"])
    company.time_passes(days=1)
    dealer.look()
    first = {UUID(each["id"]) for each in chores_of_ann_and_bob[:4]}
    entries = [row for popug in (ann, bob) for row in company.entries(popug) if row.round_id == UUID(said["id"])]
    assert [row.day.day for row in entries] == [4 if row.task_id in first else 5 for row in entries]
    sound(company, said["id"])


@pytest.mark.usefixtures("chores_of_ann_and_bob")
def test_four_dealers_at_once_deal_each_task_once(company: Company, boss: Popug) -> None:
    said = boss.post("/reassignments").json()
    dealers = [Dealer(company.house.engine, ("worker", "accountant"), company.now, Pace(2)) for _ in range(4)]

    def until_done(each: Dealer) -> None:
        until = time.monotonic() + 20
        while boss.get(f"/reassignments/{said['id']}").json()["state"] == "running" and time.monotonic() < until:
            each.look()

    at_once(*[lambda each=each: until_done(each) for each in dealers])
    done = boss.get(f"/reassignments/{said['id']}").json()
    assert (done["state"], done["done"]) == ("done", CHORES)
    sound(company, said["id"])


def test_a_task_that_somebody_holds_is_dealt_last(
    company: Company, boss: Popug, dealer: Dealer, chores_of_ann_and_bob: list[dict[str, Any]]
) -> None:
    """On PostgreSQL the round goes round it; on SQLite nobody else writes during a step."""
    said = boss.post("/reassignments").json()
    engine = company.house.engine
    first = chores_of_ann_and_bob[0]
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(select(task_table).where(task_table.c.id == UUID(first["id"])).with_for_update())
            dealt = 0
            while dealt < CHORES - 1:
                took = step(company, dealer, said["id"])
                assert took, "it must go on with those that nobody holds"
                dealt += took
    dealer.look()
    assert boss.get(f"/reassignments/{said['id']}").json()["done"] == CHORES
    sound(company, said["id"])


@pytest.mark.usefixtures("chores_of_ann_and_bob")
def test_a_serving_process_goes_on_with_what_it_finds_running(company: Company, boss: Popug) -> None:
    said = boss.post("/reassignments").json()
    [run] = [chore for chore in chores(company.house) if isinstance(getattr(chore, "__self__", None), Dealer)]
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(stop,))
    thread.start()
    until = time.monotonic() + 10
    while boss.get(f"/reassignments/{said['id']}").json()["state"] == "running" and time.monotonic() < until:
        time.sleep(0.05)
    stop.set()
    thread.join()
    sound(company, said["id"])


@pytest.mark.usefixtures("chores_of_ann_and_bob")
def test_a_hand_in_the_draw_is_found(company: Company, ann: Popug, bob: Popug, boss: Popug, dealer: Dealer) -> None:
    said = boss.post("/reassignments").json()
    dealer.look()
    other = {str(ann.id): bob.id, str(bob.id): ann.id}
    victim = boss.get("/tasks", show="all").json()["items"][0]
    with company.house.engine.connect() as connection:
        assert check_draw(connection, UUID(said["id"])).differences == []
        moved = update(task_table).where(task_table.c.id == UUID(victim["id"]))
        connection.execute(moved.values(assignee_id=other[victim["assignee"]["id"]]))
        [difference] = check_draw(connection, UUID(said["id"])).differences
        assert f"task {victim['id']} went to" in difference
        connection.rollback()
        connection.execute(update(reassignment).values(seed=b"\0" * 32))
        assert len(check_draw(connection, UUID(said["id"])).differences) > 0
        connection.rollback()


@pytest.mark.usefixtures("chores_of_ann_and_bob")
def test_a_stranger_among_those_who_left_is_found(
    company: Company, ann: Popug, bob: Popug, boss: Popug, dealer: Dealer
) -> None:
    """Also when everybody else has left too, so that no draw is one of somebody who is still here."""
    said = boss.post("/reassignments").json()
    dealer.look()
    stranger = UUID(int=1)
    with company.house.engine.connect() as connection:
        connection.execute(update(reassignment).values(gone=[str(each) for each in (ann.id, bob.id, stranger)]))
        [difference] = check_draw(connection, UUID(said["id"])).differences
        assert str(stranger) in difference
        connection.rollback()


@pytest.mark.usefixtures("chores_of_ann_and_bob")
def test_tasks_done_or_dealt_again_since_do_not_differ(
    company: Company, ann: Popug, boss: Popug, dealer: Dealer
) -> None:
    first = boss.post("/reassignments").json()
    dealer.look()
    for each in ann.get("/tasks").json()["items"][:3]:
        ann.completes(each)
    company.clock.turn(seconds=1)
    second = boss.post("/reassignments").json()
    dealer.look()
    sound(company, first["id"])
    sound(company, second["id"])


def test_the_pace_keeps_a_step_between_a_tenth_and_a_fifth_of_a_second() -> None:
    pace = Pace(1_000)
    pace.adapt(0.05)
    assert pace.size == 1_500
    pace.adapt(0.15)
    assert pace.size == 1_500
    pace.adapt(0.4)
    assert pace.size == 750
    for _ in range(20):
        pace.adapt(0.01)
    assert pace.size == dealer_module.LARGEST
