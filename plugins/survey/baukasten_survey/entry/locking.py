"""Locks sheets that wait for their second time: each with a key outside the database, gone once the sheet is taken.

Taking a sheet spends its code and deletes what waited in one transaction, and the write-ahead log keeps both. With a
key that stays, whoever holds it later would read the answers beside the code.
"""

import datetime as dt
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, func, select

from baukasten.plugin import Job
from baukasten.sdk import Scope, clock, strongroom
from baukasten_survey.entry.models import Entry
from baukasten_survey.keys import SurveyState
from baukasten_survey.models import Survey

PREFIX = "survey_sheet-"
"""Of the keys' names in the strongroom; the mixer's begin otherwise."""
NAME_BYTES, KEY_BYTES, NONCE = 16, 32, 12
ORPHANED = dt.timedelta(days=1)
"""How old a key is whose sheet never came to be stored."""
AFTER_CLOSE = dt.timedelta(days=3)


def lock(session: Scope, words: bytes) -> bytes:
    """Give a sheet locked with a fresh key, which is on the disk already; raises Unavailable without a disk."""
    name, key, nonce = os.urandom(NAME_BYTES), os.urandom(KEY_BYTES), os.urandom(NONCE)
    strongroom(session).keep(_named(name), key)
    return name + nonce + AESGCM(key).encrypt(nonce, words, name)


def unlock(session: Scope, blob: bytes) -> bytes | None:
    """Give a sheet as it was typed; None where its key is gone, as after a restored backup."""
    name, nonce, locked = blob[:NAME_BYTES], blob[NAME_BYTES : NAME_BYTES + NONCE], blob[NAME_BYTES + NONCE :]
    try:
        return AESGCM(strongroom(session).read(_named(name))).decrypt(nonce, locked, name)
    except (LookupError, InvalidTag, ValueError):
        return None


def forget(session: Scope, blob: bytes) -> None:
    """Destroy the key of a sheet, before the caller commits: should that fail, the sheet is typed in anew."""
    strongroom(session).destroy(_named(blob[:NAME_BYTES]))


def tidy(session: Scope, **_values: Any) -> None:
    """Throw away sheets of surveys that are over, and keys without a sheet."""
    past = clock.now() - AFTER_CLOSE
    over = select(Survey.id).where(Survey.state == SurveyState.CLOSED, Survey.closed_at < past)
    gone = delete(Entry).where(Entry.survey_id.in_(over))
    session.execute(gone, execution_options={"synchronize_session": False})
    waiting = {_named(name) for name in session.scalars(select(func.substr(Entry.answers, 1, NAME_BYTES)))}
    session.commit()
    room, old = strongroom(session), (clock.now() - ORPHANED).timestamp()
    for name, since in room.names():
        if name.startswith(PREFIX) and name not in waiting and since < old:
            room.destroy(name)


def _named(name: bytes) -> str:
    return PREFIX + name.hex()


JOBS = [Job("survey.sheets.tidy", tidy, every="50 2 * * *", even_suspended=True)]
