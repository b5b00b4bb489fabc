"""New work is heard of in the app at once (T7): the board of whoever got it changes by itself."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, Request, expect

from e2e.conftest import Watch
from e2e.people import Person
from e2e.test_dashboards import axe_violations

AT_ONCE_MS = 3_000
SIGN_OUT_MS = 6_000
PICTURES = ("/portraits/", "/static/icon.svg")  # for the icon, browsers ask whenever they like
TRIES = 200  # eleven are drawn from: sixty are in vain once in three hundred times, and so many never


def toast(page: Page) -> Locator:
    return page.locator("#toasts").get_by_text("new task")


def listens(person: Person, at: str = "/tasks") -> list[str]:
    """Opens the page and waits until its stream is open; every further address it asks for is noted."""
    person.page.goto("/preferences")  # a page that opens no stream
    with person.page.expect_response(lambda answer: "/live" in answer.url) as opened:
        person.page.goto(at)
    assert opened.value.status == 200
    asked: list[str] = []
    person.page.on("request", lambda request: asked.append(path_of(request)))
    return asked


def path_of(request: Request) -> str:
    return "/" + request.url.split("/", 3)[3]


def creates_until(boss: Person, *, holder: Person, title: str) -> str:
    """Chance decides who gets a task; the title of the first that the holder drew."""
    boss.page.goto("/tasks?show=all")
    for number in range(TRIES):
        words = f"{title} {number:03d}"
        boss.fills_in(words)
        row = boss.row(words)
        expect(row).to_be_visible()
        if holder.name in row.locator("a[href*='assignee=']").inner_text():
            return words
    raise AssertionError("chance is against us")


def test_new_work_appears_on_an_open_board(meet: Callable[..., Person]) -> None:
    ann, boss = meet("worker"), meet("manager")
    asked = listens(ann)
    ann.page.get_by_label("Title", exact=True).fill("Half a thou")
    ann.page.get_by_label("Description", exact=True).fill("not yet")
    ann.page.get_by_label("Search", exact=True).fill("perc")
    before = ann.page.locator("#balance [data-cents]").get_attribute("data-cents")
    words = creates_until(boss, holder=ann, title="Polish the bell")
    expect(ann.row(words)).to_be_visible(timeout=AT_ONCE_MS)
    expect(toast(ann.page)).to_be_visible()
    expect(ann.page.locator("#balance [data-cents]")).not_to_have_attribute("data-cents", before or "")
    expect(ann.page.get_by_label("Title", exact=True)).to_have_value("Half a thou")
    expect(ann.page.get_by_label("Description", exact=True)).to_have_value("not yet")
    expect(ann.page.get_by_label("Search", exact=True)).to_have_value("perc")
    assert {path.partition("?")[0] for path in asked if not path.startswith(PICTURES)} == {"/tasks"}, "no reload"
    assert axe_violations(ann.page) == []
    ann.completes(words)


def test_dealing_anew_is_heard_of_on_the_first_page(meet: Callable[..., Person]) -> None:
    ann, boss = meet("worker"), meet("manager")
    for number in range(12):
        boss.creates(f"Count the seeds {number:02d}")
    listens(ann, "/")
    for _ in range(TRIES):
        boss.assigns_all()
        try:
            expect(toast(ann.page)).to_be_visible(timeout=AT_ONCE_MS)
        except AssertionError:
            continue
        break
    expect(toast(ann.page)).to_be_visible()
    expect(ann.page.locator("#halves [data-task-id]").first).to_be_visible()
    assert axe_violations(ann.page) == []


def test_what_one_does_oneself_is_told_once_and_moves_no_row(meet: Callable[..., Person]) -> None:
    ann, boss = meet("worker"), meet("manager")
    words = creates_until(boss, holder=ann, title="Air the nest")
    asked = listens(ann)
    ann.completes(words)
    expect(ann.row(words).get_by_text("finished")).to_be_visible()
    ann.page.wait_for_timeout(2_500)
    expect(ann.row(words).get_by_text("finished")).to_be_visible()
    expect(toast(ann.page)).to_have_count(0)
    assert len([path for path in asked if path.startswith("/tasks?") or path == "/tasks"]) == 1, "the counts, at once"


def test_signing_out_in_another_tab_ends_the_stream(meet: Callable[..., Person]) -> None:
    ann = meet("worker")
    ended: list[str] = []
    for event in ("request", "requestfinished", "requestfailed"):
        ann.page.on(event, lambda request, event=event: ended.append(event) if "/live" in request.url else None)
    listens(ann)
    ended.clear()
    ann.page.get_by_label("Title", exact=True).fill("Half a thou")
    other = Person(ann.page.context.new_page(), ann.name, ann.email, ann.role, ann.beak_shape)
    other.page.goto("/preferences")
    other.signs_out()
    expect(ann.page.locator("#live")).to_have_count(0, timeout=SIGN_OUT_MS)
    ann.page.wait_for_timeout(1_500)
    assert ended == ["requestfailed"], "left by the page itself, which does not come again"
    expect(ann.page.get_by_label("Title", exact=True)).to_have_value("Half a thou")


def test_where_no_stream_gets_through_the_page_asks_now_and_then(meet: Callable[..., Person], watch: Watch) -> None:
    ann, boss = meet("worker"), meet("manager")
    ann.page.clock.install()
    watch.expected.append("Failed to load resource: .* status of 503 ")
    ann.page.route("**/live*", lambda route: route.fulfill(status=503))
    ann.page.goto("/tasks")
    words = creates_until(boss, holder=ann, title="Mend the swing")
    expect(ann.row(words)).to_have_count(0)
    ann.page.clock.fast_forward(46_000)
    expect(ann.row(words)).to_be_visible(timeout=AT_ONCE_MS)


def test_further_rows_stay_when_something_is_new(meet: Callable[..., Person]) -> None:
    ann, boss = meet("worker"), meet("manager")
    for number in range(55):
        boss.creates(f"Sort the husks {number:02d}")
    listens(ann, "/tasks?show=all")
    ann.page.get_by_role("link", name="Load more", exact=True).click()
    expect(ann.page.locator("#more[data-paged]")).to_have_count(1)
    rows = ann.page.locator("#rows tr").count()
    assert rows > 50
    creates_until(boss, holder=ann, title="Sort the shells")
    expect(toast(ann.page)).to_be_visible(timeout=AT_ONCE_MS)
    expect(ann.page.locator("#rows tr")).to_have_count(rows)
