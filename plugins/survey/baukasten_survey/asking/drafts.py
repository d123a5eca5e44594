"""Answers in progress: locked with a key that only the respondent holds, found by a digest that tells nothing."""

import datetime as dt
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, insert, select

from baukasten.plugin import Job
from baukasten.sdk import Scope, clock
from baukasten_survey.access.admission import CROCKFORD, in_crockford
from baukasten_survey.answers.reading import Unread
from baukasten_survey.keys import SurveyState
from baukasten_survey.models import Draft, Survey

SECRET_BYTES, SIGNS = 16, 26
"""128 bits, and how many signs of Crockford's base 32 write them."""
GROUP = 4
LIFE, AFTER_CLOSE = dt.timedelta(days=14), dt.timedelta(days=3)
"""How long an untouched draft is kept, and how long any after its survey's close."""
NONCE, KEY_BYTES = 12, 32
PAD = 1024
"""Locked drafts are multiples of this long, so that their length tells little; sealed levels take more, see Work."""
FIND = "SELECT blob FROM survey_draft WHERE survey_id = %s AND digest = %s AND until >= %s"
HOLD = f"{FIND} FOR UPDATE"
SAVE = "UPDATE survey_draft SET blob = %s, until = %s WHERE survey_id = %s AND digest = %s"
DROP = "DELETE FROM survey_draft WHERE survey_id = %s AND digest = %s"
"""Each page of each respondent asks these, so nothing builds them anew; row security adds the town."""
UNREAD = "?unread"
UNSYNCED = {"synchronize_session": False}
MISTAKEN = str.maketrans({"O": "0", "I": "1", "L": "1"})


@dataclass(frozen=True, slots=True)
class Keys:
    """What a respondent's secret opens in one survey; drawn apart, so that none of them tells another."""

    digest: bytes
    """Where the draft lies."""
    lock: bytes
    visit: bytes
    """What an open survey takes one answer for."""


@dataclass(slots=True)
class Work:
    """What a draft holds."""

    version: int
    language: str
    seed: str
    """Decides orders that are random."""
    begun: float
    """Seconds since 1970."""
    kind: str
    """Of the right that the answer will be spent on, with its digest in hex."""
    right: str
    at: str = ""
    """Code of the page where it goes on."""
    answers: dict[str, Any] = field(default_factory=dict)
    confirmed: list[str] = field(default_factory=list)
    """Questions that stay empty on purpose."""
    edits: bool = False
    """Whether it changes an answer that was given already."""
    room: int = PAD
    """Locked, it takes a multiple of this. Where answers are sealed, as much as they: else the length of somebody's
    draft would lead to the one answer in its batch that is as long."""


FIELDS = tuple(one.name for one in fields(Work))


def new_secret() -> bytes:
    """Draw the secret of a draft."""
    return os.urandom(SECRET_BYTES)


def written(secret: bytes) -> str:
    """Write a secret as 26 signs, for the cookie."""
    return in_crockford(int.from_bytes(secret), SIGNS)


def grouped(secret: bytes) -> str:
    """Write a secret for people, in groups of four signs."""
    text = written(secret)
    return "-".join(text[at : at + GROUP] for at in range(0, SIGNS, GROUP))


def read_secret(text: str) -> bytes | None:
    """Read a secret however it was typed; None for what is none."""
    signs = re.sub(r"[\s-]", "", text[:100]).upper().translate(MISTAKEN)
    if len(signs) != SIGNS or any(sign not in CROCKFORD for sign in signs):
        return None
    number = 0
    for sign in signs:
        number = number * 32 + CROCKFORD.index(sign)
    return number.to_bytes(SECRET_BYTES) if number < 2 ** (8 * SECRET_BYTES) else None


def keys_of(session: Scope, survey_id: int, secret: bytes) -> Keys:
    """Draw the keys of a secret (HKDF, RFC 5869), others in each survey."""
    info = f"baukasten survey draft {session.tenant_id} {survey_id}".encode()
    drawn = HKDF(hashes.SHA256(), length=3 * KEY_BYTES, salt=None, info=info).derive(secret)
    return Keys(*(drawn[at : at + KEY_BYTES] for at in range(0, 3 * KEY_BYTES, KEY_BYTES)))


def begin(session: Scope, survey_id: int, keys: Keys, work: Work) -> None:
    """Store a new draft; one statement."""
    values = {"survey_id": survey_id, "digest": keys.digest, "blob": _locked(keys, work), "until": _until()}
    session.execute(insert(Draft).values(tenant_id=session.tenant_id, **values))


def find(session: Scope, survey_id: int, keys: Keys, *, hold: bool = False) -> Work | None:
    """Give a draft, with ``hold`` kept from others until the transaction ends; None where there is none."""
    values = (survey_id, keys.digest, clock.now().date())
    blob = session.connection().exec_driver_sql(HOLD if hold else FIND, values).scalar()
    return None if blob is None else _opened(keys, blob)


def save(session: Scope, survey_id: int, keys: Keys, work: Work) -> None:
    """Store a draft again, which is kept from now on as long as a new one; one statement."""
    values = (_locked(keys, work), _until(), survey_id, keys.digest)
    session.connection().exec_driver_sql(SAVE, values)


def drop(session: Scope, survey_id: int, keys: Keys) -> None:
    """Throw a draft away; none is no error."""
    session.connection().exec_driver_sql(DROP, (survey_id, keys.digest))


def _until() -> dt.date:
    return (clock.now() + LIFE).date()


def _locked(keys: Keys, work: Work) -> bytes:
    values = {name: getattr(work, name) for name in FIELDS} | {"answers": _stored(work.answers)}
    data = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
    data = len(data).to_bytes(4) + data
    nonce = os.urandom(NONCE)
    padded = data + bytes(-len(data) % work.room)
    return nonce + AESGCM(keys.lock).encrypt(nonce, padded, keys.digest)


def _opened(keys: Keys, blob: bytes) -> Work | None:
    try:
        data = AESGCM(keys.lock).decrypt(blob[:NONCE], blob[NONCE:], keys.digest)
    except (InvalidTag, ValueError):
        return None
    values = json.loads(data[4 : 4 + int.from_bytes(data[:4])])
    return Work(**values | {"answers": _shown(values["answers"])})


def _stored(value: Any) -> Any:
    """Write what could not be read as it was typed, at any depth."""
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, Unread):
        return {UNREAD: value.text}
    return {key: _stored(one) for key, one in value.items()} if isinstance(value, Mapping) else value


def _shown(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value.keys() == {UNREAD}:
        return Unread(str(value[UNREAD]))
    return {key: _shown(one) for key, one in value.items()}


def tidy(session: Scope, **_values: Any) -> None:
    """Throw away drafts that are too old, and all of surveys that closed some days ago."""
    now = clock.now()
    past = now - AFTER_CLOSE
    closed = select(Survey.id).where(
        ((Survey.state == SurveyState.CLOSED) & (Survey.closed_at.is_(None) | (Survey.closed_at < past)))
        | (Survey.closes_at < past)
    )
    gone = delete(Draft).where((Draft.until < now.date()) | Draft.survey_id.in_(closed))
    session.execute(gone, execution_options=UNSYNCED)


JOBS = [Job("survey.drafts.tidy", tidy, every="40 2 * * *")]
