"""Changing a pseudonymous answer until the close: found by a digest whose key is destroyed then."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select, update

from baukasten.sdk import Scope, clock, keyring
from baukasten_survey.access.admission import Right
from baukasten_survey.answers.flow import KEPT
from baukasten_survey.asking.shelf import Facts
from baukasten_survey.keys import Anonymity
from baukasten_survey.models import Quota, Response, Survey

PURPOSE = "survey.edit"
KEY_BYTES = 32
UNSYNCED = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Earlier:
    """An answer that may be changed."""

    version: int
    answers: dict[str, Any]


def find(session: Scope, facts: Facts, right: Right) -> Earlier | None:
    """Give the answer that was given with a right, where it may still be changed; at most three statements.

    Where quotas count, what was counted stays as it is.
    """
    known = _known(session, facts, right)
    if known is None or session.scalar(select(exists().where(Quota.survey_id == facts.id))):
        return None
    query = select(Response.version, Response.answers).where(
        Response.survey_id == facts.id, Response.edit_digest == known
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    answers = {**row.answers, **(row.answers.get(KEPT) or {})}
    answers.pop(KEPT, None)
    return Earlier(row.version, answers)


def digest_of(session: Scope, survey: Survey, right: Right) -> bytes | None:
    """Give under what an answer is found again; None where it never is. Makes the survey's key where it has none."""
    if survey.anonymity != Anonymity.PSEUDONYMOUS:
        return None
    if survey.edit_key is None:
        made = fresh_key(session)
        fresh = update(Survey).where(Survey.id == survey.id, Survey.edit_key.is_(None)).values(edit_key=made)
        session.execute(fresh, execution_options=UNSYNCED)
        session.refresh(survey, ["edit_key"])
    return _mac(session, survey.edit_key, right)


def fresh_key(session: Scope) -> bytes:
    """Draw a survey's key, locked as it is stored."""
    return keyring(session).lock(PURPOSE, secrets.token_bytes(KEY_BYTES))


def change(
    session: Scope, facts: Facts, right: Right, language: str, answers: Mapping[str, Any]
) -> int | None:
    """Replace an answer and give its number; None where there is none that may be changed.

    One statement beside finding the key.
    """
    known = _known(session, facts, right)
    if known is None:
        return None
    values = {"answers": dict(answers), "language": language, "day": clock.now().date()}
    changed = update(Response).where(Response.survey_id == facts.id, Response.edit_digest == known)
    number: int | None = session.scalar(
        changed.values(values).returning(Response.id), execution_options=UNSYNCED
    )
    return number


def _known(session: Scope, facts: Facts, right: Right) -> bytes | None:
    if facts.anonymity is not Anonymity.PSEUDONYMOUS:
        return None
    key = session.scalar(select(Survey.edit_key).where(Survey.id == facts.id))
    return None if key is None else _mac(session, key, right)


def _mac(session: Scope, locked: bytes | None, right: Right) -> bytes | None:
    if locked is None:
        return None
    return hmac.digest(keyring(session).unlock(PURPOSE, locked), right.digest, "sha256")
