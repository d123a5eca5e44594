"""Says messages to a room at an even rate, in a process of its own, so that a busy crowd cannot hold it up."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from bench.chat_wires import END_OF_HEAD, KIND, Wire, bare, frame, message, socketio

LEAD = 0.05
"""Seconds from the order to the first message."""
WIRES: dict[str, Callable[[str, int], Wire]] = {"socketio": socketio, "ws": bare}
Say = Callable[[int, int], None]


def speak(say: Say, rate: float, count: int) -> float:
    """Say so many messages at that rate; each carries when it was due, also when it came late. Gives the latest."""
    start, worst = time.monotonic() + LEAD, 0.0
    for turn in range(count):
        due = start + turn / rate
        if (early := due - time.monotonic()) > 0:
            time.sleep(early)
        say(turn + 1, int(due * 1e6))
        worst = max(worst, time.monotonic() - due)
    return worst


@contextmanager
def as_client(port: int, wire: Wire, number: int) -> Iterator[Say]:
    """Speak as one more client, which is not in the room itself."""
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.sendall(wire.upgrade("localhost"))
        _await(sock, END_OF_HEAD)
        for words, answer in wire.steps[:-1]:
            if words:
                sock.sendall(frame(words))
                _await(sock, answer)

        def say(turn: int, due: int) -> None:
            said = json.dumps(message(KIND, number, turn, due), separators=(",", ":")).encode("ascii")
            sock.sendall(frame(wire.say + b"," + said + b"]"))

        yield say


def _await(sock: socket.socket, needle: bytes) -> None:
    heard = b""
    while needle not in heard:
        more = sock.recv(4096)
        if not more:
            raise RuntimeError(f"the server hung up before {needle!r}")
        heard += more


class Speaker:
    """The process that speaks, as the bench holds it."""

    def __init__(self, module: str, arguments: list[str], environ: Mapping[str, str]) -> None:
        """Start a module of this folder that obeys; it waits for orders."""
        command = [sys.executable, "-m", f"bench.{module}", *arguments]
        self.process = subprocess.Popen(
            command,
            env={**os.environ, **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).resolve().parents[1],
        )

    def order(self, rate: float, count: int) -> None:
        """Let it speak; returns at once."""
        if self.process.stdin is None:
            raise RuntimeError("the speaker cannot hear")
        self.process.stdin.write(f"{rate} {count}\n")
        self.process.stdin.flush()

    def done(self) -> float:
        """Wait until the last order is carried out; gives by how many seconds a message was late at worst."""
        line = self.process.stdout.readline() if self.process.stdout else ""
        if not line:
            raise RuntimeError("the speaker broke off")
        return float(line)

    def end(self) -> None:
        """End the process."""
        self.process.communicate(timeout=20)


def obey(voice: Callable[[], AbstractContextManager[Say]]) -> None:
    """Carry out orders from standard input, a rate and a count each, until it ends."""
    for line in sys.stdin:
        rate, count = line.split()
        with voice() as say:
            print(speak(say, float(rate), int(count)), flush=True)


def main(arguments: list[str]) -> int:
    """Speak as a client; arguments are the wire's name, the port and the room's number."""
    port, number = int(arguments[1]), int(arguments[2])
    wire = WIRES[arguments[0]](KIND, number)
    obey(lambda: as_client(port, wire, number))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
