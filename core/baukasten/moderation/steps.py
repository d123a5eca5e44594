"""Steps that somebody wants to take, and whether they may be taken now: reason, second person, claim, state."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.errors import Conflict, Denied, Invalid
from baukasten.moderation import interests, measures, names, reasons, settings
from baukasten.moderation.models import Case, Measure
from baukasten.plugin.declarations import ContentType
from baukasten.plugin.refs import Content, ContentRef, MemberRef, Visibility
from baukasten.plugin.text import lazy
from baukasten.web.i18n import dgettext

_ = lazy("core")
MAX_FACTS, MAX_RULE = 4_000, 300


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody decides; see the columns of ``Decision``."""

    measure: Measure
    rule: str = ""
    facts: str = ""
    rule_key: str = ""
    rules_version: int = 0
    public_text: str = ""
    until: dt.datetime | None = None
    reverses: int | None = None
    automated: bool = False
    module_id: int | None = None
    """Where alone a measure against a person holds; empty for the whole town."""

    def values(self) -> dict[str, Any]:
        """Give the step as plain JSON, for a proposal that waits for a second person."""
        return {**asdict(self), "until": self.until.isoformat() if self.until else None}

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> "Step":
        """Give the step that ``values`` wrote down."""
        until = values.get("until")
        moment = dt.datetime.fromisoformat(until) if until else None
        return cls(**{**values, "measure": Measure(values["measure"]), "until": moment})


class AlreadyDecided(Conflict):
    """Somebody else decided first; the message says who, when and what."""

    code = "already-decided"


class Claimed(Conflict):
    """Somebody else works on the case; the message says who."""

    code = "claimed"


class Proposed(Conflict):
    """Somebody proposed a measure that waits for a second person; the message says who."""

    code = "proposed"


class SecondNeeded(Invalid):
    """The town wants two people for this measure; one of them has to propose it first."""

    code = "second-needed"


def ref_of(row: Any) -> ContentRef:
    """Give the contribution that a case or a decision is about."""
    return ContentRef(row.content_type, row.content_id)


def check_reason(step: Step) -> None:
    """Raise Invalid for a strict step without rule or facts, and for texts that are too long."""
    missing = {}
    if measures.is_strict(step.measure):
        if not step.rule.strip():
            missing["rule"] = _("Please name the rule.")
        if not step.facts.strip():
            missing["facts"] = _("Please say what the contribution did against the rule.")
        if step.measure is Measure.NOTE and not step.public_text.strip():
            missing["public_text"] = _("Please write what everybody shall read.")
    if max(len(step.facts), len(step.public_text)) > MAX_FACTS or len(step.rule) > MAX_RULE:
        missing["facts"] = _("That is too long. Please shorten it.")
    if missing:
        raise Invalid(missing)


def check_second(session: Scope, actor: MemberRef, step: Step, second: MemberRef | None) -> None:
    """Raise SecondNeeded for a measure that the town lets two people take, Denied when both are the same person."""
    if second is not None:
        if second.id == actor.id:
            raise Denied(_("Somebody else has to confirm what you proposed."))
    elif not step.automated and needs_second(session, step.measure):
        raise SecondNeeded({"measure": _("Two people decide about this measure. Propose it in the case.")})


def needs_second(session: Scope, measure: Measure) -> bool:
    """Tell whether the town lets two people take a measure."""
    return measures.is_strict(measure) and measure.value in settings.two(session)


def check_free(
    session: Scope,
    actor: MemberRef,
    case: Case,
    second: MemberRef | None = None,
    *,
    own: Collection[int] | None = None,
) -> None:
    """Raise as ``check_held``, and Proposed while a measure waits for a second person and none confirms it."""
    if case.closed_at is None and case.proposal is not None and second is None:
        who = names.name_of(session, case.proposed_by)
        raise Proposed(
            dgettext("core", "%(name)s has proposed a measure here. Decide about that first.", name=who)
        )
    check_held(session, actor, case, second, own=own)


def check_held(
    session: Scope,
    actor: MemberRef,
    case: Case,
    second: MemberRef | None = None,
    *,
    own: Collection[int] | None = None,
) -> None:
    """Raise AlreadyDecided for a closed case, Denied for one's own matter, Claimed while somebody else works on it.

    ``own`` gives the cases in which one of both had a part, where the caller asked for many at once.
    """
    if case.closed_at is not None:
        raise AlreadyDecided(names.who_decided(session, case))
    people = {actor.id, second.id if second else actor.id}
    if case.id in (interests.of(session, people, [case.id]) if own is None else own):
        raise Denied(interests.PART)
    held = case.held_until is None or case.held_until > clock.now()
    ours = (None, actor.id, second.id if second else actor.id)
    if case.holder_id not in ours and held:
        who = names.name_of(session, case.holder_id)
        raise Claimed(dgettext("core", "%(name)s is working on this case.", name=who))


def steps_for(
    session: Scope, kind: ContentType, content: Content, wanted: Measure | None = None
) -> tuple[Measure, ...]:
    """Give the steps that fit a contribution now; ``wanted`` spares the look for a note where it changes nothing."""
    asks = wanted in {None, Measure.RESTORE} and content.visibility is Visibility.PUBLISHED
    noted = asks and reasons.is_noted(session, content.ref)
    return measures.ladder(kind, content.visibility, noted=noted)
