"""Sending a plain letter by e-mail: through an SMTP server, or as files in a folder where nobody is to be written to.

A mail that fails fails in one of two ways: MailLater (try again) or MailRefused (do not). Why each answer of a server
belongs where it does: docs/decisions/0014-passwords-codes-and-mail.md.
"""

import os
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from time import gmtime, strftime
from typing import Protocol
from unicodedata import category
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from portal.adapters.whole_files import write_whole
from portal.domain.errors import Hopeless, Invalid, Later
from portal.domain.words import _

TIMEOUT_SECONDS = 20

_MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,120}@[A-Za-z0-9.-]{1,120}>", re.ASCII)
# Control signs, halves of signs, and Unicode's own ends of line and paragraph.
_LINE_BREAKING = frozenset({"Cc", "Cs", "Zl", "Zp"})
_ANSWER_YES = frozenset({"1", "true", "yes"})
_PORTS = {"smtp": 25, "smtps": 465}


class MailLater(Later):
    """The mail was not taken now; sending the same mail again later may work."""


class MailRefused(Hopeless):
    """The mail will never be taken as it is; somebody has to look at the address."""


@dataclass(frozen=True)
class Attachment:
    """A file that goes along, ``application/<subtype>``."""

    name: str
    subtype: str
    data: bytes = field(repr=False)


class Mail(Protocol):
    """A way to send a mail."""

    def send(
        self,
        to: str,
        subject: str,
        text: str,
        message_id: str,
        sender: tuple[str, str] | None = None,
        attachment: Attachment | None = None,
    ) -> None:
        """Hand one mail over. ``message_id`` (``<…@…>``) is the same at every try, so a second copy is known as one.

        ``sender`` (name, address) stands in the From line in place of the clinic's own.

        Raises MailLater or MailRefused; neither names the receiver.
        """


