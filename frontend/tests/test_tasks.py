"""The board: with a browser alone, and with htmx."""

from collections.abc import Callable

import pytest

from frontend.tests.browser import Browser, path_of
from frontend.tests.cast import ANN, BOB, BOSS, ROOT, Popug
from frontend.tests.fake_backend import FakeBackend
from frontend.tests.reading import Page

NASTY = "<script>alert('perch')</script>"


def key_of(page: Page) -> str:
    return page.all("input", name="idempotency_key")[0].attributes["value"]


def test_my_open_tasks_come_first(browser: Browser, backend: FakeBackend) -> None:
    mine = backend.add_task("Fix the perch", key="POPUG-42")
    theirs = backend.add_task("Oil the door", holder=BOB)
    browser.sign_in()
    page = browser.open("/tasks")
    assert page.headings()[0] == "Tasks"
    row = page.one(data_task_id=mine["id"])
    assert "POPUG-42" in row.text
    assert "Fix the perch" in row.text
    assert "Done" in page.buttons()
    assert not page.all(data_task_id=theirs["id"])


def test_managers_see_everyones_first(browser_of: Callable[[Popug], Browser], backend: FakeBackend) -> None:
    theirs = backend.add_task("Oil the door", holder=BOB)
    assert browser_of(BOSS).open("/tasks").one(data_task_id=theirs["id"])


def test_every_amount_carries_its_cents(browser: Browser, backend: FakeBackend) -> None:
    backend.add_task("Fix the perch", fee_cents=1250, reward_cents=3100)
    backend.balance_cents = -120_450
    browser.sign_in()
    page = browser.open("/tasks")
    assert page.one(data_cents="1250").text == "$12.50"
    assert page.one(data_cents="3100").text == "$31"
    balance = page.one(data_balance="*")
    assert balance.attributes["data-cents"] == "-120450"
    assert balance.text == "\N{MINUS SIGN}$1,204.50"


def test_filters_live_in_the_address(browser: Browser, backend: FakeBackend) -> None:
    backend.add_task("Fix the perch", holder=BOB)
    backend.add_task("Oil the door", holder=ANN)
    browser.sign_in()
    page = browser.open(f"/tasks?show=all&assignee={BOB.id}&q=perch")
    assert len(page.all("tr", data_task_id="*")) == 1
    heard = backend.heard[-1].query
    assert heard == {"show": "all", "status": "open", "assignee": BOB.id, "q": "perch"}
    assert page.one(id_="q").attributes["value"] == "perch"


def test_clicking_a_value_filters_by_it(browser: Browser, backend: FakeBackend) -> None:
    backend.add_task("Fix the perch")
    browser.sign_in()
    assert browser.open("/tasks").links()["Ann Ara"] == f"/tasks?show=all&assignee={ANN.id}"


def test_load_more_is_a_real_link_and_a_fragment(browser: Browser, backend: FakeBackend) -> None:
    backend.page = 2
    for number in range(5):
        backend.add_task(f"Task {number}")
    browser.sign_in()
    further = browser.open("/tasks").links()["Load more"]
    assert len(browser.open(further).all("tr", data_task_id="*")) == 2
    fragment = browser.fragment(further)
    assert fragment.text.startswith('<hx-partial hx-target="#rows" hx-swap="beforeend">')
    page = Page(fragment.text)
    assert len(page.all("tr", data_task_id="*")) == 2
    assert page.links()["Load more"] != further


def test_the_board_shows_itself_anew(browser: Browser, backend: FakeBackend) -> None:
    backend.add_task("Fix the perch")
    browser.sign_in()
    text = browser.fragment("/tasks", "section#board").text
    assert text.startswith('<section id="board"')
    assert "<html" not in text
    counts = browser.fragment("/tasks", "nav#counts").text
    assert counts.startswith('<nav id="counts"')
    assert "<tr" not in counts


def test_creating_without_javascript_goes_back_to_the_board(browser: Browser, backend: FakeBackend) -> None:
    browser.sign_in()
    key = key_of(browser.open("/tasks"))
    form = {"title": "Fix the perch", "description": "It is loose", "idempotency_key": key, "show": "mine"}
    answer = browser.post("/tasks", form)
    assert answer.status_code == 303
    assert path_of(answer) == "/tasks?show=all&status=open&notice=created"
    assert "Created, assigned and charged." in browser.open(path_of(answer)).text
    assert backend.tasks[0]["title"] == "Fix the perch"
    assert backend.heard[-2].headers["idempotency-key"] == key


