"""Mail servers for tests: one that takes everything and keeps a log, and one that follows a script of nastiness."""

import contextlib
import socketserver
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.load import free_port


@dataclass
class Script:
    """What a server does instead of the usual, by the command or ``GREETING``, ``END``: words, or one of the marks."""

    instead: dict[str, str | Callable[[str], str | None]] = field(default_factory=dict)
    pipelining: bool = True


HANG, CLOSE, HALF, NONSENSE, DRIP = "hang", "close", "half", "nonsense", "drip"


class Sink(socketserver.ThreadingTCPServer):
    """Takes mails; ``mails`` has envelope, recipient and content of each, ``talks`` the commands of each connection."""

    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False

    def __init__(self, script=None):
        self.script = script or Script()
        self.mails, self.talks = [], []
        self.ended = threading.Event()
        super().__init__(("127.0.0.1", 0), Talk)
        self.port = self.server_address[1]

    def to(self):
        return [to for _sender, to, _content in self.mails]


class Talk(socketserver.StreamRequestHandler):
    server: Sink

    def handle(self):
        said: list[str] = []
        self.server.talks.append(said)
        with contextlib.suppress(OSError):
            self.answer("GREETING", "220 sink ready")
            sender = to = ""
            while line := self.rfile.readline():
                words = line.decode("ascii").strip()
                verb = words.partition(" ")[0].upper()
                said.append(words)
                if verb == "EHLO":
                    offers = [
                        "sink",
                        *(["PIPELINING"] if self.server.script.pipelining else []),
                        "SIZE 1000000",
                    ]
                    lines = [f"250-{one}" for one in offers[:-1]] + [f"250 {offers[-1]}"]
                    self.answer("EHLO", "\r\n".join(lines))
                elif verb == "MAIL":
                    sender = words[words.index("<") + 1 : words.index(">")]
                    self.answer("MAIL", "250 2.1.0 Ok")
                elif verb == "RCPT":
                    to = words[words.index("<") + 1 : words.rindex(">")]
                    self.answer("RCPT", "250 2.1.5 Ok", to)
                elif verb == "DATA":
                    if self.answer("DATA", "354 go on") == "354":
                        content = self.words()
                        if content:
                            said.append("END")
                            self.server.mails.append((sender, to, content))
                            self.answer("END", "250 2.0.0 taken", to)
                        else:
                            self.say("554 5.5.1 no valid recipients")
                elif verb == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.answer(verb, "250 2.0.0 Ok")

    def words(self):
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)

    def answer(self, at, usual, to=""):
        said = self.server.script.instead.get(at, usual)
        if callable(said):
            said = said(to) or usual
        if said == HANG:
            self.server.ended.wait(60)
            raise OSError
        if said in {CLOSE, HALF}:
            if said == HALF:
                self.request.sendall(b"250-half an ans")
            raise OSError
        if said == NONSENSE:
            said = "I know no numbers"
        if said == DRIP:
            while not self.server.ended.is_set():
                self.request.sendall(b"2")
                time.sleep(0.1)
        self.say(said)
        if said.startswith("421"):
            raise OSError
        return said[:3]

    def say(self, words):
        self.request.sendall(f"{words}\r\n".encode())


@contextlib.contextmanager
def sink(script=None):
    """Run a server for a block."""
    server = Sink(script)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


def nobody_listens():
    """Give a port at which nobody answers."""
    return free_port()
