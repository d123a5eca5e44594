"""Signing tokens blindly: who is entitled gets one signature, the same again when the answer was lost on its way."""

from sqlalchemy import select, update

from baukasten.plugin import lazy
from baukasten.sdk import Conflict, Denied, Invalid, NotFound, Scope, keyring
from baukasten_survey.access import blind
from baukasten_survey.access.admission import Right, spend
from baukasten_survey.access.models import Issued, TokenKey
from baukasten_survey.models import Admission, Survey

_ = lazy("survey")


def open_register(session: Scope, survey: Survey) -> None:
    """Make the survey's key when it opens; once."""
    if session.scalar(select(TokenKey.id).where(TokenKey.survey_id == survey.id)) is None:
        public, locked = blind.new_key(keyring(session), survey.tenant_id)
        session.add(TokenKey(survey_id=survey.id, public_key=public, private_key=locked))
        session.flush()


def close_register(session: Scope, survey: Survey) -> None:
    """Destroy the private half when the survey closes; tokens can still be checked, and none made."""
    closed = update(TokenKey).where(TokenKey.survey_id == survey.id).values(private_key=None)
    session.execute(closed.execution_options(synchronize_session=False))


def public_key(session: Scope, survey_id: int) -> bytes:
    """Give the key by which everybody can check a survey's tokens; raises NotFound."""
    found = session.scalar(select(TokenKey.public_key).where(TokenKey.survey_id == survey_id))
    if found is None:
        raise NotFound
    return found


def issue(session: Scope, survey: Survey, right: Right, blinded: bytes) -> bytes:
    """Sign a blinded token for a right and spend it; the caller commits before it answers.

    Asked again with the same token it gives the same signature. Raises Conflict where the right went to another
    token, Invalid for what is no blinded token, NotFound once the survey is closed, Denied for an unknown code.
    """
    key = session.scalar(select(TokenKey).where(TokenKey.survey_id == survey.id))
    if key is None or key.private_key is None:
        raise NotFound
    if not spend(session, survey.id, right):
        return _again(session, survey.id, right, blinded)
    try:
        signature = blind.sign(keyring(session), survey.tenant_id, key.private_key, blinded)
    except blind.Unsigned:
        raise Invalid({"blinded": _("This is no token that can be signed.")}) from None
    mine = (Admission.survey_id == survey.id) & (Admission.digest == right.digest)
    admission = session.scalar(select(Admission.id).where(mine))
    if admission is None:
        raise Denied
    session.add(Issued(admission_id=admission, blinded=blinded, signature=signature))
    session.flush()
    return signature


def _again(session: Scope, survey_id: int, right: Right, blinded: bytes) -> bytes:
    mine = (Admission.survey_id == survey_id) & (Admission.digest == right.digest)
    query = select(Issued.blinded, Issued.signature).join(Admission, Admission.id == Issued.admission_id)
    found = session.execute(query.where(mine)).first()
    if found is None or found.blinded != blinded:
        raise Conflict(
            _(
                "With this right, somebody has begun to answer already, on another device or in another browser."
            )
        )
    return bytes(found.signature)
