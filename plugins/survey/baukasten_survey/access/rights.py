"""From what somebody shows, the right to one response: a code, a membership, a form, a blind token."""

import base64
import binascii

from baukasten.plugin import MemberRef, ModuleRef, Role, Standing, lazy
from baukasten.sdk import Denied, Invalid, Scope, SignInNeeded
from baukasten_survey.access import blind, codes
from baukasten_survey.access.admission import Right, digest, is_known
from baukasten_survey.keys import Access, AdmissionKind
from baukasten_survey.models import Survey

_ = lazy("survey")

WITH_CODE = frozenset({Access.CODE, Access.MIXED})
FOR_MEMBERS = frozenset({Access.REGISTERED, Access.RESIDENT, Access.MIXED})


def of_code(session: Scope, survey: Survey, typed: str) -> Right:
    """Give the right of a typed code, spent or not; raises Invalid with what is wrong with it."""
    if survey.access not in WITH_CODE:
        raise Invalid({"code": _("This survey takes no codes.")})
    known = digest(session, survey.id, AdmissionKind.CODE, codes.read(typed))
    if not is_known(session, survey.id, known):
        raise Invalid({"code": _("This code is not known here. Please compare it with your letter.")})
    return Right(AdmissionKind.CODE, known)


def of_member(session: Scope, survey: Survey, member: MemberRef) -> Right:
    """Give a member's right, the same each time; raises Denied for whom the survey is not."""
    if survey.access not in FOR_MEMBERS or member.standing is not Standing.ACTIVE:
        raise Denied
    if survey.access == Access.RESIDENT and Role.RESIDENT not in member.roles:
        raise Denied(_("This survey is for people who live here. Have your residence confirmed first."))
    return Right(AdmissionKind.MEMBER, digest(session, survey.id, AdmissionKind.MEMBER, str(member.id)))


def of_whoever_asks(
    session: Scope, survey: Survey, module: ModuleRef, member: MemberRef | None, code: str
) -> Right:
    """Give the right of a code, or of a member where none is needed or typed.

    Raises Invalid for a wrong code, SignInNeeded, and Denied with its reason.
    """
    if survey.access == Access.CODE or (survey.access == Access.MIXED and code.strip()):
        return of_code(session, survey, code)
    if member is None:
        raise SignInNeeded
    if member.standing_in(module) is not Standing.ACTIVE:
        raise Denied(
            _("You cannot write here at the moment, so you cannot answer this survey with your account.")
        )
    return of_member(session, survey, member)


def of_visit(session: Scope, survey: Survey, nonce: str) -> Right:
    """Give the right of one filled-in form of an open survey; the same form counts once. Raises Denied."""
    if survey.access != Access.OPEN:
        raise Denied
    return Right(AdmissionKind.VISIT, digest(session, survey.id, AdmissionKind.VISIT, nonce))


def of_token(session: Scope, survey: Survey, public_key: bytes, token: str, signature: str) -> Right:
    """Give the right of an unblinded token, both parts in base64; raises Denied where it was not signed here."""
    try:
        prepared, signed = (base64.b64decode(part[:1024], validate=True) for part in (token, signature))
    except (ValueError, binascii.Error):
        raise Denied from None
    if not blind.verify(public_key, prepared, signed):
        raise Denied
    known = digest(session, survey.id, AdmissionKind.TOKEN, blind.digest_of(prepared))
    return Right(AdmissionKind.TOKEN, known)
