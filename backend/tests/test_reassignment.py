"""Assign tasks: everything open is dealt anew, uniformly, and anybody can recompute the draw."""

import random
from collections import Counter
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from backend.people.roster import assignable, roster_hash
from backend.tasks.draw import deal
from backend.tasks.rounds import reassignment
from backend.tasks.task import task as task_table
from backend.tests.company import Company, Popug
from backend.tests.test_pricing import chi_square


def test_the_draw_is_uniform_over_20000_tasks() -> None:
    dice = random.Random(5)
    roster = sorted(UUID(int=dice.getrandbits(128)) for _ in range(12))
    tasks = [UUID(int=dice.getrandbits(128)) for _ in range(20_000)]
    drawn = Counter(deal(tasks, roster, dice.randbytes(32)).values())
    assert set(drawn) == set(roster)
    assert chi_square(list(drawn.values())) < 31.3  # 11 degrees of freedom, p = 0.001


def test_the_draw_follows_from_the_seed_in_any_order_and_any_pieces() -> None:
    roster, seed = [uuid4() for _ in range(5)], b"s" * 32
    tasks = [uuid4() for _ in range(50)]
    whole = deal(tasks, roster, seed)
    assert deal(tasks[::-1], roster, seed) == whole
    assert deal(tasks[:20], roster, seed) | deal(tasks[20:], roster, seed) == whole
    assert deal(tasks, roster, b"t" * 32) != whole


def test_all_open_tasks_are_dealt_and_who_gets_one_is_charged(
    company: Company, ann: Popug, bob: Popug, boss: Popug
) -> None:
    tasks = [boss.creates(f"Chore {number}") for number in range(28)]  # so many that some move and some stay
    before = ann.balance() + bob.balance()
    result = boss.post("/reassignments")
    assert result.status_code == 201
    said = result.json()
    assert (said["total"], said["done"], said["state"]) == (28, 28, "done")
    assert said["actor"]["name"] == "Boss Macaw"
    now = {task["id"]: task for task in boss.get("/tasks", show="all", limit=200).json()["items"]}
    moved = [task for task in tasks if now[task["id"]]["assignee"] != task["assignee"]]
    assert said["unchanged"] == 28 - len(moved)
    assert 0 < len(moved) < 28
    assert said["fees_cents"] == sum(task["fee_cents"] for task in moved)
    assert ann.balance() + bob.balance() == before - said["fees_cents"]
    assert boss.get(f"/reassignments/{said['id']}").json() == said


def test_drawn_again_means_no_charge_and_no_entry(company: Company, ann: Popug, boss: Popug) -> None:
    boss.creates()
    balance = ann.balance()
    said = boss.post("/reassignments").json()
    assert (said["total"], said["unchanged"], said["fees_cents"]) == (1, 1, 0)
    assert ann.balance() == balance
    assert len(company.entries(ann)) == 1


def test_done_tasks_stay_with_who_did_them(ann: Popug, bob: Popug, boss: Popug) -> None:
    task = boss.creates()
    holder = ann if task["assignee"]["id"] == str(ann.id) else bob
    holder.completes(task)
    assert boss.post("/reassignments").json()["total"] == 0
    assert boss.get(f"/tasks/{task['id']}").json()["assignee"] == task["assignee"]


def test_the_stored_seed_and_roster_recompute_who_got_what(
    company: Company, ann: Popug, bob: Popug, boss: Popug
) -> None:
    tasks = [UUID(boss.creates(f"Chore {number}")["id"]) for number in range(10)]
    boss.post("/reassignments")
    with company.house.engine.connect() as connection:
        stored = connection.execute(select(reassignment)).one()
        roster = assignable(connection, ("worker", "accountant"))
        holders = {row.id: row.assignee_id for row in connection.execute(select(task_table))}
    assert stored.roster_hash == roster_hash(roster)
    assert deal(tasks, roster, stored.seed) == holders


def test_one_may_get_none_or_all(company: Company, ann: Popug, bob: Popug, boss: Popug) -> None:
    boss.creates()
    holders: set[str] = set()
    for _ in range(28):
        if len(holders) < 2:
            boss.post("/reassignments")
            holders.add(boss.get("/tasks", show="all").json()["items"][0]["assignee"]["name"])
    assert holders == {"Ann Aracari", "Bob Budgerigar"}


def test_who_became_manager_keeps_tasks_until_the_next_shuffle(ann: Popug, bob: Popug, boss: Popug) -> None:
    bob.leave()
    task = boss.creates()
    bob.change(active=True)
    ann.become("manager")
    assert boss.get(f"/tasks/{task['id']}").json()["assignee"]["id"] == str(ann.id)
    boss.post("/reassignments")
    assert boss.get(f"/tasks/{task['id']}").json()["assignee"]["id"] == str(bob.id)


def test_only_managers_and_admins_assign(ann: Popug, penny: Popug, boss: Popug, chief: Popug) -> None:
    round_id = boss.post("/reassignments").json()["id"]
    for popug in (ann, penny):
        answer = popug.post("/reassignments")
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/role-too-small")
        assert popug.get(f"/reassignments/{round_id}").status_code == 403
        assert popug.get("/tasks").json()["assignment"] is None
    assert chief.post("/reassignments").status_code == 201
    assert chief.get(f"/reassignments/{uuid4()}").status_code == 404


def test_what_the_button_would_do_is_said_beforehand(ann: Popug, bob: Popug, boss: Popug) -> None:
    fees = sum(boss.creates()["fee_cents"] for _ in range(4))
    expected = {"open_tasks": 4, "popugs": 2, "expected_fees_cents": fees - round(fees / 2)}
    outlook = boss.get("/tasks").json()["assignment"]
    assert outlook == {**expected, "counted_to": 10_000, "available": True, "reason": None}
    assert boss.get("/home").json()["assignment"]["open_tasks"] == 4


def test_a_large_company_is_counted_so_far_and_no_further(
    ann: Popug, bob: Popug, boss: Popug, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.tasks.outlook.COUNTED_TO", 2)
    monkeypatch.setattr("backend.tasks.board.COUNTED_TO", 2)
    for _ in range(5):
        boss.creates()
    board = boss.get("/tasks").json()
    assert board["counts"] == {"mine_open": 0, "open": 2, "done": 0, "counted_to": 2}
    outlook = board["assignment"]
    assert (outlook["open_tasks"], outlook["popugs"], outlook["counted_to"]) == (2, 2, 2)
    assert 1_000 <= outlook["expected_fees_cents"] <= 2_000  # half of what the two counted ones would cost


def test_while_auth_service_is_away_the_button_refuses_and_says_why(company: Company, ann: Popug, boss: Popug) -> None:
    task = boss.creates()
    company.auth_service_goes_away()
    answer = boss.post("/reassignments")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/roster-too-old")
    assert boss.get(f"/tasks/{task['id']}").json()["assignee"] == task["assignee"]
    outlook = boss.get("/tasks").json()["assignment"]
    assert (outlook["available"], outlook["reason"]) == (False, answer.json()["detail"])


def test_whoever_left_this_moment_is_not_drawn(company: Company, ann: Popug, bob: Popug, boss: Popug) -> None:
    task = boss.creates()
    bob.active, bob.version = False, bob.version + 1
    company.issuer.tell(bob.as_told())
    assert boss.post("/reassignments").status_code == 201
    assert boss.get(f"/tasks/{task['id']}").json()["assignee"]["id"] == str(ann.id)
