"""Mail against a real SMTP server: taken once, refused for good or put off, and never to anybody else."""

import email
import email.policy
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from portal.adapters.mail import Mail, MailLater, MailRefused, SmtpMail

SENDER = "Procerus Skin Care <privacy@clinic.example>"
MESSAGE_ID = "<job.1@portal.clinic.example>"
AMINA = "amina@patients.example"


class Postbox:
    """What the server does with a mail, and what it was given."""

    def __init__(self) -> None:
        self.taken: list[SimpleNamespace] = []
        self.at_receiver = self.at_data = "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if self.at_receiver.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.at_receiver

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.at_data.startswith("250"):
            message = email.message_from_bytes(envelope.content, policy=email.policy.default)
            self.taken.append(
                SimpleNamespace(
                    to=envelope.rcpt_tos, message=message, raw=envelope.content, tls=session.ssl is not None
                )
            )
        return self.at_data


class Server(Controller):
    """A server on a free port of its own."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        socket.create_connection(("127.0.0.1", self.port)).close()


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def serve(postbox: Postbox) -> Iterator[Callable[..., int]]:
    servers = []

    def start(**how: Any) -> int:
        server = Server(postbox, hostname="127.0.0.1", port=0, server_hostname="localhost", **how)
        server.start()
        servers.append(server)
        return int(server.port)

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that nobody vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def mail_to(port: int, **how: Any) -> SmtpMail:
    return SmtpMail("127.0.0.1", port, SENDER, timeout=5, **how)


def send(mail: Mail, to: str = AMINA, subject: str = "News about your request", text: str = "Sign in to read.") -> None:
    mail.send(to, subject, text, MESSAGE_ID)


def test_a_mail_arrives_as_it_was_written(serve: Callable[..., int], postbox: Postbox) -> None:
    text = "Bonjour Zoë,\n\nSEN\u0106O\u0166EN \u6f22\u5b57.\n.\nFrom here on: a dot stood alone.\n" + "long " * 300
    send(mail_to(serve()), subject="Votre demande\u00a0: réponse", text=text)
    (mail,) = postbox.taken
    assert mail.to == [AMINA]
    assert mail.message["To"] == AMINA
    assert mail.message["From"] == SENDER
    assert mail.message["Subject"] == "Votre demande\u00a0: réponse"
    assert mail.message.get_content().replace("\r\n", "\n").rstrip() == text.rstrip()
    assert mail.message.get_content_type() == "text/plain"
    assert max(map(len, mail.raw.split(b"\r\n"))) < 1000


def test_a_mail_says_that_a_machine_wrote_it_and_keeps_its_id_at_every_try(
    serve: Callable[..., int], postbox: Postbox
) -> None:
    mail = mail_to(serve())
    send(mail)
    send(mail)
    assert [taken.message["Message-ID"] for taken in postbox.taken] == [MESSAGE_ID, MESSAGE_ID]
    assert {taken.message["Auto-Submitted"] for taken in postbox.taken} == {"auto-generated"}
    assert all(taken.message["Date"].datetime.tzinfo for taken in postbox.taken)


@pytest.mark.parametrize("answer", ["450 Mailbox busy", "421 Shutting down", "452 Too many"])
@pytest.mark.parametrize("stage", ["at_receiver", "at_data"])
def test_an_answer_beginning_with_4_puts_the_mail_off(
    serve: Callable[..., int], postbox: Postbox, stage: str, answer: str
) -> None:
    setattr(postbox, stage, answer)
    with pytest.raises(MailLater):
        send(mail_to(serve()))


@pytest.mark.parametrize("answer", ["550 No such user", "554 Rejected"])
@pytest.mark.parametrize("stage", ["at_receiver", "at_data"])
def test_an_answer_beginning_with_5_is_final_and_names_nobody(
    serve: Callable[..., int], postbox: Postbox, stage: str, answer: str
) -> None:
    setattr(postbox, stage, f"{answer}: {AMINA}")
    with pytest.raises(MailRefused, match=answer[:3]) as refused:
        send(mail_to(serve()))
    assert AMINA not in str(refused.value)


def test_a_server_that_is_not_there_puts_the_mail_off() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(MailLater):
            send(mail_to(closed.getsockname()[1]))


def test_a_server_that_says_nothing_puts_the_mail_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(MailLater):
        send(SmtpMail("127.0.0.1", silent.getsockname()[1], SENDER, timeout=0.2))


def speak(server: socket.socket, answers: list[bytes]) -> None:
    """A server that says its lines whatever it hears, and hangs up."""
    connection, _address = server.accept()
    with connection:
        for answer in answers:
            connection.sendall(answer)
            connection.recv(65536)


@pytest.mark.parametrize("goodbye", [[], [b"500 what?\r\n"]])
def test_a_mail_that_was_taken_stays_taken_however_the_server_says_goodbye(goodbye: list[bytes]) -> None:
    lines = [b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", b"250 taken\r\n", *goodbye]
    with socket.create_server(("127.0.0.1", 0)) as server:
        talk = threading.Thread(target=speak, args=(server, lines))
        talk.start()
        send(mail_to(server.getsockname()[1]))
        talk.join()


def test_a_server_that_hangs_up_before_taking_the_mail_puts_it_off() -> None:
    lines = [b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"]
    with socket.create_server(("127.0.0.1", 0)) as server:
        talk = threading.Thread(target=speak, args=(server, lines))
        talk.start()
        with pytest.raises(MailLater):
            send(mail_to(server.getsockname()[1]))
        talk.join()


# Encryption and signing in


def test_with_starttls_the_mail_travels_encrypted(
    serve: Callable[..., int], postbox: Postbox, certificate: Path
) -> None:
    port = serve(tls_context=server_tls(certificate), require_starttls=True)
    send(mail_to(port, starttls=True, trust=trusting(certificate)))
    assert [mail.tls for mail in postbox.taken] == [True]


def test_a_server_without_starttls_gets_no_mail_at_all(serve: Callable[..., int], postbox: Postbox) -> None:
    with pytest.raises(MailLater):
        send(mail_to(serve(), starttls=True))
    assert postbox.taken == []


def test_a_certificate_nobody_vouches_for_gets_no_mail(
    serve: Callable[..., int], postbox: Postbox, certificate: Path
) -> None:
    with pytest.raises(MailLater):
        send(mail_to(serve(tls_context=server_tls(certificate)), starttls=True))
    assert postbox.taken == []


def test_a_server_may_be_encrypted_from_the_start(
    serve: Callable[..., int], postbox: Postbox, certificate: Path
) -> None:
    port = serve(ssl_context=server_tls(certificate))
    send(mail_to(port, from_the_start=True, trust=trusting(certificate)))
    assert [mail.message["Subject"] for mail in postbox.taken] == ["News about your request"]


@pytest.mark.parametrize(("password", "ending"), [("right", None), ("wrong", MailLater)])
def test_a_wrong_password_of_ours_puts_the_mail_off_and_does_not_lose_it(
    serve: Callable[..., int], postbox: Postbox, certificate: Path, password: str, ending: type[Exception] | None
) -> None:
    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: LoginPassword) -> AuthResult:
        return AuthResult(success=given == LoginPassword(b"portal", b"right"), handled=False)

    port = serve(tls_context=server_tls(certificate), authenticator=check, auth_required=True)
    mail = mail_to(port, starttls=True, trust=trusting(certificate), user="portal", password=password)
    assert "wrong" not in repr(mail)
    if ending:
        with pytest.raises(ending):
            send(mail)
    else:
        send(mail)
    assert len(postbox.taken) == (0 if ending else 1)


def test_a_domain_in_other_letters_is_written_as_servers_know_it(serve: Callable[..., int], postbox: Postbox) -> None:
    send(mail_to(serve()), to="zoe@bücher.example")
    assert postbox.taken[0].to == ["zoe@xn--bcher-kva.example"]


def test_a_name_in_other_letters_goes_to_servers_that_can_read_it(serve: Callable[..., int], postbox: Postbox) -> None:
    send(mail_to(serve(enable_SMTPUTF8=True)), to="zoë@patients.example")
    assert postbox.taken[0].to == ["zoë@patients.example"]
    with pytest.raises(MailLater):
        send(mail_to(serve(enable_SMTPUTF8=False)), to="zoë@patients.example")
