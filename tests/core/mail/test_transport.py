"""Mails reach a folder whole and an SMTP server once; every failure says whether another try may help."""

# ruff: noqa: ARG002 - the test server's callbacks have arguments that not every answer needs

import shutil
import ssl
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from baukasten import clock
from baukasten.errors import NotFound, Unavailable
from baukasten.mail.message import Message, Sender, build
from baukasten.mail.transport import FileTransport, Refused, SmtpTransport
from bench.load import free_port

TOWN = Sender(name="Stadt Müsterhausen", address="post@stadt.example", domain="stadt.example")
MAY = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)


def mail(to: str = "eva@a.example", subject: str = "Grüße") -> Message:
    return build(TOWN, to, subject=subject, text="Guten Tag, Frau Ä\n.\nEnde", html="<p>Guten Tag</p>")


# The folder


def test_a_mail_is_read_back_as_it_was_sent(tmp_path: Path) -> None:
    transport = FileTransport(tmp_path / "new" / "mail")
    with clock.turned(MAY):
        message = mail()
        stored = transport.read(transport.send(message))
    assert (stored.message_id, stored.to, stored.subject) == (message.message_id, "eva@a.example", "Grüße")
    assert (stored.sender_name, stored.sender) == ("Stadt Müsterhausen", "post@stadt.example")
    assert (stored.date, stored.language) == (MAY, "de")
    assert (stored.text, stored.html) == ("Guten Tag, Frau Ä\n.\nEnde\n", "<p>Guten Tag</p>\n")


def test_the_newest_come_first_even_within_one_moment(tmp_path: Path) -> None:
    transport = FileTransport(tmp_path)
    assert transport.list() == []
    with clock.turned(MAY):
        for number in range(12):
            transport.send(mail(subject=f"Nr. {number}"))
        clock.forward(timedelta(days=300))
        transport.send(mail(to="Otto@a.example", subject="später"))
    assert [one.subject for one in transport.list()] == ["später", *(f"Nr. {n}" for n in range(11, -1, -1))]
    assert [one.subject for one in transport.list(limit=2)] == ["später", "Nr. 11"]
    assert [one.subject for one in transport.list(to="otto@A.example")] == ["später"]
    assert [one.subject for one in transport.list(to="eva@a.example", limit=1)] == ["Nr. 11"]


def test_only_the_platform_reads_the_files_and_nothing_half_written_is_shown(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    transport = FileTransport(folder)
    stored_id = transport.send(mail())
    (folder / ".20260503120000000000-000001-abcdefgh.part").write_bytes(b"From: ha")
    assert [one.id for one in transport.list()] == [stored_id]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / f"{stored_id}.eml").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "stored_id", ["", "../secret", "secret", "20260503120000000000-000001-abcdefgh", "a/b", "\x00"]
)
def test_an_id_that_names_no_mail_is_not_found(tmp_path: Path, stored_id: str) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    (tmp_path / "secret.eml").write_bytes(mail().content)
    (folder / "secret.eml").write_bytes(mail().content)
    with pytest.raises(NotFound):
        FileTransport(folder).read(stored_id)


# The server


@dataclass
class Postbox:
    """What the SMTP server of a test took, and what it answers."""

    answers: dict[str, str] = field(default_factory=dict)
    taken: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    passwords: list[tuple[bytes, bytes]] = field(default_factory=list)
    greeted_as: list[str] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802 - the server looks for these names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        self.greeted_as.append(str(session.host_name))
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        self.taken.append((str(envelope.mail_from), list(envelope.rcpt_tos), content))
        return self.answers.get("DATA", "250 taken as 4711")

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        return self.answers.get("QUIT", "221 Bye")

    def check(
        self, server: SMTP, session: Session, envelope: Envelope, kind: str, data: LoginPassword
    ) -> AuthResult:
        self.passwords.append((data.login, data.password))
        return AuthResult(success=data.password == b"richtig", handled=False)


