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
LONGEST_LIST = 1_000_000
"""Bytes of the list of files; a million names of one letter would take half a gigabyte."""
END, LOCATOR, SIGN, SIGN_LARGER = 22, 20, b"PK\x05\x06", b"PK\x06\x07"
LONGEST_END = END + LOCATOR + (1 << 16)
"""The end of an archive with the longest remark."""
STEEPEST = 400
"""Responses are repetitive and shrink to a hundredth; a bomb shrinks to a thousandth."""
KNOWN = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""What surveys are packed with; others name the memory they need to be unpacked, up to gigabytes."""

BROKEN = _("This archive is damaged or cut off. Please export it again.")
LOCKED = _("This archive is protected with a password. Please export it without one.")


def _is_short(file: IO[bytes]) -> bool:
    """Tell whether the list of files is one that can be taken into memory, which ``zipfile`` does before it looks.

    An archive that writes its end in the form for more than four gigabytes is none of these.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - LONGEST_END))
    tail = file.read()
    plain = tail[-END:].startswith(SIGN) and tail.endswith(b"\0\0")
    at = len(tail) - END if plain else tail.rfind(SIGN)
    larger = tail[max(0, at - LOCATOR) : max(0, at)].startswith(SIGN_LARGER)
    return at < 0 or (not larger and int.from_bytes(tail[at + 12 : at + 16], "little") <= LONGEST_LIST)


class Archive:
    """A zip in memory or in a file, which stays open as long as somebody reads."""

    def __init__(self, data: bytes | IO[bytes]) -> None:
        file = io.BytesIO(data) if isinstance(data, bytes) else data
        if not _is_short(file):
            raise Refused(TOO_LARGE)
        try:
            self._zip = zipfile.ZipFile(file)
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
        if member.compress_type not in KNOWN:
            raise Refused(BROKEN)
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
