"""A server in a process of its own, wrk in front of it, and what a request cost."""

import http.client
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TICKS = os.sysconf("SC_CLK_TCK")
CONNECTIONS, THREADS = 8, 4
RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
TOTAL = re.compile(r"(\d+) requests in")
LATENCY = re.compile(r"^\s+(50|99)%\s+([\d.]+)(us|ms|s)$", re.MULTILINE)
BAD = re.compile(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.+)")
SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0}
# A query that never repeats passes the page cache by, as the first reader after a change does.
UNIQUE = """
local n = 0
request = function()
  n = n + 1
  return wrk.format(nil, wrk.path .. "?n=" .. n .. "-" .. tostring({}):sub(8))
end
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run of wrk found."""

    rate: float
    p50: float
    p99: float
    cpu: float
    """Seconds of the server's CPU time a request; steadier on a shared machine than the rate."""

    def line(self, name: str) -> str:
        """Give the figures for people."""
        return (
            f"{name:<28} {self.rate:9.0f}/s   p50 {self.p50 * 1000:7.2f} ms   p99 {self.p99 * 1000:7.2f} ms   "
            f"CPU {self.cpu * 1000:7.3f} ms"
        )


@contextmanager
def serving(target: str, environ: Mapping[str, str], workers: int = 1) -> Iterator["Server"]:
    """Serve ``module:callable`` under gunicorn, one process with threads or several, on a free port of loopback."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", target, "--bind", f"127.0.0.1:{port}", "--workers", str(workers)),
        *(
            "--worker-class",
            "gthread",
            "--threads",
            str(THREADS),
            "--no-control-socket",
            "--log-level",
            "error",
        ),
    ]
    process = subprocess.Popen(
        command, env={**os.environ, **environ}, cwd=Path(__file__).resolve().parents[1]
    )
    try:
        server = Server(process, port)
        server.wait()
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


class Server:
    """A running server."""

    def __init__(self, process: "subprocess.Popen[Any]", port: int) -> None:
        """Remember where it is."""
        self.process, self.port = process, port

    def wait(self, patience: float = 60.0) -> None:
        """Wait until it answers; raises RuntimeError when it does not."""
        until = time.monotonic() + patience
        while time.monotonic() < until and self.process.poll() is None:
            # A bound port is not yet an application: any answer at all says that it is loaded.
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience)
            try:
                connection.request("GET", "/")
                connection.getresponse().read()
            except OSError:
                time.sleep(0.1)
            else:
                return
            finally:
                connection.close()
        raise RuntimeError("the server did not come up")

    def measure(
        self, path: str, *, seconds: float, host: str = "", cookie: str = "", script: str = ""
    ) -> Figures:
        """Warm up, then ask for a path as fast as answers come; raises RuntimeError for a wrong answer."""
        self._wrk(path, min(seconds, 1.0), host, cookie, script)
        before = self.cpu()
        said = self._wrk(path, seconds, host, cookie, script)
        spent = self.cpu() - before
        if wrong := BAD.search(said):
            raise RuntimeError(f"{path}: {wrong.group(0)}")
        if not int(found(TOTAL, said)):
            raise RuntimeError(f"no answer in {seconds} s:\n{said}")
        total, latency = (
            int(found(TOTAL, said)),
            {k: float(n) * SECONDS[u] for k, n, u in LATENCY.findall(said)},
        )
        return Figures(float(found(RATE, said)), latency["50"], latency["99"], spent / total)

    def cpu(self) -> float:
        """Give the seconds of CPU time that the server's processes have used."""
        return sum(_cpu_of(pid) for pid in [self.process.pid, *_children(self.process.pid)])

    def _wrk(self, path: str, seconds: float, host: str, cookie: str, script: str) -> str:
        wrk = shutil.which("wrk")
        if wrk is None:
            raise RuntimeError("wrk is missing: apt-get install wrk")
        command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--latency"]
        for header in (f"Host: {host}" if host else "", f"Cookie: {cookie}" if cookie else ""):
            command += ["-H", header] if header else []
        if script:
            command += ["-s", script]
        command.append(f"http://127.0.0.1:{self.port}{path}")
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def free_port() -> int:
    """Give a port that nobody uses right now.

    It lies below those that the system gives to whoever connects somewhere, so nobody gets it meanwhile, not even who
    knocks at the port itself while nobody listens.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def found(pattern: re.Pattern[str], said: str) -> str:
    """Give what a pattern finds in wrk's report; raises RuntimeError when it is not there."""
    match = pattern.search(said)
    if match is None:
        raise RuntimeError(f"wrk said something else:\n{said}")
    return match.group(1)


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [int(child) for child in listed]


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
