"""Mail: kept until it is carried, carried at least once, to a real mail server or a Maildir."""

import asyncio
import mailbox
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select

from backend.accounting.ledger import payout_letter
from backend.database import AnyRow
from backend.post.carriers import choose_carrier
from backend.post.letters import Stationery
from backend.post.outbox import (
    ATTEMPTS,
    LEASE,
    NEVER_HEARD_OF,
    Leased,
    Letter,
    count_attempt,
    lease,
    mark_failed,
    mark_sent,
    outbox,
    post,
    release,
)
from backend.post.postman import Postman
from backend.post.tray import resend
from backend.settings import Settings
from backend.tests.company import Company, Popug
from backend.tests.issuer import free_port


@dataclass
class Inbox:
    """A mail server's user-visible side: what came, and with which words it answers."""

    came: list[Envelope] = field(default_factory=list)
    answer: str = "250 OK"
    to_sender: str = "250 OK"
    to_receiver: str = "250 OK"
    greeting: str = ""
    slow_seconds: float = 0
    hangs_up: bool = False  # after the letter was taken, before saying so
    farewell: str = "221 Bye"

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.to_sender

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.to_receiver

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.slow_seconds)
        if self.answer.startswith("250"):
            self.came.append(envelope)
        if self.hangs_up and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return self.answer

    async def handle_QUIT(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        return self.farewell


class Speaking(SMTP):
    async def push(self, status: Any) -> None:
        greets = str(status).startswith("220 ") and self.event_handler.greeting
        await super().push(self.event_handler.greeting if greets else status)


class Speaker(Controller):
    def factory(self) -> SMTP:
        return Speaking(self.handler, hostname=self.hostname)


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    inbox = Inbox()
    port = free_port()
    controller = Speaker(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield inbox, port
    controller.stop()


def postman(company: Company, **changes: Any) -> Postman:
    settings: Settings = company.house.settings.model_copy(update=changes)
    carrier = choose_carrier(settings)
    return Postman(company.house.engine, Stationery(settings), carrier, company.clock, company.house.dice)


def by_server(company: Company, port: int) -> Postman:
    return postman(company, smtp_host="127.0.0.1", smtp_port=port)


def owe(company: Company, person_id: UUID, amount_cents: int = 123_456) -> None:
    letter = payout_letter({"account_id": person_id, "day": date(2026, 3, 4), "amount_cents": amount_cents})
    company.writing(lambda connection: post(connection, [letter], company.now()))
    company.writing(lambda connection: release(connection, date(2026, 3, 4), company.now()))


def stored(company: Company) -> AnyRow:
    with company.house.engine.connect() as connection:
        return connection.execute(select(outbox)).one()


def read(company: Company) -> list[mailbox.MaildirMessage]:
    return list(mailbox.Maildir(company.house.settings.mail_folder))


def parts(message: mailbox.MaildirMessage) -> list[str]:
    """The text and the HTML part, decoded."""
    parsed = message_from_bytes(message.as_bytes(), policy=default)
    return [part.get_content() for part in parsed.iter_parts()]


def test_without_a_mail_server_letters_go_to_a_maildir(company: Company, ann: Popug) -> None:
    owe(company, ann.id)
    assert postman(company).go() == 1
    [message] = read(company)
    assert message["To"] == "Ann Aracari <ann.aracari@uberpopug.example>"
    assert message["Subject"] == "You are paid $1,234.56 for March 4, 2026"
    text, html = parts(message)
    for words in (text, html):
        assert "$1,234.56" in words
        assert "Wednesday, March 4, 2026" in words
        assert "http://127.0.0.1:8000/accounting?day=2026-03-04" in words
    assert stored(company).sent_at == company.clock()


def test_a_letter_goes_to_the_mail_server_with_its_own_message_id(
    company: Company, ann: Popug, inbox: tuple[Inbox, int]
) -> None:
    server, port = inbox
    owe(company, ann.id)
    by_server(company, port).go()
    [envelope] = server.came
    assert envelope.rcpt_tos == ["ann.aracari@uberpopug.example"]
    assert f"Message-ID: <{stored(company).id}@uberpopug.example>" in (envelope.original_content or b"").decode()
    assert by_server(company, port).go() == 0


def test_a_server_that_is_busy_is_tried_again_later(company: Company, ann: Popug, inbox: tuple[Inbox, int]) -> None:
    server, port = inbox
    server.answer = "451 later, please"
    owe(company, ann.id)
    assert by_server(company, port).go() == 1
    assert by_server(company, port).go() == 0
    assert (stored(company).sent_at, stored(company).dead_at, stored(company).attempts) == (None, None, 1)
    server.answer = "250 OK"
    company.clock.turn(minutes=1)
    assert by_server(company, port).go() == 1
    assert len(server.came) == 1


@pytest.mark.parametrize("asked", ["answer", "to_receiver"])
def test_a_server_that_says_never_to_a_letter_makes_a_dead_one(
    company: Company, ann: Popug, inbox: tuple[Inbox, int], asked: str
) -> None:
    server, port = inbox
    setattr(server, asked, "554 we do not take parrots")
    owe(company, ann.id)
    by_server(company, port).go()
    assert stored(company).dead_at == company.clock()
    assert stored(company).last_error == "554 we do not take parrots"


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("greeting", "554 5.7.1 not from your address"),
        ("to_sender", "530 5.7.0 Authentication required"),
        ("to_sender", "552 5.2.2 insufficient storage"),
        ("to_receiver", "450 4.2.1 later, please"),
    ],
)
def test_a_server_that_says_never_to_us_is_tried_again_later(
    company: Company, ann: Popug, inbox: tuple[Inbox, int], asked: str, answer: str
) -> None:
    server, port = inbox
    setattr(server, asked, answer)
    owe(company, ann.id)
    by_server(company, port).go()
    assert (stored(company).dead_at, stored(company).last_error) == (None, answer)
    setattr(server, asked, getattr(Inbox(), asked))
    company.clock.turn(minutes=1)
    by_server(company, port).go()
    assert stored(company).sent_at == company.clock()


