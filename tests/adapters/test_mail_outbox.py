"""Mail as files, who a mail may go to, and how the setting is read: nothing here needs a server."""

import email
import email.policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from portal.adapters.mail import Mail, MailLater, MailRefused, OutboxFolder, SmtpMail, mail_from_url
from portal.domain.errors import Invalid

SENDER = "Procerus Skin Care <privacy@clinic.example>"
MESSAGE_ID = "<job.1@portal.clinic.example>"
AMINA = "amina@patients.example"


def send(mail: Mail, to: str = AMINA, subject: str = "News about your request", text: str = "Sign in to read.") -> None:
    mail.send(to, subject, text, MESSAGE_ID)


# Who a mail goes to, and what stands in its head

INJECTIONS = [
    "amina@patients.example\r\nBcc: eve@evil.example",
    "amina@patients.example\nBcc: eve@evil.example",
    "amina@patients.example\u2028Bcc: eve@evil.example",
    "amina@patients.example, eve@evil.example",
    "amina@patients.example; eve@evil.example",
    "Amina <amina@patients.example>",
    "amina@patients.example>",
    '"a b"@patients.example',
    "amina@evil.example@patients.example",
    "amina@patients.example\n",
    "amina@patients.example\x00",
    "amina@" + "a" * 70 + ".example",
    "amina@patients..example",
    "amina",
    "@patients.example",
    "amina@",
    "",
]


@pytest.mark.parametrize("to", INJECTIONS)
def test_what_is_not_one_address_is_refused_before_anything_is_sent(tmp_path: Path, to: str) -> None:
    with pytest.raises(MailRefused):
        send(OutboxFolder(tmp_path / "outbox", SENDER), to=to)
    assert not (tmp_path / "outbox").exists()


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\u2028", "\u2029", "\x0b", "\x0c", "\x85", "\x00", "\x1b"])
def test_a_subject_of_more_than_one_line_is_refused(tmp_path: Path, break_: str) -> None:
    for subject in (f"News{break_}Bcc: eve@evil.example", f"News{break_}"):
        with pytest.raises(MailRefused):
            send(OutboxFolder(tmp_path / "outbox", SENDER), subject=subject)


def test_percent_signs_are_letters_like_any_other(tmp_path: Path) -> None:
    send(OutboxFolder(tmp_path, SENDER), subject="News%0d%0aBcc: eve@evil.example")
    (written,) = read_outbox(tmp_path)
    assert written["Subject"] == "News%0d%0aBcc: eve@evil.example"
    assert written["Bcc"] is None


@pytest.mark.parametrize("message_id", ["", "job.1", "<job 1@x>", "<a@b>\r\nBcc: eve@evil.example", "<a@b><c@d>"])
def test_a_message_id_that_is_none_is_our_mistake(tmp_path: Path, message_id: str) -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        OutboxFolder(tmp_path, SENDER).send(AMINA, "News", "Text", message_id)


# The outbox


def read_outbox(folder: Path) -> list[EmailMessage]:
    def read(path: Path) -> EmailMessage:
        return email.message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=email.policy.default)

    return [read(path) for path in sorted(folder.iterdir())]


def test_without_a_server_mails_are_files_that_mail_programs_open(tmp_path: Path) -> None:
    outbox = tmp_path / "var" / "outbox"
    send(mail_from_url("", outbox, SENDER), text="Zoë, sign in to read.")
    (written,) = read_outbox(outbox)
    assert (written["To"], written["Message-ID"]) == (AMINA, MESSAGE_ID)
    assert written.get_content().strip() == "Zoë, sign in to read."
    assert [path.suffix for path in outbox.iterdir()] == [".eml"]


def test_the_same_mail_sent_again_is_the_same_file_and_another_is_another(tmp_path: Path) -> None:
    outbox = OutboxFolder(tmp_path, SENDER)
    for _try in range(3):
        send(outbox)
    outbox.send(AMINA, "Other", "Text", "<job.2@portal.clinic.example>")
    assert len(read_outbox(tmp_path)) == 2


def test_an_outbox_that_cannot_be_written_puts_the_mail_off_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("in the way")
    with pytest.raises(MailLater):
        send(OutboxFolder(tmp_path / "outbox", SENDER))


# The setting


def test_the_setting_is_read_in_full(tmp_path: Path) -> None:
    mail = mail_from_url("smtp://por%40tal:p%3Aw@mail.clinic.example:587?starttls=1", tmp_path, SENDER)
    assert isinstance(mail, SmtpMail)
    assert (mail.host, mail.port, mail.user, mail.password) == ("mail.clinic.example", 587, "por@tal", "p:w")
    assert mail.starttls
    assert not mail.from_the_start
    assert "p:w" not in repr(mail)
    secure = mail_from_url("smtps://mail.clinic.example", tmp_path, SENDER)
    assert isinstance(secure, SmtpMail)
    assert (secure.port, secure.from_the_start, secure.user) == (465, True, "")
    plain = mail_from_url("smtp://localhost", tmp_path, SENDER)
    assert isinstance(plain, SmtpMail)
    assert (plain.port, plain.starttls) == (25, False)


@pytest.mark.parametrize(
    "url", ["http://mail", "smtp://", "smtp://u:secret@", "mail.clinic.example", "smtp://u:secret@h:x"]
)
def test_a_setting_that_cannot_be_read_is_refused_without_repeating_it(tmp_path: Path, url: str) -> None:
    with pytest.raises(Invalid, match="smtp://user:password@host") as refused:
        mail_from_url(url, tmp_path, SENDER)
    assert "secret" not in refused.value.sentence


def test_a_mail_password_never_leaves_the_machine_unencrypted(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="unencrypted"):
        mail_from_url("smtp://portal:secret@mail.clinic.example:587", tmp_path, SENDER)
    mail_from_url("smtp://portal:secret@127.0.0.1:25", tmp_path, SENDER)
    mail_from_url("smtp://portal:secret@localhost:25", tmp_path, SENDER)