@dataclass(frozen=True)
class SmtpMail:
    """Hands mails to an SMTP server, encrypted whenever ``starttls`` or ``from_the_start`` says so, never in part."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = False
    from_the_start: bool = False
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)
    timeout: float = TIMEOUT_SECONDS

    def send(
        self,
        to: str,
        subject: str,
        text: str,
        message_id: str,
        sender: tuple[str, str] | None = None,
        attachment: Attachment | None = None,
    ) -> None:
        message = _letter(sender or self.sender, to, subject, text, message_id, attachment)
        with _sorted_faults():
            server = self._connect()
            try:
                self._greet(server)
                _hand_over(server, message)
            finally:
                # The mail is taken or not by now; how the goodbye goes must not undo that.
                with suppress(smtplib.SMTPException, OSError):
                    server.quit()

    def _connect(self) -> smtplib.SMTP:
        if self.from_the_start:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=self.trust)
        return smtplib.SMTP(self.host, self.port, timeout=self.timeout)

    def _greet(self, server: smtplib.SMTP) -> None:
        if self.starttls:
            server.starttls(context=self.trust)
        if self.user:
            try:
                server.login(self.user, self.password)
            except smtplib.SMTPException as fault:
                # Ours to set right, and no reason to give up a patient's mail.
                raise MailLater("the mail server does not accept the portal's sign-in") from fault


@dataclass(frozen=True)
class OutboxFolder:
    """Writes mails as ``.eml`` files that any mail program opens; the same Message-ID is the same file."""

    folder: Path
    sender: str

    def send(
        self,
        to: str,
        subject: str,
        text: str,
        message_id: str,
        sender: tuple[str, str] | None = None,
        attachment: Attachment | None = None,
    ) -> None:
        message = _letter(sender or self.sender, to, subject, text, message_id, attachment)
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(self._file(message_id), message.as_bytes())
        except OSError as fault:
            raise MailLater(f"the outbox could not be written: {os.strerror(fault.errno or 0)}") from fault

    def _file(self, message_id: str) -> Path:
        name = sha256(message_id.encode()).hexdigest()[:16]
        sent_before = next(self.folder.glob(f"*-{name}.eml"), None)
        return sent_before or self.folder / f"{strftime('%Y%m%dT%H%M%SZ', gmtime())}-{name}.eml"


def mail_from_url(url: str, outbox: Path, sender: str) -> Mail:
    """What ``PORTAL_MAIL_URL`` says: nothing for the ``outbox`` folder, ``smtp://user:pass@host:port?starttls=1``, or
    ``smtps://…`` for a server that is encrypted from the start. ``sender`` is the From line.

    Raises Invalid, which never repeats the address: it may hold a password.
    """
    if not url:
        return OutboxFolder(outbox, sender)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    except (KeyError, ValueError):
        host = ""
    if not host:
        raise Invalid(_("We cannot read PORTAL_MAIL_URL: write it as smtp://user:password@host:587?starttls=1."))
    return _smtp(parts, host, port, sender)


def _smtp(parts: SplitResult, host: str, port: int, sender: str) -> SmtpMail:
    starttls = parse_qs(parts.query).get("starttls", ["0"])[-1].lower() in _ANSWER_YES
    from_the_start = parts.scheme == "smtps"
    user = unquote(parts.username or "")
    if user and not (starttls or from_the_start or _is_this_machine(host)):
        raise Invalid(_("PORTAL_MAIL_URL would send the mail password unencrypted: add ?starttls=1 or use smtps://."))
    return SmtpMail(host, port, sender, user, unquote(parts.password or ""), starttls, from_the_start)


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _letter(
    sender: str | tuple[str, str],
    to: str,
    subject: str,
    text: str,
    message_id: str,
    attachment: Attachment | None = None,
) -> EmailMessage:
    """The mail itself: plain text, one receiver, known as sent by a machine (RFC 3834)."""
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError("a Message-ID is <something@domain>")
    message = EmailMessage(policy=SMTP)
    try:
        if any(category(sign) in _LINE_BREAKING for sign in subject):
            raise ValueError("a subject is one line")
        message["From"] = sender if isinstance(sender, str) else Address(sender[0], addr_spec=sender[1])
        message["To"] = _address(to)
        message["Subject"] = subject
        message["Date"] = formatdate(usegmt=True)
        message["Message-ID"] = message_id
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text, charset="utf-8", cte="quoted-printable")
        if attachment is not None:
            message.add_attachment(
                attachment.data, maintype="application", subtype=attachment.subtype, filename=attachment.name
            )
    except (ValueError, MessageError, IndexError) as fault:
        raise MailRefused("the address or the subject cannot stand in a mail") from fault
    return message


def _address(to: str) -> Address:
    """One bare address and nothing else; a domain in other letters is written the way servers know it."""
    name, _at, domain = to.rpartition("@")
    if not (name and domain) or not to.isprintable() or any(sign in name + domain for sign in ' ,;:<>()[]"\\@'):
        raise ValueError("not one bare address")
    return Address(username=name, domain=domain.encode("idna").decode("ascii"))


def _hand_over(server: smtplib.SMTP, message: EmailMessage) -> None:
    """As ``send_message`` would, which however writes ">From" where a line of the text begins with "From"."""
    sender, to = (message[head].addresses[0].addr_spec for head in ("From", "To"))
    if to.isascii():
        server.sendmail(sender, to, message.as_bytes())
    else:
        server.sendmail(sender, to, message.as_bytes(policy=SMTP.clone(utf8=True)), ["SMTPUTF8"])


@contextmanager
def _sorted_faults() -> Iterator[None]:
    """Later or never: only a firm no about the receiver or the mail itself is never."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as fault:
        raise _later_or_never(max(code for code, _text in fault.recipients.values())) from fault
    except smtplib.SMTPDataError as fault:
        raise _later_or_never(fault.smtp_code) from fault
    except smtplib.SMTPNotSupportedError as fault:
        raise MailLater("the mail server cannot do what the settings or the address ask for") from fault
    except smtplib.SMTPResponseException as fault:
        raise MailLater(f"the mail server answered {fault.smtp_code}") from fault
    except (smtplib.SMTPException, OSError) as fault:
        raise MailLater(f"the mail server could not be used: {type(fault).__name__}") from fault


def _later_or_never(code: int) -> MailLater | MailRefused:
    words = f"the mail server answered {code}"
    return MailRefused(words) if 500 <= code < 600 else MailLater(words)
