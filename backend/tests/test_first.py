from backend.tests.company import Company, Popug


def test_the_main_job(company: Company, ann: Popug, boss: Popug) -> None:
    assert company.client.get("/readyz").status_code == 200
    task = boss.creates("[POPUG-42] - Fix the perch")
    assert (task["key"], task["title"], task["assignee"]["name"]) == ("POPUG-42", "Fix the perch", "Ann Aracari")
    assert ann.balance() == -task["fee_cents"]
    done = ann.completes(task)
    assert done.json()["balance_cents"] == task["reward_cents"] - task["fee_cents"]
    assert ann.completes(task).status_code == 409
    boss.creates()