@pytest.fixture
def box() -> Postbox:
    return Postbox()


@pytest.fixture
def port(box: Postbox) -> Iterator[int]:
    controller = Controller(
        box, hostname="127.0.0.1", port=free_port(), authenticator=box.check, auth_require_tls=False,
        server_hostname="mail.example",
    )  # fmt: skip
    controller.start()
    yield controller.port
    controller.stop()


def test_the_server_gets_the_mail_byte_by_byte(box: Postbox, port: int) -> None:
    message = build(TOWN, "eva@a.example", subject="S", text="a\n.\n..b", bounces_to="bounce@stadt.example")
    assert SmtpTransport("127.0.0.1", port, starttls=False).send(message) == "taken as 4711"
    assert box.taken == [("bounce@stadt.example", ["eva@a.example"], message.content)]
    assert box.greeted_as == ["stadt.example"]


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    ("answer", "meaning"), [("550 no such person", Refused), ("451 greylisted", Unavailable)]
)
def test_a_no_is_final_and_a_later_is_not(
    box: Postbox, port: int, step: str, answer: str, meaning: type[Exception]
) -> None:
    box.answers[step] = answer
    with pytest.raises(meaning):
        SmtpTransport("127.0.0.1", port, starttls=False).send(mail())


def test_a_rude_goodbye_does_not_undo_a_delivery(box: Postbox, port: int) -> None:
    box.answers["QUIT"] = "421 too busy for goodbyes"
    assert SmtpTransport("127.0.0.1", port, starttls=False).send(mail()) == "taken as 4711"
    assert len(box.taken) == 1


def test_sign_in(box: Postbox, port: int) -> None:
    assert SmtpTransport("127.0.0.1", port, starttls=False, user="amt", password="richtig").send(mail())
    with pytest.raises(Unavailable):
        SmtpTransport("127.0.0.1", port, starttls=False, user="amt", password="falsch").send(mail())
    assert (set(box.passwords), len(box.taken)) == ({(b"amt", b"richtig"), (b"amt", b"falsch")}, 1)


def test_no_server_means_later() -> None:
    with pytest.raises(Unavailable):
        SmtpTransport("127.0.0.1", free_port(), starttls=False).send(mail())


def test_a_password_never_travels_readable(box: Postbox, port: int) -> None:
    with pytest.raises(ValueError, match="STARTTLS"):
        SmtpTransport("mail.example", 587, starttls=False, user="amt", password="richtig")
    # This server knows no STARTTLS, as one in the hands of somebody else would claim.
    with pytest.raises(Unavailable):
        SmtpTransport("127.0.0.1", port, user="amt", password="richtig").send(mail())
    assert (box.passwords, box.taken) == ([], [])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Make a certificate for the loopback address that nobody but this test trusts."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = shutil.which("openssl")
    assert command
    subprocess.run(
        [command, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key


@pytest.fixture
def tls_port(box: Postbox, certificate: tuple[Path, Path]) -> Iterator[int]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    controller = Controller(
        box, hostname="127.0.0.1", port=free_port(), tls_context=context, require_starttls=True,
        authenticator=box.check, server_hostname="mail.example",
    )  # fmt: skip
    controller.start()
    yield controller.port
    controller.stop()


def test_starttls_with_a_trusted_server(box: Postbox, tls_port: int, certificate: tuple[Path, Path]) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate[0]))
    message = mail()
    SmtpTransport("127.0.0.1", tls_port, user="amt", password="richtig", tls=trusting).send(message)
    assert [content for _, _, content in box.taken] == [message.content]
    assert box.passwords == [(b"amt", b"richtig")]


def test_starttls_with_a_stranger_says_nothing(box: Postbox, tls_port: int) -> None:
    with pytest.raises(Unavailable):
        SmtpTransport("127.0.0.1", tls_port, user="amt", password="richtig").send(mail())
    assert (box.passwords, box.taken) == ([], [])
