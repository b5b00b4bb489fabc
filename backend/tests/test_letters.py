"""Letters: in the person's language, with the proof of the day, one for each round of new work; the dead are resent."""

import json
import mailbox
from datetime import date, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import compat32, default
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from backend.accounting.new_work import announce, new_work_of
from backend.accounting.proofs import check, proof_if_any
from backend.post.carriers import choose_carrier
from backend.post.letters import NO_BREAK_SPACE, Archive, Stationery, unbroken
from backend.post.outbox import outbox
from backend.post.postman import Postman
from backend.post.words import language_of, words_in
from backend.tests.company import Company, Popug

WEDNESDAY = date(2026, 3, 4)


def mail_goes_out(company: Company) -> list[EmailMessage]:
    """As `backend serve` has it, into the Maildir."""
    house = company.house
    stationery = Stationery(house.settings, Archive(proof=proof_if_any, new_work=new_work_of))
    postman = Postman(house.engine, stationery, choose_carrier(house.settings), company.clock, house.dice)
    while postman.go():
        pass
    if not house.settings.mail_folder.exists():
        return []
    box = mailbox.Maildir(house.settings.mail_folder)
    return [message_from_bytes(each.as_bytes(), policy=default) for each in box]


def words_of(message: EmailMessage) -> tuple[str, str]:
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text
    assert html
    return text.get_content(), html.get_content()


def shuffles(boss: Popug) -> UUID:
    """Until somebody got something new."""
    while True:
        told = boss.post("/reassignments").json()
        if told["unchanged"] < told["total"]:
            return UUID(told["id"])


def tell_again_of(company: Company, round_id: UUID) -> None:
    company.writing(lambda connection: announce(connection, round_id, company.now()))


def digests(company: Company) -> list[dict[str, Any]]:
    with company.house.engine.connect() as connection:
        rows = connection.execute(select(outbox.c.payload).where(outbox.c.topic == "new work"))
        return [row.payload for row in rows]


def test_a_payout_letter_waits_for_the_seal_and_carries_the_proof(company: Company, ann: Popug, boss: Popug) -> None:
    ann.completes(boss.creates())
    owed = ann.balance()
    company.time_passes(days=1)
    boss.creates()  # touches the account: it ends its day by itself, and the letter is posted
    assert mail_goes_out(company) == []
    company.closes_yesterday()
    [message] = mail_goes_out(company)
    [enclosed] = message.iter_attachments()
    assert enclosed.get_filename() == "ates-proof-2026-03-04.json"
    proven = check(json.loads(enclosed.get_content()))
    assert (proven.paid_cents, proven.day) == (owed, "2026-03-04")
    for words in words_of(message):
        assert f"${owed / 100:,.2f}" in words
        assert proven.seal[:16] in words
    assert ann.get("/accounts/me/statement", day="2026-03-04").json()["seal"] == proven.seal
    assert ann.get("/accounts/me/proof", day="2026-03-04").json()["seal"] == proven.seal
    assert ann.get("/accounts/me/proof", day="2026-03-05").status_code == 404


def test_a_popug_who_reads_russian_is_written_to_in_russian(company: Company, boss: Popug) -> None:
    ivan = company.hire("Иван Жако")
    company.issuer.tell({**ivan.as_told(), "email": "ivan@uberpopug.example", "locale": "ru-RU"})
    assert company.house.feed.sync()
    boss.creates("Починить жёрдочку")
    for task in ivan.get("/tasks").json()["items"]:
        ivan.completes(task)
    company.closes(WEDNESDAY)
    [message] = mail_goes_out(company)
    subject = message["Subject"].strip().replace(NO_BREAK_SPACE, " ")
    assert subject.startswith("Вам выплачено ")
    assert " за 4 марта 2026" in subject
    text, html = words_of(message)
    assert "Здравствуйте, Иван Жако" in text
    assert '<html lang="ru">' in html
    assert message["Content-Language"] == "ru"


