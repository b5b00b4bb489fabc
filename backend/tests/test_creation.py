"""A new task: dealt and charged at once, by anybody, to somebody who may be given work."""

from sqlalchemy import func, select

from backend.tasks.task import task as task_table
from backend.tests.company import Company, Popug


def test_anyone_creates_tasks_whatever_their_role(ann: Popug, boss: Popug, penny: Popug, chief: Popug) -> None:
    for author in (ann, boss, penny, chief):
        task = author.creates()
        assert task["status"] == "open"
        assert task["assignee"]["id"] in (str(ann.id), str(penny.id))


def test_a_new_task_is_charged_at_once(company: Company, ann: Popug, boss: Popug) -> None:
    task = boss.creates("Fix the perch", description="It wobbles.", key="POPUG-42")
    [entry] = company.entries(ann)
    assert (entry.kind, entry.amount_cents, entry.task_title) == ("fee", -task["fee_cents"], "Fix the perch")
    assert (entry.balance_after_cents, entry.day, entry.actor) == (-task["fee_cents"], company.now().day, boss.id)
    assert (task["key"], task["description"]) == ("POPUG-42", "It wobbles.")


def test_the_answer_carries_the_callers_own_balance(ann: Popug, boss: Popug) -> None:
    assert boss.post("/tasks", {"title": "Oil the door"}).json()["balance_cents"] == 0
    answer = ann.post("/tasks", {"title": "Oil the door"}).json()
    assert answer["balance_cents"] == ann.balance() < -answer["task"]["fee_cents"]


def test_managers_and_admins_are_never_drawn(company: Company, ann: Popug, boss: Popug, chief: Popug) -> None:
    assert {boss.creates()["assignee"]["id"] for _ in range(30)} == {str(ann.id)}


def test_someone_dismissed_is_not_drawn_anymore(company: Company, ann: Popug, bob: Popug, boss: Popug) -> None:
    bob.leave()
    assert {boss.creates()["assignee"]["id"] for _ in range(20)} == {str(ann.id)}


def test_with_nobody_assignable_nothing_is_created_or_charged(company: Company, boss: Popug) -> None:
    answer = boss.post("/tasks", {"title": "Oil the door"})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/nobody-assignable")
    with company.house.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(task_table)) == 0


def test_a_day_without_auth_service_creation_goes_on_and_then_stops(company: Company, ann: Popug) -> None:
    company.auth_service_goes_away()
    company.clock.turn(hours=24)
    assert ann.post("/tasks", {"title": "Oil the door"}).status_code == 201
    company.clock.turn(seconds=1)
    assert ann.post("/tasks", {"title": "Oil the door"}).status_code == 503


def test_the_board_filters_and_pages(company: Company, ann: Popug, bob: Popug, boss: Popug) -> None:
    tasks = []
    for number in range(7):
        company.clock.turn(seconds=1)
        tasks.append(boss.creates(f"Chore {number}", key=f"POPUG-{number}"))
    mine = [task for task in tasks if task["assignee"]["id"] == str(ann.id)]
    ann.completes(mine[0])
    board = ann.get("/tasks").json()
    assert [task["id"] for task in board["items"]] == [task["id"] for task in reversed(mine[1:])]
    assert board["counts"] == {"mine_open": len(mine) - 1, "open": 6, "done": 1, "counted_to": 10_000}
    assert all(task["can_complete"] for task in board["items"])
    assert [task["id"] for task in ann.get("/tasks", status="done").json()["items"]] == [mine[0]["id"]]
    assert [task["title"] for task in ann.get("/tasks", show="all", q="ORE 3").json()["items"]] == ["Chore 3"]
    assert len(ann.get("/tasks", show="all", status="any", q="popug-3").json()["items"]) == 1
    assert ann.get("/tasks", show="all", q="100%").json()["items"] == []
    of_bob = ann.get("/tasks", show="all", assignee=str(bob.id)).json()["items"]
    assert len(of_bob) == 7 - len(mine)


def test_pages_follow_each_other_without_gap_or_repeat(ann: Popug, boss: Popug) -> None:
    tasks = [boss.creates(f"Chore {number}")["id"] for number in range(5)]
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = ann.get("/tasks", show="all", limit=2, **after).json()
        seen += [task["id"] for task in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert sorted(seen) == sorted(tasks)
    assert len(seen) == 5


def test_a_forged_cursor_is_a_readable_refusal(ann: Popug) -> None:
    for query in ({"after": "' OR 1=1 --"}, {"limit": 0}, {"limit": 10_000}, {"show": "hers"}, {"status": "lost"}):
        assert ann.get("/tasks", **query).status_code == 422


def test_everybody_may_see_a_task_but_only_its_holder_may_complete_it(ann: Popug, boss: Popug) -> None:
    task = boss.creates()
    assert boss.get(f"/tasks/{task['id']}").json()["can_complete"] is False
    assert ann.get(f"/tasks/{task['id']}").json()["can_complete"] is True


def test_words_that_no_title_can_hold_are_refused(ann: Popug) -> None:
    answer = ann.get("/tasks", q="a\x00b")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-input")
