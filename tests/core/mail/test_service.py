"""Delivering gives a receipt; the installation's address decides the way."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from baukasten import clock
from baukasten.mail.message import Message, Sender, build
from baukasten.mail.service import Receipt, deliver, transport_for
from baukasten.mail.transport import FileTransport, Refused, SmtpTransport

MAY = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
MAIL = build(Sender("Stadt", "post@stadt.example", "stadt.example"), "eva@a.example", subject="S", text="T")


class Closed:
    """A way out that takes nothing."""

    def send(self, message: Message) -> str:
        raise Refused(f"{message.to} could not be delivered")


def test_a_receipt_names_what_was_handed_over(tmp_path: Path) -> None:
    transport = FileTransport(tmp_path)
    with clock.turned(MAY):
        receipt = deliver(transport, MAIL)
    stored = transport.list()[0]
    assert receipt == Receipt(message_id=MAIL.message_id, to="eva@a.example", at=MAY, reference=stored.id)
    assert stored.message_id == MAIL.message_id


def test_a_refusal_passes_through() -> None:
    with pytest.raises(Refused, match="could not be delivered"):
        deliver(Closed(), MAIL)


def test_without_a_server_mails_stay_in_the_folder(tmp_path: Path) -> None:
    transport = transport_for("", tmp_path)
    assert isinstance(transport, FileTransport)
    assert transport.folder == tmp_path


def test_the_servers_address_is_read_whole(tmp_path: Path) -> None:
    transport = transport_for("smtp://amt%40stadt:ge%2Fheim@mail.example:2525", tmp_path)
    assert isinstance(transport, SmtpTransport)
    assert (transport.host, transport.port, transport.user, transport.password) == (
        "mail.example", 2525, "amt@stadt", "ge/heim",
    )  # fmt: skip
    assert transport.tls is not None
    plain = transport_for("smtp://127.0.0.1?starttls=no", tmp_path)
    assert isinstance(plain, SmtpTransport)
    assert (plain.port, plain.user, plain.tls) == (587, None, None)


@pytest.mark.parametrize(
    "url", ["mail.example", "http://mail.example", "smtp://", "smtp://mail.example?tls=no"]
)
def test_any_other_address_is_refused_at_the_start(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="smtp://user"):
        transport_for(url, tmp_path)