@pytest.mark.parametrize(
    ("locale", "language"),
    [("ru", "ru"), ("ru-RU", "ru"), ("RU_ru", "ru"), ("en-GB", "en"), ("pt-PT", "ru"), (None, "ru"), ("", "ru")],
)
def test_who_told_no_language_we_write_gets_the_houses_own(locale: str | None, language: str) -> None:
    assert language_of(locale, "ru") == language


def test_every_english_word_of_a_letter_has_its_russian_one(company: Company) -> None:
    from babel.messages.extract import extract_from_dir

    folder = Path(company.house.settings.templates) / "mail"
    russian = words_in("ru", folder).translations
    methods = [("**.txt", "jinja2"), ("**.html", "jinja2")]
    found = {
        message if isinstance(message, str) else message[0]
        for _, _, message, _, _ in extract_from_dir(str(folder), method_map=methods)
    }
    assert len(found) >= 12
    assert {
        text for text in found if russian.gettext(text) == text and russian.ngettext(text, text, 1) == text
    } == set()


def test_no_space_of_a_header_is_lost(company: Company) -> None:
    """Whatever its length, and so wherever it is folded."""
    words = words_in("ru", company.house.settings.templates / "mail")
    for number in range(365):
        day, amount = words.day(WEDNESDAY + timedelta(days=number)), words.money(37 ** (number % 5))
        subject = words("You are paid %(amount)s for %(day)s", amount=amount, day=day)
        assert headers_read(subject, "Нпас Вилвкб")[0] == subject.replace(NO_BREAK_SPACE, " ")
    for length in range(1, 60):
        name = f"Мккноспвжоз {'ж' * length} Кпредамотлсрл Гктиоаквргс"
        assert headers_read("x", name)[1] == name


def headers_read(subject: str, name: str) -> tuple[str, str]:
    """The subject and the receiver's name as another program reads them, with plain spaces."""
    message = EmailMessage()
    message["Subject"], message["To"] = unbroken(subject), Address(unbroken(name), addr_spec="ivan@uberpopug.example")
    sent = message_from_bytes(message.as_bytes(), policy=compat32)
    read = [str(make_header(decode_header(sent[header]))).replace(NO_BREAK_SPACE, " ") for header in ("Subject", "To")]
    return read[0], read[1].partition("<")[0].strip()


@pytest.mark.parametrize(("count", "subject"), [(1, "1 новая задача"), (3, "3 новые задачи"), (11, "11 новых задач")])
def test_russian_counts_in_three_ways(company: Company, count: int, subject: str) -> None:
    words = words_in("ru", company.house.settings.templates / "mail")
    assert words.several("%(count)s new task for you", "%(count)s new tasks for you", count) == f"{subject} для вас"


def test_a_round_brings_each_popug_one_letter_with_their_new_tasks(
    company: Company, ann: Popug, bob: Popug, boss: Popug
) -> None:
    for number in range(24):
        boss.creates(f"Chore {number} <b>")
    before = {popug: {task["id"] for task in tasks_of(popug)} for popug in (ann, bob)}
    round_id = shuffles(boss)
    tell_again_of(company, round_id)  # as after a crash
    drawn = {popug: [task for task in tasks_of(popug) if task["id"] not in before[popug]] for popug in (ann, bob)}
    told = {popug: new for popug, new in drawn.items() if new}
    letters = {message["To"]: message for message in mail_goes_out(company)}
    assert len(letters) == len(told)
    for popug, new in told.items():
        text, html = words_of(letters[f"{popug.name} <{popug.as_told()['email']}>"])
        fees = sum(task["fee_cents"] for task in new)
        assert all(f"  - {task['title']}\n" in text for task in new)
        assert "<b>" not in html
        assert f"Charged for them in all: ${fees / 100:,.2f}" in text


def tasks_of(popug: Popug) -> list[dict[str, Any]]:
    tasks: list[dict[str, Any]] = popug.get("/tasks", limit=200).json()["items"]
    return tasks


