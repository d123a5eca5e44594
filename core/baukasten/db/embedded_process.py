"""The processes of an embedded PostgreSQL: whether one lives, starting it, ending it."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from baukasten.db.embedded_files import Home
from baukasten.errors import Unavailable

NO_PROCESS = 2**31 - 1
"""A process id above every kernel's limit."""

# Variables such as PGPORT, PGDATA or LC_ALL of the caller must not leak into the server.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class Postmaster:
    """A living server process, as its file postmaster.pid tells."""

    pid: int
    socket_dir: str
    status: str

    @property
    def ready(self) -> bool:
        """Whether it takes connections at a socket that still exists."""
        return self.status == "ready" and Path(self.socket_dir, ".s.PGSQL.5432").exists()

    @property
    def unreachable(self) -> bool:
        """Whether it runs, but its socket was swept from the temporary folder."""
        return self.status == "ready" and not self.ready


def find(home: Home) -> Postmaster | None:
    """Give the living server of a cluster, or None."""
    lines = _pid_file(home)
    if not lines or not alive(home, int(lines[0])):
        return None
    # The server writes the file line by line while it starts.
    lines += [""] * (8 - len(lines))
    return Postmaster(int(lines[0]), lines[4], lines[7].strip() or "starting")


def _pid_file(home: Home) -> list[str]:
    try:
        lines = (home.cluster / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    return lines if lines and lines[0].isdigit() else []


def alive(home: Home, pid: int) -> bool:
    """Whether a process is this cluster's server: neither a zombie nor a stranger who got its number."""
    state, command = _process(pid)
    return bool(state) and state not in "ZX" and f" -D {home.cluster} " in command


def _process(pid: int) -> tuple[str, str]:
    """Give a process's state letter and its command line; both empty if there is none."""
    if not Path("/proc/self/stat").exists():
        command_line = ["/bin/ps", "-ww", "-o", "stat=,command=", "-p", str(pid)]
        shown = subprocess.run(command_line, capture_output=True, text=True, check=False)
        state, _, command = shown.stdout.strip().partition(" ")
        return state[:1], command + " "
    try:
        about = Path(f"/proc/{pid}/stat").read_bytes()
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return "", ""
    # The name in parentheses may itself hold spaces and parentheses.
    state = about.rpartition(b")")[2].split()[0].decode("ascii")
    return state, os.fsdecode(arguments).replace("\0", " ")


def disown(home: Home) -> None:
    """Free a cluster whose server is dead, when a zombie or a stranger has its process id.

    PostgreSQL would refuse to start. The file stays, with an impossible id, since its line about shared
    memory keeps a new server out as long as orphans of the old one still write.
    """
    path = home.cluster / "postmaster.pid"
    lines = _pid_file(home)
    if not lines or lines[0] == str(NO_PROCESS) or not _process(int(lines[0]))[0]:
        return
    # Made anew and exclusively: root must not write through a link that the server's user may have laid.
    path.unlink()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("\n".join([str(NO_PROCESS), *lines[1:]]) + "\n")
    home.give(path)


def run(home: Home, command: Iterable[str | Path], text: str = "") -> None:
    """Run one of PostgreSQL's commands as the server's user; raises Unavailable with what it said."""
    options = _as_user(home) | {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    done = subprocess.run(list(command), input=text, text=True, check=False, **options)
    if done.returncode:
        raise Unavailable(f"{done.args[0]} failed: {done.stdout[-2000:].strip()}")


def launch(home: Home, command: Iterable[str | Path]) -> int:
    """Start the server detached in a session of its own, so that it outlives us; gives its process id."""
    if home.log.exists():
        home.log.replace(home.log.with_suffix(".log.old"))
    with os.fdopen(os.open(home.log, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as log:
        # The shell ends at once, and the server passes to init, which collects it when it ends.
        shell = ["/bin/sh", "-c", '"$@" >&2 </dev/null & echo $!', "sh", *command]
        done = subprocess.run(
            shell, stdout=subprocess.PIPE, stderr=log, check=True, start_new_session=True, **_as_user(home)
        )
    return int(done.stdout)


def _as_user(home: Home) -> dict[str, Any]:
    """Give subprocess's arguments for the server's user."""
    options: dict[str, Any] = {"cwd": "/", "env": ENVIRONMENT, "umask": 0o077}
    if home.user:
        options |= {"user": home.user.pw_uid, "group": home.user.pw_gid, "extra_groups": []}
    return options


def end(home: Home, pid: int) -> None:
    """Shut a server down fast but cleanly, and wait; what does not end within a minute is aborted."""
    for signal_number, seconds in ((signal.SIGINT, 60), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
        until = time.monotonic() + seconds
        with contextlib.suppress(ProcessLookupError):
            if alive(home, pid):
                os.kill(pid, signal_number)
        while time.monotonic() < until:
            if not alive(home, pid):
                return
            time.sleep(0.01)
    raise Unavailable(f"The PostgreSQL server {pid} does not end.")
