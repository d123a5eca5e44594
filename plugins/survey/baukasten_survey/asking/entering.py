"""Who may begin: which right an answer will be spent on, before anything is asked."""

from collections.abc import Mapping

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Denied, Scope
from baukasten_survey.access import admission, issuing, rights
from baukasten_survey.access.admission import Right
from baukasten_survey.asking.drafts import Keys
from baukasten_survey.asking.shelf import Facts
from baukasten_survey.definition.model import Question
from baukasten_survey.keys import Access, AdmissionKind, Anonymity
from baukasten_survey.models import Survey

_ = lazy("survey")
LONGEST_GIVEN = 250
CODE_FIELD, TOKEN, SIGNATURE = "code", "token", "signature"


def right_of(
    session: Scope,
    survey: Survey,
    module: ModuleRef,
    member: MemberRef | None,
    keys: Keys,
    form: Mapping[str, str],
) -> Right:
    """Give what an answer will be spent on.

    Raises SignInNeeded, Denied with its reason, and Invalid for a wrong code.
    """
    if survey.access == Access.OPEN:
        return rights.of_visit(session, survey, keys.visit.hex())
    if survey.anonymity == Anonymity.BLIND:
        if not form.get(TOKEN):
            raise Denied(
                _(
                    "For this survey your browser has to exchange your access for a token, which needs JavaScript. "
                    "Please switch it on, or answer on paper."
                )
            )
        key = issuing.public_key(session, survey.id)
        return rights.of_token(session, survey, key, form[TOKEN], form.get(SIGNATURE, ""))
    return rights.of_whoever_asks(session, survey, module, member, form.get(CODE_FIELD, ""))


def of_address(question: Question, words: str, *, sealed: bool) -> str:
    """Give what an address says for a hidden question, as far as it counts; else nothing.

    Where the author lists values, only those count. Where answers are sealed, nothing else ever counts: an address
    with a number of its own would say who answered.
    """
    plain = words.replace("\0", "").strip().encode("utf-8", "replace").decode("utf-8")
    if sealed or question.options:
        return plain if question.option(plain) is not None else ""
    return plain[:LONGEST_GIVEN]


def check_still(
    session: Scope, survey: Survey, module: ModuleRef, member: MemberRef | None, right: Right
) -> None:
    """Raise SignInNeeded or Denied where a member's right is not, or no longer, that of whoever sends the answer.

    A draft goes on for weeks and on any device; a ban, a lost role and signing out count at its end as well.
    """
    if right.kind is not AdmissionKind.MEMBER:
        return
    if rights.of_whoever_asks(session, survey, module, member, "") != right:
        raise Denied(_("These answers were begun with another account. Please sign in with that one."))


def trial_right(session: Scope, facts: Facts, keys: Keys) -> Right:
    """Give the right of whoever tries a draft out: each time another one."""
    kind = AdmissionKind.VISIT
    return Right(kind, admission.digest(session, facts.id, kind, keys.visit.hex()))


def member_right(session: Scope, facts: Facts, member: MemberRef) -> Right:
    """Give the right that a member has, entitled or not."""
    kind = AdmissionKind.MEMBER
    return Right(kind, admission.digest(session, facts.id, kind, str(member.id)))
