"""A letter's words: from what was posted to a message with a text and an HTML part, from templates/mail/."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cached_property
from typing import Any, cast
from uuid import UUID

from babel.dates import format_date
from babel.numbers import format_currency
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape
from sqlalchemy import Connection

from backend.people.replica import Person, find_person
from backend.post.outbox import Leased
from backend.settings import Settings

LOCALE = "en_US"


class UndeliverableError(Exception):
    """Trying again will not help."""


@dataclass(frozen=True)
class Stationery:
    settings: Settings

    @cached_property
    def environment(self) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(self.settings.templates / "mail"),
            autoescape=select_autoescape(("html",)),
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        cast(Any, environment).install_null_translations()
        return environment

    def write(self, connection: Connection, letter: Leased) -> EmailMessage:
        """Raises UndeliverableError when nobody is there to receive it, or no such letter is known."""
        if letter.topic != "payout":
            raise UndeliverableError(f"no template for {letter.topic}")
        person = find_person(connection, UUID(letter.payload["person_id"]))
        if person is None:
            raise UndeliverableError("nobody by that id")
        return self.payout(letter, person)

    def payout(self, letter: Leased, person: Person) -> EmailMessage:
        day, amount_cents = date.fromisoformat(letter.payload["day"]), letter.payload["amount_cents"]
        amount = format_currency(Decimal(amount_cents) / 100, "USD", locale=LOCALE)
        words = {
            "name": person.name,
            "day": format_date(day, "full", locale=LOCALE),
            "amount": amount,
            "subject": f"You are paid {amount} for {format_date(day, 'long', locale=LOCALE)}",
            "statement_url": f"{self.settings.frontend_url.rstrip('/')}/accounting?day={day}",
        }
        return self.compose(letter, person, "payout", words)

    def compose(self, letter: Leased, person: Person, name: str, words: dict[str, Any]) -> EmailMessage:
        """The Message-ID is the letter's own, so that a letter sent twice is known to be one."""
        message = EmailMessage()
        message["Subject"] = words["subject"]
        message["From"] = self.settings.smtp_from
        message["To"] = address_of(person)
        message["Date"] = format_datetime(letter.created_at)
        message["Message-ID"] = f"<{letter.id}@{sender_domain(message)}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834
        message.set_content(self.template(f"{name}.txt").render(words))
        message.add_alternative(self.template(f"{name}.html").render(words), subtype="html")
        return message

    def template(self, name: str) -> Template:
        return self.environment.get_template(name)


def address_of(person: Person) -> Address:
    """A line break in a name or an address would begin a new header: refused, never repaired."""
    try:
        return Address(person.name, addr_spec=person.email)
    except (ValueError, IndexError, MessageError) as error:
        raise UndeliverableError(f"not an address: {error}") from error


def sender_domain(message: EmailMessage) -> str:
    addresses = message["From"].addresses
    return addresses[0].domain if addresses and addresses[0].domain else "localhost"
