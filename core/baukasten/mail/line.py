"""Kept connections to the mail server: many mails one after the other, each with an answer of its own."""

import contextlib
import math
import re
import select
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from baukasten.mail.answers import Answer, Letter, Line, Step
from baukasten.mail.message import Message
from baukasten.mail.transport import FileTransport, SmtpTransport

TOOL = "outgoing"
"""Name under which the process lends its connections to its jobs."""
MAILS = 500
"""After how many mails a connection is closed: servers count, and balance anew whoever comes again."""
TIMEOUT = 30.0
"""Seconds in which one answer must have come."""
ROUND = 120.0
"""Seconds in which all answers of a round must have come: who sends may hold its mails for little longer."""
GRACE = 0.2
"""Seconds for an answer where that time is up."""
WORDS, LINES, LONGEST = 300, 100, 64 * 1024
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s|$)")
STUFFING = (b"\r\n.", b"\r\n..")


def _nothing() -> None:
    """Do nothing meanwhile."""


def hand_over(
    lines: Sequence[Line],
    letters: Sequence[Letter],
    meanwhile: Callable[[], None] = _nothing,
    *,
    within: float = ROUND,
) -> list[Answer]:
    """Hand over one mail on each of some connections at the same time; gives the answers in the same order.

    ``meanwhile`` is called while the servers read, for what needs no connection. What is not done ``within`` so many
    seconds ends as a connection that broke off. Raises ValueError for more mails than connections, and for what would
    break out of its place in the talk.
    """
    pairs = list(zip(lines, letters, strict=False))
    if len(pairs) < len(letters):
        raise ValueError("more mails than connections")
    for _line, letter in pairs:
        _check(letter)
    until = time.monotonic() + within
    for line, letter in pairs:
        line.begin(letter, until)
    for line, _letter in pairs:
        line.write()
    try:
        meanwhile()
    finally:
        answers = [line.finish() for line, _letter in pairs]
    return answers


def _check(letter: Letter) -> None:
    """Let no address and no bare line end speak to the server."""
    if CONTROL.search(letter.envelope_from + letter.to) or "<" in letter.envelope_from:
        raise ValueError("no address for an envelope")
    bare = letter.content.replace(b"\r\n", b"")
    if not letter.content.endswith(b"\r\n") or b"\n" in bare or b"\r" in bare:
        raise ValueError("a mail's lines end in CRLF alone")


class BrokenOffError(OSError):
    """The server went away or speaks nonsense."""


