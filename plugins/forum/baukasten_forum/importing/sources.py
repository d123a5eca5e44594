"""The file that an operator names: what it is, the dump in it, and the uploads beside it."""

import gzip
import io
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, cast

from baukasten_forum.importing.rows import DumpError
from baukasten_forum.importing.table import WrongTableError

CSV, DISCOURSE, PHPBB = "csv", "discourse", "phpbb"
KINDS = (CSV, DISCOURSE, PHPBB)
LOOK = 1_000_000
MAX_FILE = 12_000_000
"""Larger files cannot be taken over anyway."""
DUMPS = frozenset({"dump.sql", "dump.sql.gz"})
GZIP = b"\x1f\x8b"

Keep = Callable[[str, bytes], None]
"""Takes a file of an archive, by its path there."""


def guess(path: Path) -> str:
    """Tell by its content what a file is; what is nothing else is taken for a table."""
    if _is_archive(path):
        return DISCOURSE
    try:
        with opened(path) as stream:
            begin = stream.read(LOOK)
    except DumpError:
        begin = b""
    if b"PostgreSQL database dump" in begin or b" FROM stdin;" in begin:
        return DISCOURSE
    if (
        b"INSERT INTO" in begin
        or b"MySQL dump" in begin
        or b"MariaDB dump" in begin
        or b"CREATE TABLE `" in begin
    ):
        return PHPBB
    return CSV


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a dump, unpacked where it is packed. Raises WrongTableError, and DumpError for a damaged file."""
    try:
        with path.open("rb") as raw:
            packed = raw.peek(2)[:2] == GZIP
            yield unpacked(raw) if packed else raw
    except OSError as error:
        raise WrongTableError(f"{path} cannot be read: {error.strerror or error}") from error


def unpacked(stream: IO[bytes]) -> IO[bytes]:
    """Unpack a gzip file while it is read; one that is cut off raises DumpError where it ends."""
    return io.BufferedReader(_Whole(stream), 1 << 18)


class _Whole(io.RawIOBase):
    """A packed file whose damage is said in a sentence."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self.inner = gzip.GzipFile(fileobj=stream)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        try:
            data = self.inner.read(len(view))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise DumpError("", 0, "the packed file is damaged or cut off; copy it anew") from error
        view[: len(data)] = data
        return len(data)


def walk(path: Path, read: Callable[[IO[bytes]], None], keep: Keep) -> None:
    """Give the dump of a backup to ``read`` and each upload to ``keep``, in one go through the file.

    A bare dump has no uploads. Raises DumpError for a damaged archive or one without a dump.
    """
    if not _is_archive(path):
        with opened(path) as stream:
            read(stream)
        return
    found = False
    try:
        with tarfile.open(path, "r|*") as archive:
            for member in archive:
                parts = PurePosixPath(member.name).parts
                content = archive.extractfile(member) if member.isreg() else None
                if content is None or not parts:
                    continue
                if parts[-1] in DUMPS and "uploads" not in parts:
                    read(unpacked(content) if parts[-1].endswith(".gz") else content)
                    found = True
                elif "uploads" in parts and "optimized" not in parts and member.size <= MAX_FILE:
                    keep(str(PurePosixPath(*parts[parts.index("uploads") :])), content.read())
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise DumpError("", 0, f"the archive is damaged or cut off ({error}); copy it anew") from error
    if not found:
        raise DumpError("", 0, "there is no dump.sql in this archive")


def _is_archive(path: Path) -> bool:
    try:
        return tarfile.is_tarfile(path)
    except OSError as error:
        raise WrongTableError(f"{path} cannot be read: {error.strerror or error}") from error
