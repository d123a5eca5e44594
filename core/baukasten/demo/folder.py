"""The demo's folder: its mark, its lock, and the accounts whose password is made on the spot."""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from baukasten.config import ConfigError
from baukasten.db import embedded

MARK, LOCK, ACCOUNTS = "demo.json", "demo.lock", "demo-accounts.json"
CONSONANTS, VOWELS = "bdfghjklmnprstvw", "aeiou"
SYLLABLES, A_WORD = 8, 2


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody whom the visitor may be."""

    role: str
    """A role of ``Role``."""
    town: str
    """The town's name; empty for the operator."""
    name: str
    email: str
    url: str
    """Where to sign in, without the port, which may be another one next time."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The accounts and their password, as the data folder keeps them."""

    password: str
    accounts: tuple[Account, ...]


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Keep a folder for this process; raises ConfigError while another demo uses it."""
    path.mkdir(parents=True, exist_ok=True)
    with (path / LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigError(
                f"a demo already runs with the folder {path}; choose another with --data"
            ) from error
        yield


def claim(path: Path) -> None:
    """Mark a folder as a demo's; raises ConfigError for one that holds something else."""
    if (path / MARK).exists():
        return
    others = sorted(entry.name for entry in path.iterdir() if entry.name != LOCK)
    if others:
        raise ConfigError(f"{path} is no demo's folder, it holds {others[0]}; choose another with --data")
    # As root the database lies elsewhere and outlives a folder that was deleted by hand, with another password.
    embedded.remove(path / "postgres")
    (path / MARK).write_text(json.dumps({"demo": 1}) + "\n", encoding="ascii")


def clear(path: Path) -> None:
    """Delete a demo with everything in it; raises ConfigError where the mark is missing."""
    others = [entry for entry in path.iterdir() if entry.name != LOCK]
    if not others:
        return
    if not (path / MARK).is_file():
        raise ConfigError(f"{path} does not look like a demo's folder, so nothing in it was deleted")
    embedded.remove(path / "postgres")
    for entry in others:
        # The mark goes last, so that a clearing that was cut short can be repeated.
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name != MARK:
            entry.unlink(missing_ok=True)
    (path / MARK).unlink(missing_ok=True)


def keys(path: Path, accounts: Sequence[Account]) -> Keys:
    """Give the accounts with their password, which is made on first use and readable by its user alone."""
    file = path / ACCOUNTS
    if file.exists():
        kept = json.loads(file.read_text(encoding="utf-8"))
        return Keys(kept["password"], tuple(Account(**entry) for entry in kept["accounts"]))
    made = Keys(password(), tuple(accounts))
    unfinished = path / f".{ACCOUNTS}.part"
    unfinished.unlink(missing_ok=True)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(asdict(made), out, ensure_ascii=False, indent=1)
    unfinished.replace(file)
    return made


def password() -> str:
    """Make a password that is easy to type: 50 random bits in words that mean nothing."""
    sounds = [secrets.choice(CONSONANTS) + secrets.choice(VOWELS) for _ in range(SYLLABLES)]
    return "-".join("".join(sounds[start : start + A_WORD]) for start in range(0, SYLLABLES, A_WORD))