class SmtpLine:
    """Speaks to one SMTP server over a connection that stays open, with PIPELINING (RFC 2920) where it is offered."""

    def __init__(self, server: SmtpTransport, own_name: str, *, mails: int = MAILS) -> None:
        """Take the server's address; nothing is opened yet."""
        self._server, self._own_name, self._mails = server, own_name, mails
        self._socket: socket.socket | ssl.SSLSocket | None = None
        self._smtp: smtplib.SMTP | None = None
        self._rest = b""
        self._sent = 0
        self._pipelining = False
        self._until = math.inf
        self._letter = Letter("", "", b"")
        self._answer: Answer | None = None
        self._step = Step.GREETING

    def begin(self, letter: Letter, until: float = math.inf) -> None:
        """Connect where that is needed, and write MAIL, RCPT and DATA, in one piece if the server takes that."""
        self._letter, self._answer, self._until = letter, None, until
        if not letter.to.isascii():
            # Few servers take such addresses (RFC 6531), and none without being asked.
            self._answer = Answer(553, "5.6.7", "the address is not in ASCII", Step.RECIPIENT)
            return
        with self._blame(Step.GREETING):
            self._connect()
        if self._answer is None:
            with self._blame(Step.SENDER):
                self._say(*self._commands() if self._pipelining else self._commands()[:1])

    def write(self) -> None:
        """Read what the server says about sender and recipient, and send the words if it wants them."""
        if self._answer is not None:
            return
        with self._blame(Step.SENDER):
            if self._asked():
                self._step = Step.CONTENT
                content = self._letter.content
                if STUFFING[0] in content:
                    content = content.replace(*STUFFING)
                lead = b"." if content.startswith(b".") else b""
                # Where this fails the end was not written either, and without its end no server has a mail.
                self._send(lead + content + b".\r\n")

    def finish(self) -> Answer:
        """Read the last answer; from now on the connection is free again, or closed."""
        if self._answer is None:
            with self._blame(Step.END):
                self._answer = self._read(Step.END)
                if self._answer.code == 421:
                    self._drop()
        self._sent += 1
        if self._sent >= self._mails:
            self.close()
        if self._answer is None:
            raise RuntimeError("a mail ends with an answer")
        return self._answer

    def close(self) -> None:
        """Say goodbye, if the server still listens."""
        if self._socket is not None:
            self._until = math.inf
            with contextlib.suppress(OSError):
                self._send(b"QUIT\r\n")
        self._drop()

    @contextlib.contextmanager
    def _blame(self, step: Step) -> Iterator[None]:
        """Turn every breakdown into an answer that tells at which step it came."""
        self._step = step
        try:
            yield
        except smtplib.SMTPResponseException as error:
            # Said while we greeted; smtplib gives the words of a server as bytes, and its own as text.
            words = error.smtp_error
            self._answer = _parsed(
                error.smtp_code, words.encode() if isinstance(words, str) else words, self._step
            )
            self._drop()
        except OSError as error:
            self._answer = Answer(0, "", type(error).__name__, self._step)
            self._drop()

    def _connect(self) -> None:
        if self._socket is not None and self._gone_quiet():
            return
        self._drop()
        server = self._server
        smtp = smtplib.SMTP(timeout=self._patience(), local_hostname=self._own_name)
        self._smtp = smtp
        code, words = smtp.connect(server.host, server.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, words)
        if server.tls:
            smtp.starttls(context=server.tls)
        smtp.ehlo_or_helo_if_needed()
        if server.user:
            smtp.login(server.user, server.password)
        self._pipelining = smtp.has_extn("pipelining")
        # smtplib reads an answer at a time only; from here on it would be in the way.
        self._socket, self._rest, self._sent = smtp.sock, b"", 0

    def _gone_quiet(self) -> bool:
        """Tell whether an open connection can be used: a server that speaks unasked wants to end it."""
        return not self._rest and self._socket is not None and not select.select([self._socket], [], [], 0)[0]

    def _drop(self) -> None:
        self._socket, smtp, self._smtp = None, self._smtp, None
        if smtp is not None:
            with contextlib.suppress(OSError):
                smtp.close()

    def _commands(self) -> tuple[bytes, bytes, bytes]:
        sender, to = self._letter.envelope_from.encode("ascii"), self._letter.to.encode("ascii")
        return b"MAIL FROM:<" + sender + b">\r\n", b"RCPT TO:<" + to + b">\r\n", b"DATA\r\n"

    def _asked(self) -> bool:
        """Tell whether the server wants the words; else the connection is made ready for the next mail."""
        refused: Answer | None = None
        wanted = False
        for place, step in enumerate((Step.SENDER, Step.RECIPIENT, Step.CONTENT)):
            if place and not self._pipelining:
                self._say(self._commands()[place])
            self._step = step
            answer = self._read(step)
            wanted = step is Step.CONTENT and answer.code == 354
            fine = wanted if step is Step.CONTENT else 200 <= answer.code < 300
            refused = refused or (None if fine else answer)
            if answer.code == 421 or (refused and not self._pipelining):
                break
        if refused is None:
            return True
        if refused.code < 400:
            raise BrokenOffError("this is no answer to the question")
        self._answer = refused
        self._recover(answer.code, wanted=wanted)
        return False

    def _recover(self, code: int, *, wanted: bool) -> None:
        """Make a connection fit for the next mail after a refusal; what goes wrong here is no mail's fault."""
        if code == 421:
            self._drop()
            return
        try:
            if wanted:
                # It asks for words although it refused the recipient (RFC 2920, 3.1): it gets none.
                self._send(b".\r\n")
                self._read(Step.END)
            self._say(b"RSET\r\n")
            if self._read(Step.GREETING).code != 250:
                self._drop()
        except OSError:
            self._drop()

    def _patience(self) -> float:
        """Give how many seconds may be waited; raises OSError where the round's time is up."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise BrokenOffError("the round's time is up")
        return min(self._server.timeout, left)

    def _say(self, *commands: bytes) -> None:
        self._send(b"".join(commands))

    def _send(self, data: bytes) -> None:
        if self._socket is None:
            raise BrokenOffError("no connection")
        self._socket.settimeout(self._patience())
        self._socket.sendall(data)

    def _read(self, step: Step) -> Answer:
        """Read one answer of one or more lines; raises OSError where none comes in time."""
        # What has come already is read even then, for it tells that a mail was taken.
        left = max(self._until - time.monotonic(), GRACE)
        until = time.monotonic() + min(self._server.timeout, left)
        words: list[bytes] = []
        for _number in range(LINES):
            line = self._line(until)
            if not line[:3].isdigit() or line[3:4] not in (b" ", b"-", b""):
                raise BrokenOffError("this is no answer")
            words.append(line[4:])
            if line[3:4] != b"-":
                return _parsed(int(line[:3]), b" ".join(words), step)
        raise BrokenOffError("an answer without an end")

    def _line(self, until: float) -> bytes:
        while b"\n" not in self._rest:
            left = until - time.monotonic()
            if self._socket is None or left <= 0 or len(self._rest) > LONGEST:
                raise BrokenOffError("no answer came in time")
            self._socket.settimeout(left)
            more = self._socket.recv(LONGEST)
            if not more:
                raise BrokenOffError("the server closed the connection")
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\n")
        return line.rstrip(b"\r")


@lru_cache(maxsize=256)
def _parsed(code: int, words: bytes, step: Step) -> Answer:
    said = CONTROL.sub(" ", words.decode("ascii", "replace")).strip()
    found = ENHANCED.match(said)
    return Answer(max(code, 0), found[1] if found else "", said[:WORDS], step)


class FileLine:
    """Puts mails into the folder that the demo shows as a mailbox, where a server would take them."""

    def __init__(self, transport: FileTransport) -> None:
        """Take the folder."""
        self._transport = transport
        self._letter: Letter | None = None

    def begin(self, letter: Letter, _until: float = math.inf) -> None:
        """Remember the mail."""
        self._letter = letter

    def write(self) -> None:
        """Nothing: it is written in one piece."""

    def finish(self) -> Answer:
        """Write it."""
        letter, self._letter = self._letter, None
        if letter is None:
            raise RuntimeError("no mail was begun")
        stored = self._transport.send(Message(letter.envelope_from, letter.to, "", letter.content))
        return Answer(250, "2.0.0", stored, Step.END)

    def close(self) -> None:
        """Nothing is open."""


class Outgoing:
    """The connections of this process: lent for a while, kept open between two who need them."""

    def __init__(self, make: Callable[[], Line]) -> None:
        """Take what makes one more."""
        self._make = make
        self._free: list[Line] = []
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def lines(self, count: int) -> Iterator[list[Line]]:
        """Lend so many connections to one thread; whoever fails with them leaves none behind."""
        with self._lock:
            lent, self._free = self._free[:count], self._free[count:]
        lent += [self._make() for _missing in range(count - len(lent))]
        try:
            yield lent
        except BaseException:
            for line in lent:
                line.close()
            raise
        with self._lock:
            self._free = lent + self._free

    def close(self) -> None:
        """Close what nobody holds."""
        with self._lock:
            free, self._free = self._free, []
        for line in free:
            line.close()


def outgoing_of(transport: SmtpTransport | FileTransport, own_name: str) -> Outgoing:
    """Give the connections to where single mails go too; ``own_name`` is how we greet."""
    if isinstance(transport, FileTransport):
        return Outgoing(lambda: FileLine(transport))
    return Outgoing(lambda: SmtpLine(transport, own_name))
