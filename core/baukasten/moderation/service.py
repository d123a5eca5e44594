"""The one path into public view, and the verbs that lead out of it and back."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from baukasten import clock
from baukasten.audit.service import record
from baukasten.db.session import Scope
from baukasten.errors import Invalid, NotFound
from baukasten.jobs.outbox import publish as announce
from baukasten.moderation.models import Case, CaseCause, Decision, Measure
from baukasten.plugin import hookspecs
from baukasten.plugin.declarations import ContentType
from baukasten.plugin.events import ContentEdited, ContentHidden, ContentPublished, ContentRestored
from baukasten.plugin.refs import Content, ContentRef, Draft, MemberRef, Ruling, Verdict, Visibility
from baukasten.plugin.text import lazy
from baukasten.plugin.validity import is_core, is_usable
from baukasten.tenants import plugins

_ = lazy("core")
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('moderation ' || :what, 0))")
STRICTNESS = {Ruling.ALLOW: 0, Ruling.HOLD: 1, Ruling.REJECT: 2}


class Rejected(Invalid):
    """A screening refused the draft; the message tells the author what helps. Nothing was stored."""

    code = "rejected"


@dataclass(frozen=True, slots=True)
class Submission:
    """What became of a draft."""

    ref: ContentRef
    visibility: Visibility
    code: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """What the public is told of a decision against a contribution."""

    rule: str
    at: dt.datetime


def submit(session: Scope, draft: Draft, store: Callable[[Visibility], int]) -> Submission:
    """Screen a draft, then let the plugin store it as published or held, and tell whom it concerns.

    ``store`` writes the row with the visibility it is given, and gives its id; an edit keeps its own id.
    Raises Rejected where a screening refuses, before anything is stored.
    """
    verdict = screen(session, draft)
    if verdict.ruling is Ruling.REJECT:
        raise Rejected({"body": verdict.note}, verdict.note)
    visibility = Visibility.HELD if verdict.ruling is Ruling.HOLD else Visibility.PUBLISHED
    ref = ContentRef(draft.content_type, store(visibility))
    session.flush()
    if visibility is Visibility.HELD:
        open_case(session, ref, CaseCause.HELD, code=verdict.code, note=str(verdict.note))
    else:
        event = ContentEdited if draft.is_edit else ContentPublished
        announce(session, event(_tenant(session), ref.type, ref.id))
    return Submission(ref, visibility, verdict.code, str(verdict.note))


def screen(session: Scope, draft: Draft) -> Verdict:
    """Ask every screener; the strictest answer counts, and a screener that fails counts as holding."""
    hooks = session.contract.manager.at(_tenant(session), plugins.active(session))
    answers = hooks.ask(hookspecs.screen_content, session=session, draft=draft)
    verdicts = [answer.value for answer in answers]
    return max(verdicts, key=lambda verdict: STRICTNESS[verdict.ruling], default=Verdict(Ruling.ALLOW))


def open_case(session: Scope, ref: ContentRef, cause: CaseCause, *, code: str = "", note: str = "") -> int:
    """Open a case, or find the open one of this contribution; gives its id."""
    row = insert(Case).values(
        tenant_id=session.tenant_id,
        cause=cause.value,
        content_type=ref.type,
        content_id=ref.id,
        code=code,
        note=note,
        reports=int(cause is CaseCause.REPORTED),
    )
    again = row.on_conflict_do_update(
        index_elements=["tenant_id", "content_type", "content_id"],
        index_where=Case.closed_at.is_(None),
        set_={"reports": Case.reports + row.excluded.reports},
    )
    return int(session.execute(again.returning(Case.id)).scalar_one())


def publish(session: Scope, actor: MemberRef, ref: ContentRef) -> None:
    """Let a held contribution into view. Raises NotFound for one that is not held."""
    content = _content(session, ref, {Visibility.HELD})
    content_type(session, ref.type).publish(session, ref.id)
    _decide(session, actor, content, Measure.PUBLISH)
    announce(session, ContentPublished(_tenant(session), ref.type, ref.id))


def reject(session: Scope, actor: MemberRef, ref: ContentRef, *, rule: str, facts: str) -> None:
    """Refuse a held contribution with a reason that its author gets. Raises Invalid without one."""
    _need_reason(rule, facts)
    content = _content(session, ref, {Visibility.HELD})
    content_type(session, ref.type).reject(session, ref.id)
    _decide(session, actor, content, Measure.REJECT, rule=rule, facts=facts)


def hide(session: Scope, actor: MemberRef, ref: ContentRef, *, rule: str, facts: str) -> None:
    """Take a published contribution out of view with a reason. Raises Invalid without one."""
    _need_reason(rule, facts)
    content = _content(session, ref, {Visibility.PUBLISHED, Visibility.FOLDED})
    content_type(session, ref.type).hide(session, ref.id)
    _decide(session, actor, content, Measure.HIDE, rule=rule, facts=facts)
    announce(session, ContentHidden(_tenant(session), ref.type, ref.id))


def restore(session: Scope, actor: MemberRef, ref: ContentRef, *, facts: str = "") -> None:
    """Bring a hidden contribution back where it was. Raises NotFound for one that is not hidden."""
    content = _content(session, ref, {Visibility.HIDDEN, Visibility.REMOVED})
    content_type(session, ref.type).restore(session, ref.id)
    _decide(session, actor, content, Measure.RESTORE, facts=facts)
    announce(session, ContentRestored(_tenant(session), ref.type, ref.id))


def keep(session: Scope, actor: MemberRef, ref: ContentRef, *, facts: str = "") -> None:
    """Leave a reported contribution as it is and close its case."""
    content = _content(session, ref, set(Visibility))
    _decide(session, actor, content, Measure.KEEP, facts=facts)


def withdraw(session: Scope, ref: ContentRef) -> None:
    """Close the case of a contribution that its author took back, and tell everybody that it is out of view."""
    open_ = (Case.content_type == ref.type, Case.content_id == ref.id, Case.closed_at.is_(None))
    closed = update(Case).where(*open_).values(closed_at=clock.now())
    session.execute(closed, execution_options={"synchronize_session": False})
    announce(session, ContentHidden(_tenant(session), ref.type, ref.id))


def last_decision(session: Scope, ref: ContentRef) -> Decision | None:
    """Give the newest decision about a contribution."""
    query = select(Decision).where(Decision.content_type == ref.type, Decision.content_id == ref.id)
    return session.scalar(query.order_by(Decision.id.desc()).limit(1))


def reasons(session: Scope, key: str, ids: Sequence[int]) -> dict[int, Reason]:
    """Give the newest strict decision about each of some contributions of one type, in one statement."""
    query = (
        select(Decision.content_id, Decision.rule, Decision.created_at)
        .ext(distinct_on(Decision.content_id))
        .where(Decision.content_type == key, Decision.content_id.in_(ids), Decision.rule != "")
        .order_by(Decision.content_id, Decision.id.desc())
    )
    return {row.content_id: Reason(row.rule, row.created_at) for row in session.execute(query)}


def content_type(session: Scope, key: str) -> ContentType:
    """Give a declared type of contribution. Raises NotFound, also when its plugin is not active here."""
    answer = session.contract.registry.content_types.get(key)
    if answer is None or not (is_core(answer.plugin) or answer.plugin in plugins.active(session)):
        raise NotFound
    return answer.value


def find(session: Scope, ref: ContentRef) -> Content:
    """Give what the core knows of one contribution, whatever its visibility. Raises NotFound."""
    found: Sequence[Content] = content_type(session, ref.type).find(session, [ref.id])
    if not found:
        raise NotFound
    return found[0]


def _content(session: Scope, ref: ContentRef, wanted: set[Visibility]) -> Content:
    # Of two who decide at once, the second waits here and then sees what the first one did.
    session.execute(ONE_AT_A_TIME, {"what": f"{session.tenant_id} {ref.type}:{ref.id}"})
    content = find(session, ref)
    if content.visibility not in wanted:
        raise NotFound(_("This contribution is no longer in the state you saw. Please reload the page."))
    return content


def _decide(
    session: Scope, actor: MemberRef, content: Content, measure: Measure, *, rule: str = "", facts: str = ""
) -> None:
    """Store the decision, close the case and write it into the log, in the caller's transaction."""
    ref = content.ref
    open_ = (Case.content_type == ref.type, Case.content_id == ref.id, Case.closed_at.is_(None))
    closed = update(Case).where(*open_).values(closed_at=clock.now()).returning(Case.id)
    case_id = session.execute(closed, execution_options={"synchronize_session": False}).scalar()
    decision = Decision(
        case_id=case_id,
        content_type=ref.type,
        content_id=ref.id,
        measure=measure.value,
        rule=rule,
        facts=facts,
        actor_id=actor.id,
    )
    session.add(decision)
    session.flush()
    # Its words stay with the decision: the log is kept for good and takes no texts about people.
    record(
        session, actor, f"moderation.content.{measure.value}", f"{ref.type}:{ref.id}", decision=decision.id
    )


def _need_reason(rule: str, facts: str) -> None:
    missing = {}
    if not rule.strip():
        missing["rule"] = _("Please name the rule.")
    if not facts.strip():
        missing["facts"] = _("Please say what the contribution did against the rule.")
    if missing:
        raise Invalid(missing)


def _tenant(session: Scope) -> int:
    return session.tenant_id or 0


def judged_types(session: Scope) -> list[str]:
    """Name the types of contribution whose plugin works in the session's town; others wait until it does again."""
    active = plugins.active(session)
    types = session.contract.registry.content_types.items()
    return [key for key, answer in types if is_usable(answer.plugin, active)]


def count_open(session: Scope) -> int:
    """Count the cases that wait."""
    mine = (Case.closed_at.is_(None), Case.content_type.in_(judged_types(session)))
    return int(session.scalar(select(func.count()).select_from(Case).where(*mine)) or 0)
