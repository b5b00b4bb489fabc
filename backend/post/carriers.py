"""Who carries a letter out of the house: a mail server, or a Maildir where none is set."""

import mailbox
import smtplib
import ssl
from contextlib import closing, suppress
from email.message import EmailMessage
from typing import Protocol

from backend.post.letters import RefusedForNowError, UndeliverableError
from backend.settings import Settings

TIMEOUT_SECONDS = 15.0


class Carrier(Protocol):
    def carry(self, message: EmailMessage) -> None:
        """Raises UndeliverableError for good, RefusedForNowError or any other exception for now."""
        ...


class MailServer:
    """A connection for each letter: letters are few, and a server that went away is noticed at once."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def carry(self, message: EmailMessage) -> None:
        try:
            with closing(
                smtplib.SMTP(self.settings.smtp_host, self.settings.smtp_port, timeout=TIMEOUT_SECONDS)
            ) as server:
                self.introduce(server)
                server.send_message(message)
                with suppress(smtplib.SMTPException, OSError):  # the letter is taken, however we part
                    server.quit()
        except smtplib.SMTPRecipientsRefused as refusal:
            [(code, said)] = refusal.recipients.values()
            raise answer_to_the_letter(code, said) from refusal
        except smtplib.SMTPDataError as refusal:
            raise answer_to_the_letter(refusal.smtp_code, refusal.smtp_error) from refusal
        except smtplib.SMTPResponseException as refusal:  # of us: no letter dies of a wrong setting or a full disk
            raise RefusedForNowError(in_words(refusal.smtp_code, refusal.smtp_error)) from refusal

    def introduce(self, server: smtplib.SMTP) -> None:
        if self.settings.smtp_starttls:
            server.starttls(context=ssl.create_default_context())
        if self.settings.smtp_user and self.settings.smtp_password:
            server.login(self.settings.smtp_user, self.settings.smtp_password.get_secret_value())


def answer_to_the_letter(code: int, said: bytes | str) -> Exception:
    return (UndeliverableError if code >= 500 else RefusedForNowError)(in_words(code, said))


def in_words(code: int, said: bytes | str) -> str:
    return f"{code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"


class MaildirFolder:
    def __init__(self, settings: Settings) -> None:
        self.folder = settings.mail_folder

    def carry(self, message: EmailMessage) -> None:
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        box = mailbox.Maildir(self.folder, create=True)
        try:
            box.add(message)
        finally:
            box.close()


def choose_carrier(settings: Settings) -> Carrier:
    return MailServer(settings) if settings.smtp_host else MaildirFolder(settings)
