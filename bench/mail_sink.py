"""A mail server that takes everything and does nothing: that of postfix where it is there, or a small one."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

# Where .ci/sink unpacks it without installing anything.
UNPACKED = Path(__file__).resolve().parents[1] / ".venv/postfix/usr"
END = b"\r\n.\r\n"
EHLO = b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
PATIENCE = 10.0


@contextlib.contextmanager
def sink() -> Iterator[tuple[int, str]]:
    """Run one in a process of its own; gives its port and its name."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    postfix = shutil.which("smtp-sink", path=f"{UNPACKED}/sbin:/usr/sbin:/usr/local/sbin")
    # Root has to name somebody as whom it runs.
    user = ["-u", "nobody"] if os.getuid() == 0 else []
    command = (
        [postfix, *user, f"127.0.0.1:{port}", "100"] if postfix else [sys.executable, __file__, str(port)]
    )
    libraries = {**os.environ, "LD_LIBRARY_PATH": f"{UNPACKED}/lib/postfix"}
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, env=libraries) as process:
        try:
            _wait_for(port)
            yield port, "postfix's smtp-sink" if postfix else "a sink of our own"
        finally:
            process.kill()


def _wait_for(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def main(port: int) -> None:
    """Serve until killed, a thread for each connection."""
    with socket.create_server(("127.0.0.1", port), backlog=100) as server:
        while True:
            talk, _address = server.accept()
            threading.Thread(target=_serve, args=(talk,), daemon=True).start()


def _serve(talk: socket.socket) -> None:
    talk.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with talk, contextlib.suppress(OSError):
        talk.sendall(b"220 sink\r\n")
        rest = b""
        while more := talk.recv(65536):
            rest += more
            while b"\n" in rest:
                line, _, rest = rest.partition(b"\n")
                verb = line[:4].upper()
                if verb == b"DATA":
                    talk.sendall(b"354 go on\r\n")
                    rest = _words(talk, rest)
                    talk.sendall(b"250 2.0.0 taken\r\n")
                elif verb == b"QUIT":
                    return
                else:
                    talk.sendall(EHLO if verb == b"EHLO" else b"250 2.1.0 Ok\r\n")


def _words(talk: socket.socket, begun: bytes) -> bytes:
    """Read the words of a mail; gives what came behind them."""
    parts, tail = [begun], begun[-len(END) :]
    while END not in parts[-1] and END not in tail:
        more = talk.recv(65536)
        if not more:
            raise ConnectionError
        tail = (tail + more)[-len(more) - len(END) :]
        parts = [tail]
    return parts[-1].partition(END)[2]


if __name__ == "__main__":
    main(int(sys.argv[1]))
