"""A town's files: in the store that a plugin offers, else in a folder of the town's own."""

import io
import os
import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from baukasten.db.session import Scope
from baukasten.errors import NotFound, Unavailable
from baukasten.plugin import hookspecs
from baukasten.plugin.declarations import Storage
from baukasten.tenants import plugins, service

FOLDER = "files"
NAME = re.compile(r"[a-z0-9]{8,64}(\.[a-z0-9]{1,8})?")
"""Names are made here and nowhere else; what people called a file never comes near a path."""


@dataclass(frozen=True, slots=True)
class FolderStorage:
    """Files of one town below a folder of the machine."""

    folder: Path

    def write(self, name: str, data: bytes | BinaryIO) -> None:
        """Store a file whole or not at all, also when the machine stops in between."""
        path = self._path(name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = path.with_name(f".{secrets.token_hex(8)}.part")
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                shutil.copyfileobj(io.BytesIO(data) if isinstance(data, bytes) else data, file)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise Unavailable from error

    def read(self, name: str) -> bytes:
        """Give a file; raises NotFound."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError as error:
            raise NotFound from error

    def delete(self, name: str) -> None:
        """Remove a file; a missing one is no error."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        if NAME.fullmatch(name) is None:
            raise NotFound
        # A folder with a million entries is slow in listings and backups.
        return self.folder / name[:2] / name


def new_name(suffix: str) -> str:
    """Make a file's name in a store, such as ``4f…c1.webp``; nobody guesses it and it tells nothing."""
    return f"{secrets.token_hex(16)}.{suffix}"


def files_of(session: Scope) -> Storage:
    """Give the store of the session's town: plugins are asked first, the data folder answers last.

    Raises Unavailable where the process has no data folder.
    """
    town, manager = session.tenant_id, session.contract.manager
    if town is None:
        raise NotFound
    if manager.implementers(hookspecs.open_storage):
        hooks = manager.at(town, plugins.active(session))
        answer = hooks.first(hookspecs.open_storage, tenant=service.by_id(session, town))
        if answer is not None:
            return answer.value
    if session.contract.data_dir is None:
        raise Unavailable
    return FolderStorage(session.contract.data_dir / FOLDER / str(town))
