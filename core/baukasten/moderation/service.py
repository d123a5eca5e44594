"""The one path into public view, and the verbs that lead out of it and back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from baukasten.db.session import Scope
from baukasten.errors import Invalid
from baukasten.jobs.outbox import publish as announce
from baukasten.moderation.cases import close_of, count_open, open_case, void_appeals
from baukasten.moderation.companions import forget_companions
from baukasten.moderation.deciding import decide_content
from baukasten.moderation.house_rules import service as house_rules
from baukasten.moderation.kinds import announce_change, content_type, find, judged_types, lead
from baukasten.moderation.locks import lock
from baukasten.moderation.models import CaseCause, Measure
from baukasten.moderation.reasons import Reason, Told, reasons, told
from baukasten.moderation.screening import changes, judging, trust
from baukasten.moderation.steps import Step
from baukasten.plugin import hookspecs
from baukasten.plugin.events import ContentEdited, ContentHidden, ContentPublished
from baukasten.plugin.refs import ContentRef, Draft, MemberRef, Ruling, Verdict, Visibility
from baukasten.plugin.text import lazy
from baukasten.tenants import plugins

__all__ = [
    "Reason",
    "Told",
    "content_type",
    "count_open",
    "find",
    "judged_types",
    "open_case",
    "reasons",
    "told",
]
_ = lazy("core")
CHANGED, YOU_CHANGED = "changed", _("You changed this contribution.")
STRICTNESS = {Ruling.ALLOW: 0, Ruling.LATER: 1, Ruling.HOLD: 2, Ruling.REJECT: 3}
HOLDING = (Ruling.LATER, Ruling.HOLD)


class Rejected(Invalid):
    """A screening refused the draft; the message tells the author what helps. Nothing was stored.

    ``found`` is the screening's own code, such as ``duplicate``.
    """

    code = "rejected"

    def __init__(self, errors: Mapping[str, object], message: object = "", found: str = "") -> None:
        super().__init__(errors, message)
        self.found = found


@dataclass(frozen=True, slots=True)
class Submission:
    """What became of a draft."""

    ref: ContentRef
    visibility: Visibility
    code: str = ""
    note: str = ""


def submit(session: Scope, draft: Draft, store: Callable[[Visibility], int]) -> Submission:
    """Screen a draft, then let the plugin store it as published or held, and tell whom it concerns.

    ``store`` writes the row with the visibility it is given, and gives its id; an edit keeps its own id.
    Raises Rejected where a screening refuses, before anything is stored.
    """
    verdict = screen(session, draft)
    if verdict.ruling is Ruling.REJECT:
        raise Rejected({"body": verdict.note}, verdict.note, verdict.code)
    asked = changes.asked_for(session, draft)
    if asked is Visibility.HELD and verdict.ruling in (Ruling.ALLOW, Ruling.LATER):
        verdict = Verdict(Ruling.HOLD, CHANGED, str(YOU_CHANGED))
    visibility = Visibility.HELD if verdict.ruling in HOLDING else Visibility.PUBLISHED
    ref = ContentRef(draft.content_type, store(visibility))
    session.flush()
    house_rules.note_seen(session, draft)
    judging.keep(session, draft, ref, visibility, verdict)
    if asked is not None and visibility is Visibility.PUBLISHED:
        wait_again(session, ref)
    if visibility is Visibility.HELD:
        open_case(session, ref, CaseCause.HELD, code=verdict.code, note=str(verdict.note))
    else:
        event = ContentEdited if draft.is_edit else ContentPublished
        announce(session, event(session.tenant_id or 0, ref.type, ref.id))
    return Submission(ref, visibility, verdict.code, str(verdict.note))


def screen(session: Scope, draft: Draft) -> Verdict:
    """Ask the core's own screening, then every plugin's; the strictest answer counts, the first of equal ones.

    A screener that fails counts as holding; what the core refuses, no plugin is asked about.
    """
    first = judging.judge(session, draft)
    if first.ruling is Ruling.REJECT:
        return first
    hooks = session.contract.manager.at(session.tenant_id or 0, plugins.active(session))
    answers = hooks.ask(hookspecs.screen_content, session=session, draft=draft)
    verdicts = [first, *(answer.value for answer in answers)]
    return max(verdicts, key=lambda verdict: STRICTNESS[verdict.ruling])


def publish(session: Scope, actor: MemberRef, ref: ContentRef) -> None:
    """Let a held contribution into view. Raises NotFound for one that is not held."""
    decide_content(session, actor, ref, Step(Measure.PUBLISH))


def let_in(session: Scope, ref: ContentRef) -> bool:
    """Let into view what waited for nothing but time (``Ruling.LATER``), without anybody's decision.

    Tells whether it did: what is no longer held, or has no open case, somebody else has decided. Raises NotFound.
    """
    lock(session, [ref])
    content = find(session, ref)
    if content.visibility is not Visibility.HELD or close_of(session, ref) is None:
        return False
    lead(session, content, Visibility.PUBLISHED)
    announce_change(session, content, Visibility.PUBLISHED)
    return True


def reject(session: Scope, actor: MemberRef, ref: ContentRef, *, rule: str, facts: str) -> None:
    """Refuse a held contribution with a reason that its author gets. Raises Invalid without one."""
    decide_content(session, actor, ref, Step(Measure.REJECT, rule, facts))


def refuse(session: Scope, actor: MemberRef, ref: ContentRef, *, rule_key: str, facts: str) -> None:
    """Refuse a held contribution by a rule of the house, with the reason that its author gets.

    Raises Invalid for a rule that is not in force and without a reason, NotFound for what is no longer held,
    Claimed while a colleague works on its case.
    """
    rules = house_rules.current(session)
    rule = rules.find(rule_key)
    if rule is None:
        raise Invalid({"rule": _("Please name the rule.")})
    step = Step(Measure.REJECT, str(rule.title), facts, rule_key=rule.key, rules_version=rules.version)
    decide_content(session, actor, ref, step)


def hide(session: Scope, actor: MemberRef, ref: ContentRef, *, rule: str, facts: str) -> None:
    """Take a published contribution out of view with a reason. Raises Invalid without one."""
    decide_content(session, actor, ref, Step(Measure.HIDE, rule, facts))


def restore(session: Scope, actor: MemberRef, ref: ContentRef, *, facts: str = "") -> None:
    """Bring back into view, where it was, what was folded, hidden or removed. Raises NotFound for anything else."""
    decide_content(session, actor, ref, Step(Measure.RESTORE, facts=facts))


def keep(session: Scope, actor: MemberRef, ref: ContentRef, *, facts: str = "") -> None:
    """Leave a reported contribution as it is and close its case."""
    decide_content(session, actor, ref, Step(Measure.KEEP, facts=facts))


def withdraw(session: Scope, ref: ContentRef) -> None:
    """Close the case of a contribution that its author took back, and tell everybody that it is out of view.

    What stood beside it is deleted.
    """
    close_of(session, ref)
    void_appeals(session, ref)
    trust.withdrawn(session, ref)
    forget_companions(session, [ref])
    announce(session, ContentHidden(session.tenant_id or 0, ref.type, ref.id))


def wait_again(session: Scope, ref: ContentRef) -> None:
    """Put before the moderators again what its author changed while it waits, or because they asked for it."""
    open_case(session, ref, CaseCause.HELD, code=CHANGED, note=str(YOU_CHANGED))