def test_a_long_list_is_cut_and_says_so(company: Company, bob: Popug, boss: Popug) -> None:
    for number in range(27):
        boss.creates(f"Chore {number}")
    company.hire("Ann Aracari")
    bob.leave()
    shuffles(boss)
    [to_ann] = mail_goes_out(company)
    text, _ = words_of(to_ann)
    assert text.count("  - Chore ") == 20
    assert "and 7 more" in text
    assert to_ann["Subject"] == "27 new tasks for you"


def test_who_switched_the_digest_off_gets_none(company: Company, ann: Popug, bob: Popug, boss: Popug) -> None:
    assert ann.get("/me/preferences").json() == {"digest": True}
    for wanted in (True, False):
        headers = ann.headers()
        answer = company.client.put("/me/preferences", json={"digest": wanted}, headers=headers)
        assert answer.json() == ann.get("/me/preferences").json() == {"digest": wanted}
    for _ in range(10):
        boss.creates()
    shuffles(boss)
    assert {letter["person_id"] for letter in digests(company)} <= {str(bob.id)}
    assert bob.get("/me/preferences").json() == {"digest": True}


def test_admins_see_dead_letters_and_send_them_again_unchanged(
    company: Company, ann: Popug, boss: Popug, chief: Popug
) -> None:
    ann.completes(boss.creates())
    company.closes(WEDNESDAY)
    with company.house.engine.begin() as connection:
        connection.execute(update(outbox).values(dead_at=company.clock(), last_error="554 no parrots", attempts=10))
        before = connection.execute(select(outbox)).one()
    [letter] = chief.get("/letters").json()["items"]
    assert (letter["person"]["name"], letter["state"], letter["day"]) == ("Ann Aracari", "dead", "2026-03-04")
    assert letter["last_error"] == "554 no parrots"
    assert mail_goes_out(company) == []
    again = [chief.post(f"/letters/{letter['id']}/resending", key="again") for _ in range(2)]
    assert [answer.status_code for answer in again] == [202, 202]
    assert (again[0].json()["state"], again[0].json()["attempts"]) == ("waiting", 0)
    [message] = mail_goes_out(company)
    assert message["Message-ID"] == f"<{before.id}@uberpopug.example>"
    with company.house.engine.connect() as connection:
        after = connection.execute(select(outbox)).one()
        assert (after.payload, after.dead_at) == (before.payload, None)
    assert [item["id"] for item in chief.get("/letters", state="sent").json()["items"]] == [letter["id"]]


def test_only_a_dead_letter_is_sent_again_and_only_by_admins(
    company: Company, ann: Popug, boss: Popug, penny: Popug, chief: Popug
) -> None:
    penny.post(f"/accounts/{ann.id}/corrections", {"amount_cents": 500, "reason": "a gift"})
    company.closes(WEDNESDAY)
    [letter] = chief.get("/letters", state="waiting").json()["items"]
    refused = chief.post(f"/letters/{letter['id']}/resending")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not-a-dead-letter")
    assert chief.post(f"/letters/{uuid4()}/resending").status_code == 404
    for popug in (ann, boss, penny):
        assert popug.get("/letters").status_code == 403
        assert popug.post(f"/letters/{letter['id']}/resending").status_code == 403


def test_the_tray_is_paged(company: Company, boss: Popug, chief: Popug, penny: Popug) -> None:
    for number in range(5):
        popug = company.hire(f"Popug {number}")
        penny.post(f"/accounts/{popug.id}/corrections", {"amount_cents": 100, "reason": "a gift"})
    company.closes(WEDNESDAY)
    first = chief.get("/letters", state="waiting", limit=3).json()
    second = chief.get("/letters", state="waiting", limit=3, after=first["next"]).json()
    seen = {letter["id"] for page in (first, second) for letter in page["items"]}
    assert (len(first["items"]), len(second["items"]), second["next"], len(seen)) == (3, 2, None, 5)
    with company.house.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(outbox)).scalar_one() == 5
