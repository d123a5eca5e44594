"""The form of a decision: read with all that was typed, turned into steps."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from baukasten import clock
from baukasten.moderation import measures
from baukasten.moderation.casework import replies
from baukasten.moderation.casework.carrying import Plan
from baukasten.moderation.casework.replies import Offer
from baukasten.moderation.house_rules.service import Rules, RuleText
from baukasten.moderation.models import Measure
from baukasten.moderation.standings import LASTING
from baukasten.moderation.steps import Step
from baukasten.plugin.fields import Field, FieldKind
from baukasten.plugin.refs import MemberRef, Role
from baukasten.plugin.text import lazy
from baukasten.web.forms import Form
from baukasten.web.i18n import Translator, current, dgettext

_ = lazy("core")
PERSON: Sequence[tuple[str, str]] = (
    (Measure.WARN.value, _("Warn: stands on record, limits nothing")),
    (Measure.MUTE.value, _("Mute: may read, report and appeal, but not write")),
    (Measure.SUSPEND.value, _("Suspend: as muted, and signed out everywhere")),
)
DAYS, LONG_DAYS = (1, 3, 7), (30, 90)
ENDLESS = "0"
SEEN, INSERT = "seen", "insert"


@dataclass(frozen=True, slots=True)
class Town:
    """What the form needs to know of the town and of who decides."""

    name: str
    rules: Rules
    titles: Mapping[str, str]
    """Rules by key in the town's language, as decisions name them for everybody."""
    lines: Mapping[str, str]
    """The same with their numbers, as replies name them."""
    offers: Sequence[Offer]
    member: MemberRef
    spoken: Translator
    """The town's language, which those who are written to read."""


def decision_form(
    town: Town, steps: Iterable[Measure], author: str, seen: str, values: Mapping[str, Any] | None = None
) -> Form:
    """Offer the steps that fit the state of the contribution, the rules, saved replies, and measures for its author."""
    fields = [
        Field(
            "measure",
            _("Step"),
            FieldKind.RADIO,
            required=True,
            choices=[(step.value, measures.NAMES[step]) for step in steps],
        ),
        Field("rule", _("Rule"), FieldKind.SELECT, choices=_rules(town.rules)),
        Field("reply", _("Saved reply"), FieldKind.SELECT, choices=_replies(town.offers)),
        Field(
            "facts",
            dgettext("core", "Reason for %(name)s", name=author),
            FieldKind.TEXTAREA,
            max_length=4_000,
        ),
        Field("public_text", _("Note for all to read"), FieldKind.TEXTAREA, max_length=1_000, rows=2),
        Field(
            "person",
            _("From this moment on"),
            FieldKind.RADIO,
            default="",
            choices=[("", _("Nothing")), *PERSON],
        ),
        Field("until", _("How long"), FieldKind.SELECT, default=str(DAYS[0]), choices=spans(town.member)),
        Field(SEEN, _("Wording"), FieldKind.HIDDEN),
    ]
    return Form(fields, submit=_("Decide"), values={SEEN: seen, **(values or {})})


def spans(member: MemberRef) -> list[tuple[str, str]]:
    """Give how long a measure may last, each with its end; more than a week is for administrators."""
    longest = member.has(Role.ADMIN)
    offered = [(str(days), _span(days)) for days in (*DAYS, *(LONG_DAYS if longest else ()))]
    return [*offered, *([(ENDLESS, str(_("Until somebody ends it")))] if longest else [])]


def rule_words(rule: RuleText) -> str:
    """Give a rule in one line."""
    return dgettext("core", "Rule %(number)s: %(title)s", number=rule.number, title=rule.title.rstrip("."))


def facts_of(contribution: Mapping[str, str], town: Town, sent: Mapping[str, Any]) -> dict[str, str]:
    """Give what the variables of a reply stand for, with what is chosen in the form at this moment."""
    until = _until(sent) if sent.get("person") in LASTING else None
    return {
        **contribution,
        "town": town.name,
        "rule": town.lines.get(str(sent.get("rule") or ""), ""),
        "until": town.spoken.datetime(until) if until else "",
    }


def insert_reply(form: Form, town: Town, contribution: Mapping[str, str], sent: Mapping[str, Any]) -> None:
    """Put the chosen reply into the form, and the step and the rule that it is for where none is chosen yet."""
    offer = replies.chosen(town.offers, str(sent.get("reply") or ""))
    if offer is None:
        return
    chosen = {**sent, "rule": sent.get("rule") or offer.rule_key}
    form.show("facts", replies.fill(offer.text, facts_of(contribution, town, chosen)))
    for key, value in (("measure", offer.measure), ("rule", offer.rule_key)):
        if value and not sent.get(key):
            form.show(key, value)


def plan_of(form: Form, town: Town, contribution: Mapping[str, str]) -> Plan | None:
    """Turn what was sent into steps; nothing, with the form's errors, where a variable has no value."""
    sent = form.values
    facts = replies.fill(sent["facts"], facts_of(contribution, town, sent))
    open_ = replies.left_open(facts)
    if open_:
        said = _("Nothing is known for %(names)s. Choose it below, or take it out.")
        form.add_error("facts", str(said) % {"names": ", ".join(f"{{{name}}}" for name in open_)})
        return None
    key, measure = sent["rule"] or "", Measure(sent["measure"])
    why: dict[str, Any] = {
        "rule": town.titles.get(key, ""),
        "facts": facts,
        "rule_key": key,
        "rules_version": town.rules.version if key else 0,
    }
    strict = measures.is_strict(measure)
    # A step that is against nobody names no rule, for nobody broke one.
    step = Step(measure, public_text=sent["public_text"], **why) if strict else Step(measure, facts=facts)
    person = Measure(sent["person"]) if sent["person"] else None
    until = _until(sent) if person in LASTING else None
    return Plan(step, Step(person, until=until, **why) if person else None, sent[SEEN])


def _until(sent: Mapping[str, Any]) -> dt.datetime | None:
    days = str(sent.get("until") or "")
    known = days.isdigit() and int(days) in (*DAYS, *LONG_DAYS)
    return clock.now() + dt.timedelta(days=int(days)) if known else None


def _span(days: int) -> str:
    end = current().datetime(clock.now() + dt.timedelta(days=days))
    return (
        dgettext("core", "%(days)s days, until %(end)s", days=days, end=end)
        if days > 1
        else dgettext("core", "1 day, until %(end)s", end=end)
    )


def _rules(rules: Rules) -> list[tuple[str, str]]:
    return [("", str(_("None"))), *((rule.key, rule_words(rule)) for rule in rules.rules)]


def _replies(offers: Sequence[Offer]) -> list[tuple[str, str]]:
    return [("", str(_("None"))), *((offer.value, offer.title) for offer in offers)]
