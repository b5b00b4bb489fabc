"""An account's statement, whose it may be read by, and that such a read is recorded."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select

from backend.accounting.books import account_reading
from backend.tests.company import Company, Popug


def test_the_statement_tells_what_was_charged_and_credited_and_for_which_task(ann: Popug, boss: Popug) -> None:
    task = boss.creates("Fix the perch")
    ann.completes(task)
    statement = ann.get("/accounts/me/statement").json()
    assert [entry["kind"] for entry in statement["entries"]] == ["reward", "fee"]
    assert statement["entries"][0]["task"] == {"id": task["id"], "title": "Fix the perch"}
    assert statement["entries"][0]["amount_cents"] == task["reward_cents"] == statement["rewards_cents"]
    assert statement["fees_cents"] == -task["fee_cents"]
    assert statement["person"]["name"] == "Ann Aracari"
    assert ann.get("/accounting").json()["account"] == statement


def test_the_audit_log_keeps_the_text_as_it_then_was(company: Company, ann: Popug, boss: Popug) -> None:
    boss.creates("Fix the perch")
    company.disarm()  # or the title could not be changed at all
    with company.house.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE task SET title = 'Renamed'")
    assert ann.get("/accounts/me/statement").json()["entries"][0]["task"]["title"] == "Fix the perch"


def test_opening_and_closing_balance_frame_any_day(company: Company, ann: Popug, boss: Popug) -> None:
    first = boss.creates()
    company.time_passes(days=1)
    second = boss.creates()
    ann.completes(second)
    company.time_passes(days=1)
    debt = -first["fee_cents"]
    gain = second["reward_cents"] - second["fee_cents"]
    before = ann.get("/accounts/me/statement", day="2026-03-04").json()
    assert (before["opening_balance_cents"], before["closing_balance_cents"]) == (0, debt)
    after = ann.get("/accounts/me/statement", day="2026-03-05").json()
    assert (after["opening_balance_cents"], after["closing_balance_cents"]) == (debt, debt + gain)
    assert [entry["kind"] for entry in after["entries"]] == ["reward", "fee"]
    today = ann.get("/accounts/me/statement").json()
    assert (today["day"], today["fees_cents"], len(today["entries"])) == (None, 0, 3)


def test_entries_are_paged_by_the_last_one_seen(ann: Popug, boss: Popug) -> None:
    for _ in range(5):
        boss.creates()
    first = ann.get("/accounts/me/statement", limit=2).json()
    second = ann.get("/accounts/me/statement", limit=2, after=first["next"]).json()
    last = ann.get("/accounts/me/statement", limit=2, after=second["next"]).json()
    seqs = [entry["seq"] for page in (first, second, last) for entry in page["entries"]]
    assert (seqs, last["next"]) == ([5, 4, 3, 2, 1], None)


def test_other_employees_accounts_are_closed_to_workers_and_managers(ann: Popug, bob: Popug, boss: Popug) -> None:
    for popug in (bob, boss):
        answer = popug.get(f"/accounts/{ann.id}/statement")
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/role-too-small")


def test_accountants_and_admins_open_any_account_and_that_is_recorded(
    company: Company, ann: Popug, penny: Popug, chief: Popug
) -> None:
    for reader in (penny, chief):
        assert reader.get(f"/accounts/{ann.id}/statement").json()["person"]["id"] == str(ann.id)
    ann.get(f"/accounts/{ann.id}/statement")
    with company.house.engine.connect() as connection:
        readings = [(row.account_id, row.reader) for row in connection.execute(select(account_reading))]
    assert readings == [(ann.id, penny.id), (ann.id, chief.id)] or readings == [(ann.id, chief.id), (ann.id, penny.id)]


def test_nobody_drops_off_the_list_of_who_looked_however_often_another_does(
    company: Company, ann: Popug, penny: Popug, chief: Popug
) -> None:
    chief.get(f"/accounts/{ann.id}/statement")
    for _ in range(25):
        company.time_passes(minutes=1)
        penny.get(f"/accounts/{ann.id}/statement")
    visits = ann.get("/accounts/me/statement").json()["visits"]
    assert [(visit["person"]["name"], visit["times"]) for visit in visits] == [(penny.name, 25), (chief.name, 1)]
    assert datetime.fromisoformat(visits[0]["at"]) == company.clock()


def test_ones_entries_among_the_companys_are_an_account_opened(
    company: Company, ann: Popug, boss: Popug, penny: Popug, chief: Popug
) -> None:
    boss.creates()
    paths = ("/company/entries", "/company/entries.csv")
    for path in paths:
        assert penny.get(path).status_code == 200
        assert ann.get(path, account=str(ann.id)).status_code == 403
        assert penny.get(path, account=str(penny.id)).status_code == 200
        assert penny.get(path, account=str(uuid4())).status_code == 404
    with company.house.engine.connect() as connection:
        assert connection.execute(select(account_reading)).all() == [], "nobody opened somebody else's"
    for reader, path in zip((penny, chief), paths, strict=True):
        assert reader.get(path, account=str(ann.id)).status_code == 200
    readers = {visit["person"]["id"] for visit in ann.get("/accounts/me/statement").json()["visits"]}
    assert readers == {str(penny.id), str(chief.id)}


def test_nobodys_account_is_not_found(penny: Popug) -> None:
    assert penny.get(f"/accounts/{uuid4()}/statement").status_code == 404
    assert penny.get("/accounts/everybody/statement").status_code == 422


def test_managers_accounts_are_zero_by_construction(boss: Popug) -> None:
    statement = boss.get("/accounts/me/statement").json()
    assert (statement["balance_cents"], statement["entries"]) == (0, [])


def test_a_day_out_of_all_reason_is_refused(ann: Popug) -> None:
    for day in ("0001-01-01", "9999-12-31", "yesterday", "2026-02-30"):
        assert ann.get("/accounting", day=day).status_code == 422


def test_a_day_is_written_out_and_never_a_moment_or_a_count_of_seconds(ann: Popug) -> None:
    """Pydantic takes either for a date, and a page that repeats what was asked would not know the day."""
    for day in ("2026-11-27T00:00:00", "1764288000", "-1", "2026-3-4", " 2026-03-04"):
        assert ann.get("/accounts/me/statement", day=day).status_code == 422
        assert ann.get("/accounts/me/statement.csv", to=day).status_code == 422
