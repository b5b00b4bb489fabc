"""A letter's words: from what was posted to a message with a text and an HTML part, from templates/mail/."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from backend.people.replica import Person, find_person
from backend.post.outbox import Leased
from backend.post.words import Words, language_of, words_in
from backend.settings import Settings

NO_BREAK_SPACE = "\u00a0"


class UndeliverableError(Exception):
    """Trying again will not help."""


class RefusedForNowError(Exception):
    """The mail server's own words; it may say something else later."""


@dataclass(frozen=True)
class NewWork:
    """What one press of Assign tasks brought somebody: the first titles, the number of all, and the fees."""

    titles: list[str]
    count: int
    fees_cents: int


@dataclass(frozen=True)
class Archive:
    """Where letters look up what they speak of; the rooms above know."""

    proof: Callable[[Connection, UUID, date], dict[str, Any] | None] = lambda *_: None
    new_work: Callable[[Connection, UUID, UUID], NewWork] = lambda *_: NewWork([], 0, 0)


@dataclass(frozen=True)
class Envelope:
    """A letter's values and what is enclosed (file name to content)."""

    template: str
    values: dict[str, Any]
    enclosed: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Stationery:
    settings: Settings
    archive: Archive = field(default_factory=Archive)

    def write(self, connection: Connection, letter: Leased) -> EmailMessage:
        """Raises UndeliverableError when nobody is there to receive it, or no such letter is known."""
        writers = {"payout": self.payout, "new work": self.new_work}
        if letter.topic not in writers:
            raise UndeliverableError(f"no template for {letter.topic}")
        person = find_person(connection, UUID(letter.payload["person_id"]))
        if person is None:
            raise UndeliverableError("nobody by that id")
        words = words_in(language_of(person.locale, self.settings.language), self.settings.templates / "mail")
        return self.compose(letter, person, words, writers[letter.topic](connection, letter, words))

    def payout(self, connection: Connection, letter: Leased, words: Words) -> Envelope:
        """The amount is the one posted with the money; the proof is that of the sealed day."""
        day, amount = date.fromisoformat(letter.payload["day"]), words.money(letter.payload["amount_cents"])
        proof = self.archive.proof(connection, UUID(letter.payload["person_id"]), day)
        values = {
            "subject": words("You are paid %(amount)s for %(day)s", amount=amount, day=words.day(day)),
            "day": words.day(day, "full"),
            "amount": amount,
            "seal": proof["seal"][:16] if proof else "",
            "statement_url": self.link(f"/accounting?day={day}"),
        }
        return Envelope("payout", values, {f"ates-proof-{day}.json": proof} if proof else {})

    def new_work(self, connection: Connection, letter: Leased, words: Words) -> Envelope:
        person_id, round_id = UUID(letter.payload["person_id"]), UUID(letter.payload["round_id"])
        work = self.archive.new_work(connection, person_id, round_id)
        values = {
            "subject": words.several("%(count)s new task for you", "%(count)s new tasks for you", work.count),
            "titles": work.titles,
            "further": work.count - len(work.titles),
            "fees": words.money(work.fees_cents),
            "tasks_url": self.link("/tasks"),
        }
        return Envelope("new_work", values)

    def compose(self, letter: Leased, person: Person, words: Words, envelope: Envelope) -> EmailMessage:
        """The Message-ID is the letter's own, so that a letter sent twice is known to be one."""
        values = {**envelope.values, "name": person.name}
        message = EmailMessage()
        message["Subject"] = unbroken(values["subject"])
        message["From"] = self.settings.smtp_from
        message["To"] = address_of(person)
        message["Date"] = format_datetime(letter.created_at)
        message["Message-ID"] = f"<{letter.id}@{sender_domain(message)}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834
        message.set_content(words.render(f"{envelope.template}.txt", values))
        message.add_alternative(words.render(f"{envelope.template}.html", values), subtype="html")
        for name, content in envelope.enclosed.items():
            data = json.dumps(content, ensure_ascii=False, indent=1).encode()
            message.add_attachment(data, maintype="application", subtype="json", filename=name)
        message["Content-Language"] = words.language
        return message

    def link(self, path: str) -> str:
        return self.settings.frontend_url.rstrip("/") + path


def address_of(person: Person) -> Address:
    """A line break in a name or an address would begin a new header: refused, never repaired."""
    try:
        return Address(unbroken(person.name), addr_spec=person.email)
    except (ValueError, IndexError, MessageError) as error:
        raise UndeliverableError(f"not an address: {error}") from error


def unbroken(words: str) -> str:
    """For a header. Where Python folds one that is not ASCII at a space, it now and then loses the space (3.11)."""
    return words if words.isascii() else words.replace(" ", NO_BREAK_SPACE)


def sender_domain(message: EmailMessage) -> str:
    addresses = message["From"].addresses
    return addresses[0].domain if addresses and addresses[0].domain else "localhost"