def test_pressing_create_twice_creates_once(browser: Browser, backend: FakeBackend) -> None:
    browser.sign_in()
    form = {"title": "Fix the perch", "idempotency_key": key_of(browser.open("/tasks"))}
    browser.post("/tasks", form)
    browser.post("/tasks", form)
    assert len(backend.tasks) == 1


def test_each_rendered_form_has_a_key_of_its_own(browser: Browser, backend: FakeBackend) -> None:
    backend.add_task("Fix the perch")
    browser.sign_in()
    keys = [each.attributes["value"] for each in browser.open("/tasks").all("input", name="idempotency_key")]
    assert len(keys) == 2
    assert len(set(keys) | {key_of(browser.open("/tasks"))}) == 3


def test_creating_with_htmx_changes_the_form_the_balance_and_the_board(browser: Browser, backend: FakeBackend) -> None:
    backend.balance_cents = -1400
    browser.sign_in()
    answer = browser.press("/tasks", {"title": "Fix the perch", "idempotency_key": "k", "show": "mine"})
    assert answer.status_code == 200
    for place in ("#create-form", "#balance", "#board", "#toasts"):
        assert f'hx-target="{place}"' in answer.text
    page = Page(answer.text)
    assert page.one("input", id_="title").attributes.get("value", "") == ""
    assert page.one(data_balance="*").attributes["data-cents"] == "-1400"
    assert "Bob Budgie drew “Fix the perch”: $12 charged." in page.text
    assert page.one(data_task_id="*").attributes["data-task-id"] == backend.tasks[0]["id"]
    assert "<html" not in answer.text


@pytest.mark.parametrize(("title", "sentence"), [("a [b] c", "no square brackets"), (" ", "needs a title")])
def test_a_refused_title_keeps_what_was_typed(
    browser: Browser, backend: FakeBackend, title: str, sentence: str
) -> None:
    browser.sign_in()
    form = {"title": title, "description": "keep <me>", "idempotency_key": "k"}
    for answer in (browser.press("/tasks", form), browser.post("/tasks", form)):
        assert answer.status_code == 422
        page = Page(answer.text)
        field = page.one("input", id_="title")
        assert field.attributes.get("value", "") == title
        assert field.attributes["aria-invalid"] == "true"
        assert sentence in page.one(id_=field.attributes["aria-describedby"]).text
        assert page.one("textarea").text == "keep <me>"
        assert "autofocus" in page.one(role="alert").attributes
    assert backend.tasks == []


def test_the_whole_page_stays_around_a_refused_form(browser: Browser, backend: FakeBackend) -> None:
    backend.add_task("Fix the perch")
    browser.sign_in()
    page = Page(browser.post("/tasks", {"title": "["}).text)
    assert page.headings()[0] == "Tasks"
    assert "Fix the perch" in page.text


def test_completing_without_javascript_goes_back_to_the_board(browser: Browser, backend: FakeBackend) -> None:
    task = backend.add_task("Fix the perch")
    browser.sign_in()
    answer = browser.post(f"/tasks/{task['id']}/completion", {"idempotency_key": "k"})
    assert path_of(answer) == "/tasks?notice=completed"
    assert task["status"] == "done"


def test_completing_with_htmx_changes_the_row_and_the_balance(browser: Browser, backend: FakeBackend) -> None:
    task = backend.add_task("Fix the perch")
    browser.sign_in()
    answer = browser.press(f"/tasks/{task['id']}/completion", {"idempotency_key": "k"})
    assert answer.status_code == 200
    assert answer.headers["HX-Trigger"] == "task-done"
    assert f'hx-target="#task-{task["id"]}"' in answer.text
    page = Page(answer.text)
    assert "finished" in page.one("tr").text
    assert page.one(data_balance="*").attributes["data-cents"] == "3100"
    assert "+$31" in page.text
    assert "Done" not in page.buttons()


@pytest.mark.parametrize(
    ("holder", "status", "sentence"),
    [(BOB, 403, "This task is with Bob Budgie."), (ANN, 409, "This task is done already.")],
)
def test_a_refused_completion_is_explained_in_its_row(
    browser: Browser, backend: FakeBackend, holder: Popug, status: int, sentence: str
) -> None:
    task = backend.add_task("Fix the perch", holder=holder, status="done")
    browser.sign_in()
    for answer in (
        browser.press(f"/tasks/{task['id']}/completion"),
        browser.post(f"/tasks/{task['id']}/completion"),
    ):
        assert answer.status_code == status
        page = Page(answer.text)
        assert sentence in page.text
        assert page.one(data_task_id=task["id"])
        assert "Done" not in page.buttons()


