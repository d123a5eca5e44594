"""The right to one response: known by a keyed hash, spent exactly once however many ask at the same moment."""

from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert

from baukasten.sdk import Denied, Scope, keyring
from baukasten_survey.keys import AdmissionKind
from baukasten_survey.models import Admission

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and letters that nobody mistakes for each other on paper (Crockford's base 32)."""
RECEIPT_SIGNS = 12
SPEND = (
    "UPDATE survey_admission SET spent = true WHERE survey_id = %s AND digest = %s AND NOT spent RETURNING id"
)


@dataclass(frozen=True, slots=True)
class Right:
    """What one response is to be spent on."""

    kind: AdmissionKind
    digest: bytes
    """See ``digest``."""


def digest(session: Scope, survey_id: int, kind: AdmissionKind, secret: str | bytes) -> bytes:
    """Give the keyed hash under which a code, a member, a visit or a token is known in one survey."""
    known = secret.encode() if isinstance(secret, str) else secret
    return keyring(session).mac(f"survey.{kind} {session.tenant_id} {survey_id}", known)


def spend(session: Scope, survey_id: int, right: Right) -> bool:
    """Spend a right; False where it was spent before. One statement; whoever comes at the same moment waits.

    Codes must have been handed out: raises Denied for unknown ones.
    """
    if right.kind is AdmissionKind.CODE:
        return _spend_code(session, survey_id, right.digest)
    row = insert(Admission).values(
        tenant_id=session.tenant_id, survey_id=survey_id, kind=right.kind, digest=right.digest, spent=True
    )
    return session.scalar(row.on_conflict_do_nothing().returning(Admission.id)) is not None


def _spend_code(session: Scope, survey_id: int, known: bytes) -> bool:
    if session.connection().exec_driver_sql(SPEND, (survey_id, known)).first() is not None:
        return True
    if not is_known(session, survey_id, known):
        raise Denied
    return False


def is_known(session: Scope, survey_id: int, known: bytes) -> bool:
    """Tell whether a right exists, spent or not."""
    mine = (Admission.survey_id == survey_id) & (Admission.digest == known)
    return session.scalar(select(exists().where(mine))) is True


def is_spent(session: Scope, survey_id: int, right: Right) -> bool:
    """Tell whether a right was spent; one statement."""
    mine = (Admission.survey_id == survey_id) & (Admission.digest == right.digest) & Admission.spent
    return session.scalar(select(exists().where(mine))) is True


def receipt(session: Scope, known: bytes) -> str:
    """Give the receipt for a right: twelve signs that have nothing to do with the answer, always the same."""
    number = int.from_bytes(keyring(session).mac("survey.receipt", known)[:8])
    return in_crockford(number, RECEIPT_SIGNS)


def in_crockford(number: int, signs: int) -> str:
    """Write the lowest bits of a number, five a sign."""
    return "".join(CROCKFORD[(number >> (5 * at)) & 31] for at in reversed(range(signs)))
