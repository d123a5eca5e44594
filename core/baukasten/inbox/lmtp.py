"""A listener for letters over LMTP (RFC 2033): one recipient a conversation, acknowledged once the letter is stored."""

import asyncio
import logging
import signal
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from baukasten.errors import BaukastenError
from baukasten.inbox.door import Door, NotTakenError
from baukasten.mail.incoming import reading
from baukasten.mail.incoming.reading import Unreadable

log = logging.getLogger("baukasten.inbox")

PATIENCE = 60.0
"""Seconds that a silent server may hold a connection."""
LATER = "451 4.3.0 Try again later"


class Server(LMTP):
    """Takes longer lines than RFC 5321 allows, since some programs write them and a letter is no place to be strict."""

    line_length_limit = 100_000


class Conversation:
    """Answers a mail server; the names are those that aiosmtpd looks for."""

    def __init__(self, door: Door) -> None:
        """Take the door that letters go through."""
        self._door = door
        # As many at a time as the pool of connections holds in any case.
        self._turn = asyncio.Semaphore(5)

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Refuse what nobody signed before the letter is sent, and a second recipient, who comes on its own later."""
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time"
        if len(address) > 400 or not address.isascii() or not self._door.knows(address):
            return "550 5.1.1 Unknown address / Unbekannte Adresse"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Store a letter; whatever goes wrong here leaves it with the server that brought it."""
        raw = envelope.original_content or b""
        known = reading.Envelope(envelope.rcpt_tos[0], envelope.mail_from or "")
        try:
            async with self._turn:
                await asyncio.to_thread(self._door.take, raw, known)
        except Unreadable as error:
            return f"554 5.6.0 {error.message}"
        except NotTakenError as error:
            return f"550 5.7.1 {error.message}"
        except BaukastenError:
            return LATER
        except Exception as error:  # noqa: BLE001 - no accident may lose a letter; the server keeps it
            log.warning("a letter could not be stored: %s", type(error).__name__)
            return LATER
        return "250 2.0.0 Taken"


class Listener:
    """Listens until stopped."""

    def __init__(self, door: Door, host: str, port: int) -> None:
        """Take the door and the place to listen at."""
        self._door, self._host, self._port = door, host, port

    async def serve(self, started: Any = None) -> None:
        """Listen until SIGINT or SIGTERM, or until cancelled; ``started`` is told the port."""
        loop = asyncio.get_running_loop()
        conversation = Conversation(self._door)
        server = await loop.create_server(
            lambda: self._conversation(conversation, loop), self._host, self._port
        )
        stop = asyncio.Event()
        if started is None:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, stop.set)
        else:
            started(server.sockets[0].getsockname()[1])
        async with server:
            await stop.wait()

    @staticmethod
    def _conversation(conversation: Conversation, loop: asyncio.AbstractEventLoop) -> Server:
        return Server(
            conversation,
            data_size_limit=reading.LARGEST,
            enable_SMTPUTF8=False,
            hostname="baukasten",
            ident="Baukasten",
            timeout=PATIENCE,
            loop=loop,
        )