def test_done_in_a_second_tab_shows_what_the_first_one_earned(browser: Browser, backend: FakeBackend) -> None:
    task = backend.add_task("Fix the perch")
    browser.sign_in()
    done, again = (browser.press(f"/tasks/{task['id']}/completion", {"idempotency_key": key}) for key in "12")
    assert (done.status_code, again.status_code) == (200, 409)
    assert 'hx-target="#balance"' in again.text
    assert Page(again.text).one(data_balance="*").attributes["data-cents"] == "3100"


def test_a_task_has_a_page_of_its_own(browser: Browser, backend: FakeBackend) -> None:
    task = backend.add_task("Fix the perch", description="It is loose.\nVery loose.")
    browser.sign_in()
    page = browser.open(f"/tasks/{task['id']}")
    assert page.headings()[0] == "Fix the perch"
    assert "Very loose." in page.text
    assert "Done" in page.buttons()


@pytest.mark.parametrize("path", ["/tasks/01910000-0000-7000-8000-00000000dead", "/tasks/..%2Fpeople", "/tasks/%00"])
def test_an_unknown_task_is_a_readable_404(browser: Browser, path: str) -> None:
    browser.sign_in()
    answer = browser.get(path)
    assert answer.status_code == 404
    assert Page(answer.text).links()["Tasks"] == "/tasks"


def test_names_and_titles_are_text_not_markup(browser_of: Callable[[Popug], Browser], backend: FakeBackend) -> None:
    holder = Popug(BOB.id, f"Bob{NASTY}", "worker")
    task = backend.add_task(NASTY, holder=holder, key='"><b>', description=NASTY)
    browser = browser_of(ROOT)
    for path in ("/tasks", f"/tasks/{task['id']}", f"/tasks?q={NASTY}", f"/tasks?show=all&assignee={BOB.id}"):
        text = browser.get(path).text
        assert NASTY not in text
        assert "&lt;script&gt;" in text
    created = browser.press("/tasks", {"title": NASTY, "idempotency_key": "k"}).text
    assert NASTY not in created


def test_only_managers_and_admins_see_what_assigning_would_do(
    browser_of: Callable[[Popug], Browser], backend: FakeBackend
) -> None:
    backend.add_task("Fix the perch", holder=BOB)
    assert "Assign tasks" not in browser_of(ANN).open("/tasks").buttons()
    for leader in (BOSS, ROOT):
        page = browser_of(leader).open("/tasks")
        assert "Assign tasks" in page.buttons()
        assert page.one(id_="assignment-effect").text == "1 open task over 3 popugs, about $12 in fees"


def test_a_count_that_stopped_says_so(browser_of: Callable[[Popug], Browser], backend: FakeBackend) -> None:
    backend.counted_to = 2
    for title in ("Fix the perch", "Fill the feeder"):
        backend.add_task(title, holder=BOB)
    page = browser_of(BOSS).open("/tasks")
    assert page.one(id_="assignment-effect").text == "2+ open tasks over 3+ popugs, more than $12 in fees"
    assert "Everyone’s 2+" in page.one(id_="counts").text


def test_no_search_is_longer_than_the_backend_takes(browser_of: Callable[[Popug], Browser]) -> None:
    assert browser_of(ANN).open("/tasks").one("input", name="q").attributes["maxlength"] == "200"


@pytest.mark.parametrize("key", ["ключ", "k\u00e9", "two\r\nlines", "\x00", " ", "k" * 256])
def test_a_form_with_a_key_that_none_of_ours_has_is_refused(browser: Browser, backend: FakeBackend, key: str) -> None:
    task = backend.add_task("Fix the perch")
    browser.sign_in()
    created = browser.post("/tasks", {"title": "Oil the door", "idempotency_key": key})
    completed = browser.post(f"/tasks/{task['id']}/completion", {"idempotency_key": key})
    assert (created.status_code, completed.status_code) == (422, 422)
    assert "open the page anew" in Page(created.text).one(role="alert").text
    assert Page(created.text).one("input", id_="title").attributes["value"] == "Oil the door"
    assert not [asked for asked in backend.heard if asked.method == "POST"]
