"""A zip that proves itself: a list of all files' hashes, and the installation's signature over that list."""

import datetime as dt
import hashlib
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from baukasten.sdk import Scope, as_pem, is_signed, public_key, sign

HASHES, SIGNATURE, KEY = "HASHES", "HASHES.sig", "PUBLIC_KEY"
UNLISTED = frozenset({HASHES, SIGNATURE})
"""What the list of hashes cannot hold: itself, and the signature over it."""
PACKED = frozenset({"webp", "jpg", "jpeg", "png", "pdf"})
"""Endings of what does not get any smaller."""
BLOCK = 1 << 20


class Parcel:
    """A zip that is being written; all entries are of one moment, so that equal content packs equally."""

    def __init__(self, out: BinaryIO, moment: dt.datetime) -> None:
        """Begin a parcel; the moment is written as given, in its own zone."""
        self._zip = zipfile.ZipFile(out, "w")
        self._moment = moment.timetuple()[:6]
        self._hashes: dict[str, str] = {}

    def add(self, name: str, data: bytes) -> None:
        """Put a file in; each name once."""
        if name in self._hashes or name in UNLISTED:
            raise ValueError(f"{name} is in the parcel already")
        self._hashes[name] = hashlib.sha256(data).hexdigest()
        self._write(name, data)

    def close(self, session: Scope) -> None:
        """Put in the key, the list of hashes as ``sha256sum --check`` reads it, and the signature over the list."""
        key = public_key(session)
        self.add(KEY, f"{key}\n".encode())
        self.add(f"{KEY}.pem", as_pem(key))
        listing = "".join(f"{value}  {name}\n" for name, value in sorted(self._hashes.items())).encode()
        self._write(HASHES, listing)
        self._write(SIGNATURE, sign(session, listing))
        self._zip.close()

    def _write(self, name: str, data: bytes) -> None:
        entry = zipfile.ZipInfo(name, self._moment)
        entry.external_attr = 0o644 << 16
        packed = name.rpartition(".")[2] in PACKED
        self._zip.writestr(entry, data, zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look at a parcel showed."""

    key: str
    """The public key that the parcel names as its own; empty where it names none."""
    files: int
    problems: tuple[str, ...]
    """One sentence each, naming the file; none for a parcel that is as it was made."""


def verify(path: Path, trusted_key: str) -> Finding:
    """Look whether a parcel is as the owner of a key made it: nothing changed, missing, added or named twice.

    Never unpacks; a file of any size is read in blocks. Raises nothing but OSError: what is no parcel is a problem.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _look(archive, trusted_key)
    except zipfile.BadZipFile as error:
        return Finding("", 0, (f"this is no whole zip: {error}",))


def _look(archive: zipfile.ZipFile, trusted_key: str) -> Finding:
    names = archive.namelist()
    problems = [f"{name}: there twice" for name in sorted({one for one in names if names.count(one) > 1})]
    listing, signature = _small(archive, HASHES), _small(archive, SIGNATURE)
    key = _small(archive, KEY).decode("ascii", "replace").strip()
    if not listing or not signature:
        return Finding(key, len(names), (*problems, f"{HASHES} or {SIGNATURE} is missing"))
    if not is_signed(trusted_key, signature, listing):
        own = is_signed(key, signature, listing)
        whose = "is signed by somebody else" if own else "does not fit its signature: it was changed"
        problems.append(f"{HASHES}: {whose}")
    expected = _listed(listing)
    present = set(names) - UNLISTED
    problems += [f"{name}: missing" for name in sorted(expected.keys() - present)]
    problems += [f"{name}: not in the list, so added later" for name in sorted(present - expected.keys())]
    for name in sorted(present & expected.keys()):
        if _hash(archive, name) != expected[name]:
            problems.append(f"{name}: changed")
    return Finding(key, len(present), tuple(problems))


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    """Give a short file of the parcel; nothing where it is missing, broken or far too long."""
    try:
        with archive.open(name) as file:
            return file.read(64 * BLOCK)
    except (KeyError, *BROKEN):
        return b""


BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    RuntimeError,
    UnicodeError,
    ValueError,
)
"""What the library raises when bytes of an entry were changed."""


def _listed(listing: bytes) -> dict[str, str]:
    lines = listing.decode("utf-8", "replace").splitlines()
    return {name: value for value, _gap, name in (line.partition("  ") for line in lines) if name}


def _hash(archive: zipfile.ZipFile, name: str) -> str:
    seen = hashlib.sha256()
    try:
        with archive.open(name) as file:
            while block := file.read(BLOCK):
                seen.update(block)
    except BROKEN:
        return ""
    return seen.hexdigest()