def test_a_server_that_hangs_up_after_taking_a_letter_gets_it_again_under_the_same_id(
    company: Company, ann: Popug, inbox: tuple[Inbox, int]
) -> None:
    server, port = inbox
    server.hangs_up = True
    owe(company, ann.id)
    by_server(company, port).go()
    assert (stored(company).sent_at, stored(company).dead_at) == (None, None)
    server.hangs_up = False
    company.clock.turn(minutes=1)
    by_server(company, port).go()
    ids = [message_from_bytes(envelope.original_content or b"")["Message-ID"] for envelope in server.came]
    assert ids == [f"<{stored(company).id}@uberpopug.example>"] * 2
    assert stored(company).sent_at == company.clock()


def test_a_slow_server_is_left_alone_and_tried_later(
    company: Company, ann: Popug, inbox: tuple[Inbox, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, port = inbox
    server.slow_seconds = 0.5
    owe(company, ann.id)
    with monkeypatch.context() as patch:
        patch.setattr("backend.post.carriers.TIMEOUT_SECONDS", 0.1)
        by_server(company, port).go()
    assert stored(company).sent_at is None
    assert "timed out" in stored(company).last_error
    server.slow_seconds = 0
    company.clock.turn(minutes=1)
    by_server(company, port).go()
    assert stored(company).sent_at == company.clock()


def test_a_bag_that_takes_too_long_is_left_to_others_before_its_lease_ends(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        owe(company, company.hire(f"Popug {number}").id)
    walker = postman(company)
    carry = walker.carrier.carry

    def slowly(message: EmailMessage) -> None:
        company.clock.turn(seconds=LEASE.total_seconds() / 4)
        carry(message)

    monkeypatch.setattr(walker.carrier, "carry", slowly)
    walker.go()
    assert len(read(company)) == 3
    company.clock.turn(seconds=LEASE.total_seconds())
    walker.go()
    assert len(read(company)) == len({message["Message-ID"] for message in read(company)}) == 5


def test_a_server_that_is_not_there_is_tried_until_the_attempts_are_used_up(company: Company, ann: Popug) -> None:
    owe(company, ann.id)
    for attempt in range(ATTEMPTS):
        assert stored(company).dead_at is None, attempt
        assert by_server(company, 1).go() == 1
        company.clock.turn(hours=2)
    assert stored(company).dead_at is not None
    assert by_server(company, 1).go() == 0


def test_a_carrier_that_died_with_a_letter_does_not_lose_it(company: Company, ann: Popug) -> None:
    owe(company, ann.id)
    company.writing(lambda connection: lease(connection, company.clock(), at_most=5))  # and never came back
    assert postman(company).go() == 0
    company.clock.turn(seconds=LEASE.total_seconds())
    assert postman(company).go() == 1
    assert len(read(company)) == 1


def test_a_letter_that_only_lay_in_the_bag_has_all_its_attempts(
    company: Company, ann: Popug, inbox: tuple[Inbox, int]
) -> None:
    server, port = inbox
    server.answer = "451 later, please"
    told_to_stop = threading.Event()
    told_to_stop.set()
    owe(company, ann.id)
    for _ in range(ATTEMPTS):
        assert by_server(company, port).go(told_to_stop) == 1
        company.clock.turn(seconds=LEASE.total_seconds())
    assert stored(company).attempts == 0
    by_server(company, port).go()
    assert (stored(company).attempts, stored(company).dead_at) == (1, None)


def test_a_letter_that_no_carrier_comes_back_from_is_dead_at_last(
    company: Company, ann: Popug, monkeypatch: pytest.MonkeyPatch
) -> None:
    owe(company, ann.id)
    walker = postman(company)
    with monkeypatch.context() as patch:
        patch.setattr(walker.carrier, "carry", is_killed)
        for attempt in range(ATTEMPTS):
            assert (stored(company).attempts, stored(company).dead_at) == (attempt, None)
            with pytest.raises(Killed):
                walker.go()
            company.clock.turn(seconds=LEASE.total_seconds())
        assert walker.go() == 0
    dead = stored(company)
    assert (dead.dead_at, dead.last_error) == (company.clock(), NEVER_HEARD_OF)
    company.writing(lambda connection: resend(connection, dead.id, company.now()))
    assert walker.go() == 1
    assert len(read(company)) == 1


class Killed(BaseException):
    """As by a signal: nothing of ours runs after it."""


def is_killed(_message: EmailMessage) -> None:
    raise Killed


def test_a_carrier_whose_lease_ran_out_leaves_the_letter_to_the_next(company: Company, ann: Popug) -> None:
    owe(company, ann.id)
    [letter] = company.writing(lambda connection: lease(connection, company.clock(), at_most=5))
    company.clock.turn(seconds=LEASE.total_seconds())
    assert by_server(company, 1).go() == 1  # and pauses now
    postman(company).deliver(letter)
    assert (read(company), stored(company).attempts) == ([], 1)


@pytest.mark.parametrize("slow_one_first", [True, False])
def test_of_two_carriers_with_one_letter_who_brought_it_is_right(
    company: Company, ann: Popug, slow_one_first: bool
) -> None:
    """The first was so slow that its lease ran out, and the second was told that it can not be delivered."""
    owe(company, ann.id)
    first, second = takes_it(company), takes_it(company)
    gives_up = partial(mark_failed, error="no such box", for_good=True, dice=company.house.dice)
    deeds = [
        lambda connection: mark_sent(connection, first.id, company.clock()),
        lambda connection: gives_up(connection, second, now=company.clock()),
    ]
    for deed in deeds if slow_one_first else reversed(deeds):
        company.writing(deed)
    assert (stored(company).sent_at, stored(company).dead_at) == (company.clock(), None)
    assert postman(company).go() == 0


def test_a_carrier_whose_lease_ran_out_gives_nothing_up(company: Company, ann: Popug) -> None:
    owe(company, ann.id)
    first, second = takes_it(company), takes_it(company)
    before = stored(company)
    gives_up = partial(mark_failed, error="no such box", for_good=True, dice=company.house.dice)
    company.writing(lambda connection: gives_up(connection, first, now=company.clock()))
    assert stored(company) == before
    company.writing(lambda connection: gives_up(connection, second, now=company.clock()))
    assert stored(company).dead_at


def takes_it(company: Company) -> Leased:
    """And is at it until its lease has run out."""
    letter: Leased
    [letter] = company.writing(lambda connection: lease(connection, company.clock(), at_most=5))
    assert company.writing(lambda connection: count_attempt(connection, letter))
    company.clock.turn(seconds=LEASE.total_seconds())
    return letter


def test_the_same_letter_is_posted_once(company: Company, ann: Popug) -> None:
    owe(company, ann.id)
    owe(company, ann.id)
    assert postman(company).go() == 1


@pytest.mark.parametrize("email", ["ann@x.example\r\nBcc: all@x.example", "no address", "", "a@b@c"])
def test_an_address_that_is_none_makes_a_dead_letter_and_no_header(company: Company, email: str) -> None:
    person = {"id": uuid4(), "name": "Eve", "email": email, "role": "worker", "active": True, "version": 1}
    company.issuer.tell({**person, "id": str(person["id"])})
    assert company.house.feed.sync()
    owe(company, UUID(str(person["id"])))
    postman(company).go()
    assert stored(company).dead_at is not None
    assert not company.house.settings.mail_folder.exists()


def test_a_name_with_markup_stays_a_name(company: Company) -> None:
    eve = company.hire("<b>Eve</b> & Co")
    company.issuer.tell({**eve.as_told(), "email": "eve@x.example"})
    assert company.house.feed.sync()
    owe(company, eve.id)
    postman(company).go()
    [message] = read(company)
    _, html = parts(message)
    assert "&lt;b&gt;Eve&lt;/b&gt; &amp; Co" in html


def test_a_letter_nobody_can_write_is_dead_at_once(company: Company, ann: Popug) -> None:
    letters = [Letter("poem", dedup="poem:1", payload={})]
    company.writing(lambda connection: post(connection, letters, company.now()))
    postman(company).go()
    assert stored(company).dead_at is not None


def test_a_letter_to_nobody_is_dead_at_once(company: Company) -> None:
    owe(company, uuid4())
    postman(company).go()
    assert stored(company).dead_at is not None


def test_carrying_many_takes_several_walks(company: Company) -> None:
    for number in range(25):
        owe(company, company.hire(f"Popug {number}").id)
    assert [postman(company).go() for _ in range(3)] == [20, 5, 0]
    assert len({message["Message-ID"] for message in read(company)}) == 25


def test_a_letter_is_an_ordinary_message(company: Company, ann: Popug) -> None:
    owe(company, ann.id)
    [letter] = company.writing(lambda connection: lease(connection, company.clock(), at_most=1))
    with company.house.engine.connect() as connection:
        message = Stationery(company.house.settings).write(connection, letter)
    assert isinstance(message, EmailMessage)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"


@pytest.mark.parametrize("farewell", ["421 4.4.2 closing", "500 what?"])
def test_what_a_server_took_is_not_brought_again_for_its_farewell(
    company: Company, ann: Popug, inbox: tuple[Inbox, int], farewell: str
) -> None:
    server, port = inbox
    server.farewell = farewell
    owe(company, ann.id)
    for _ in range(2):
        by_server(company, port).go()
        company.clock.turn(hours=2)
    assert len(server.came) == 1
    assert stored(company).sent_at
    assert not stored(company).dead_at
