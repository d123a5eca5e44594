"""Packed files of strangers: opened without unpacking to disk, and measured while they are read."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from baukasten.plugin import lazy
from baukasten_survey.transfer.reports import Refused
from baukasten_survey.transfer.tables import CHUNK, TOO_LARGE

_ = lazy("survey")

MOST_FILES = 2_000
MOST_UNPACKED = 600_000_000
"""Bytes of all that is read of an archive; they are streamed, so this bounds time rather than memory."""
STEEPEST = 400
"""Responses are repetitive and shrink to a hundredth; a bomb shrinks to a thousandth."""

BROKEN = _("This archive is damaged or cut off. Please export it again.")
LOCKED = _("This archive is protected with a password. Please export it without one.")


class Archive:
    """A zip in memory or in a file, which stays open as long as somebody reads."""

    def __init__(self, data: bytes | IO[bytes]) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data) if isinstance(data, bytes) else data)
            self._members = {one.filename: one for one in self._zip.infolist() if not one.is_dir()}
        except (zipfile.BadZipFile, RuntimeError, ValueError, OSError) as error:
            raise Refused(BROKEN) from error
        self._read = 0
        if len(self._members) > MOST_FILES:
            raise Refused(TOO_LARGE)

    @property
    def names(self) -> list[str]:
        """Names of the files, as the archive tells them; never used as paths."""
        return list(self._members)

    def ending(self, *ends: str) -> list[str]:
        """Give the names that end so, in the order of the archive."""
        return [name for name in self._members if name.lower().endswith(ends)]

    def chunks(self, name: str, most: int | None = None) -> Iterator[bytes]:
        """Read one file piece by piece. Raises Refused for damage, a password, and what grows too large."""
        most = MOST_UNPACKED if most is None else most
        member = self._members[name]
        if member.flag_bits & 1:
            raise Refused(LOCKED)
        if member.file_size > most or member.file_size > STEEPEST * max(member.compress_size, 1_000):
            raise Refused(TOO_LARGE)
        read = 0
        try:
            with self._zip.open(member) as stream:
                while piece := stream.read(CHUNK):
                    read += len(piece)
                    self._read += len(piece)
                    if read > most or self._read > MOST_UNPACKED:
                        raise Refused(TOO_LARGE)
                    yield piece
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            RuntimeError,
        ) as error:
            raise Refused(BROKEN) from error

    def read(self, name: str, most: int) -> bytes:
        """Read one file whole. Raises Refused as above."""
        return b"".join(self.chunks(name, most))
