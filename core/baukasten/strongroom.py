"""A strongroom for short-lived secrets: files outside the database, kept by no backup, destroyed after their use."""

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

FOLDER = "strongroom"
"""Below the data folder; each town has a folder of its own in it."""
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,127}", re.ASCII)

TAG = "CACHEDIR.TAG"
NO_BACKUP = b"""Signature: 8a477f597d28d172789f06886806bc55
# Keys that must not outlive their use: never back this folder up. The line above asks backup programs
# (tar --exclude-caches, borg, restic) to leave it out.
"""


@dataclass(frozen=True, slots=True)
class Strongroom:
    """One town's secrets, a file each, readable by the process's user alone."""

    folder: Path

    @classmethod
    def of(cls, data_dir: Path, tenant_id: int) -> "Strongroom":
        """Give the strongroom of a town; all machines that serve it must see the same data folder."""
        return cls(data_dir / FOLDER / str(tenant_id))

    def keep(self, name: str, secret: bytes) -> None:
        """Write a secret down; it and its name are on the disk when this returns.

        Raises ValueError for a name that is no plain word in small letters, FileExistsError for one in use,
        and OSError where the disk refuses, after which nothing lies there.
        """
        path = self._path(name)
        self._open()
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(secret)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            path.unlink()
            raise
        _sync(self.folder)

    def read(self, name: str) -> bytes:
        """Give a secret; raises LookupError for one that does not lie here, or no longer."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            raise LookupError(f"there is no secret {name} in the strongroom") from None

    def destroy(self, name: str) -> None:
        """Overwrite a secret, then take its file away; one that is gone already is no error.

        What this can promise: from now on no file system call gives the secret. What it cannot: a solid-state disk
        writes the new bytes elsewhere and keeps the old ones until its own cleaning, a file system that copies on
        write or journals its data does likewise, and snapshots, images of virtual machines and backups keep what they
        saw. Put the folder on memory (tmpfs) or on a disk encrypted for itself where that matters; see
        docs/operate/backup.md for the price of either.
        """
        path = self._path(name)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
        except FileNotFoundError:
            return
        with os.fdopen(handle, "wb") as file:
            file.write(os.urandom(os.fstat(file.fileno()).st_size))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileNotFoundError):
            # Another worker may do the same at this moment.
            path.unlink()
        _sync(self.folder)

    def names(self) -> list[tuple[str, float]]:
        """Give the names of all secrets and when each was written, in seconds since 1970, oldest first."""
        found = []
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            with suppress(FileNotFoundError):
                found.append((path.name, path.stat().st_mtime))
        return sorted(found, key=lambda one: (one[1], one[0]))

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name for a secret")
        return self.folder / name

    def _open(self) -> None:
        """Make the folders, for this user alone, and see them onto the disk."""
        top = self.folder.parent
        for folder in (top, self.folder):
            try:
                folder.mkdir(mode=0o700)
            except FileExistsError:
                continue
            _sync(folder.parent)
        with suppress(FileExistsError), (top / TAG).open("xb") as tag:
            tag.write(NO_BACKUP)


def _sync(folder: Path) -> None:
    """See the names in a folder onto the disk; a file's own sync does not do that."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
