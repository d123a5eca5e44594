"""An own PostgreSQL server in the data folder, for when no database URL is set."""

import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from baukasten.db import embedded_process as process
from baukasten.db.embedded_cluster import make_cluster
from baukasten.db.embedded_files import Home, binaries, home_of, locked, open_lock, try_alone
from baukasten.errors import Unavailable

PATIENCE = 120.0
"""Seconds that a start may take; recovery after a crash is most of it."""

SOCKET_PATH_LIMIT = 107
SOCKET_NAME = ".s.PGSQL.5432"

SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Statements and row contents hold personal data, which the log must not collect.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
    "max_connections": "400",
}
"""For tests, where many applications stand beside each other, each with connections of its own, and all is small."""


@dataclass(frozen=True)
class Server:
    """A running server: the data folder it was started for, the folder of its socket, its process id."""

    data_dir: Path
    socket_dir: Path
    pid: int

    def url(self, role: str, database: str = "baukasten") -> str:
        """Give the SQLAlchemy URL by which a role reaches a database."""
        host = quote(str(self.socket_dir))
        return f"postgresql+psycopg://{quote(role, safe='')}@/{quote(database, safe='')}?host={host}"


def start(data_dir: Path, *, fast: bool = False) -> Server:
    """Give the running server of a data folder, making and starting it where needed.

    `fast` trades durability for speed and is for tests; it has no effect on a server that already runs.
    Raises Unavailable, with what helps, where no PostgreSQL can run.
    """
    data_dir = data_dir.resolve()
    home = home_of(data_dir)
    with locked(home.path / "lock"):
        found = _start(home, fast=fast)
    return Server(data_dir, Path(found.socket_dir), found.pid)


def stop(server: Server) -> None:
    """Shut a server down cleanly and wait for its end; one that has ended already is no error."""
    home = home_of(server.data_dir)
    with locked(home.path / "lock"):
        found = process.find(home)
        # Another process may have started a newer server since, which is not ours to stop.
        if found is None or found.pid == server.pid:
            _end(home, server.pid)


@contextmanager
def running(data_dir: Path, *, fast: bool = False) -> Iterator[Server]:
    """Run a server as long as anyone uses it: the last of all users inside such a block stops it.

    Those killed with -9 count no longer, so a server they left behind ends with its next user.
    """
    home = home_of(data_dir.resolve())
    with open_lock(home.path / "users", fcntl.LOCK_SH) as users:
        server = start(data_dir, fast=fast)
        try:
            yield server
        finally:
            if try_alone(users):
                stop(server)


def remove(data_dir: Path) -> None:
    """Stop a data folder's server and delete its database for good."""
    data_dir = data_dir.resolve()
    home = home_of(data_dir)
    with locked(home.path / "lock"):
        found = process.find(home)
        _end(home, found.pid if found else process.NO_PROCESS)
        shutil.rmtree(home.path)
        link = data_dir / "postgres"
        if link.is_symlink():
            link.unlink()


def _start(home: Home, *, fast: bool) -> process.Postmaster:
    """Bring the cluster to a ready server, whatever state an earlier process left it in."""
    until = time.monotonic() + PATIENCE
    launched = 0
    while time.monotonic() < until:
        found = process.find(home)
        if found and found.ready:
            return found
        if found and found.unreachable:
            process.end(home, found.pid)
        elif not found and not (launched and process.alive(home, launched)):
            if launched:
                _explain(home)
            launched = _launch(home, fast=fast)
        time.sleep(0.01)
    raise Unavailable(f"PostgreSQL was not ready after {PATIENCE:.0f} seconds; see {home.log}.")


def _explain(home: Home) -> None:
    """Raise with the last words of a server that ended while starting, unless another try may help."""
    said = home.log.read_text(encoding="utf-8", errors="replace")
    # Orphans of a killed server end by themselves as soon as they notice.
    if "pre-existing shared memory block" not in said:
        raise Unavailable(f"PostgreSQL did not start: {said[-2000:].strip()}")
    time.sleep(0.1)


def _launch(home: Home, *, fast: bool) -> int:
    folder = binaries(home)
    if not home.cluster.exists():
        make_cluster(home, folder, fast=fast)
    process.disown(home)
    settings = SETTINGS | {"unix_socket_directories": str(_socket_dir(home))} | (FAST if fast else {})
    options = [f"--{name}={value}" for name, value in settings.items()]
    return process.launch(home, [folder / "postgres", "-D", home.cluster, *options])


def _socket_dir(home: Home) -> Path:
    """Give a short folder that only the server's user may enter: the last start's, if still good."""
    record = home.path / "socket"
    if record.exists():
        known = Path(record.read_text(encoding="utf-8"))
        if _is_private(known, home.uid):
            # PostgreSQL would believe a zombie's lock.
            for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
                (known / name).unlink(missing_ok=True)
            return known
    # The server's user may be shut out of a temporary folder that is root's own.
    base = "/tmp" if home.user else tempfile.gettempdir()  # noqa: S108 - mkdtemp below makes it private
    length = len(os.fsencode(base)) + len(f"/baukasten-12345678/{SOCKET_NAME}.lock")
    # A comma would part the setting in two.
    if length > SOCKET_PATH_LIMIT or "," in base:
        base = "/tmp"  # noqa: S108 - as above
    made = Path(tempfile.mkdtemp(prefix="baukasten-", dir=base))
    home.give(made)
    record.write_text(str(made), encoding="utf-8")
    return made


def _is_private(folder: Path, uid: int) -> bool:
    # Anyone may make a folder of that name once ours is gone, so look at what it is without following links.
    try:
        about = folder.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(about.st_mode) and about.st_uid == uid and stat.S_IMODE(about.st_mode) == 0o700


def _end(home: Home, pid: int) -> None:
    """End a server, if it runs, and take its socket folder away."""
    process.end(home, pid)
    record = home.path / "socket"
    if record.exists():
        known = Path(record.read_text(encoding="utf-8"))
        if _is_private(known, home.uid):
            shutil.rmtree(known)
        record.unlink()
