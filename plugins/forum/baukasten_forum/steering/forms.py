"""Forms about states: when a forum's state begins, what concludes it, what staff do to one topic."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from baukasten.plugin import Field, FieldKind, LazyText, lazy
from baukasten.sdk import Form, Invalid, translator
from baukasten_forum.keys import State
from baukasten_forum.service import MAX_TITLE
from baukasten_forum.stages import rules, times
from baukasten_forum.stages.rules import Step
from baukasten_forum.steering.schedule import LABELS, Plan
from baukasten_forum.steering.tools import MAX_REASON

_ = lazy("forum")
Sent = MultiDict[str, str]
MAX_BODY = 20_000
DAY = Field("day", _("From this day on"), FieldKind.DATE, help=_("Empty for at once."))
TIME = Field(
    "time",
    _("At"),
    max_length=20,
    help=_(
        "For example 18:00; empty for the begin of the day. What ends with a day ends at 00:00 of the next."
    ),
)
SURE = Field("sure", _("Yes, go back to an earlier state"), FieldKind.CHECKBOX)
PAUSES: Mapping[int, LazyText] = {
    0: _("No pause"),
    60: _("One minute"),
    300: _("Five minutes"),
    900: _("A quarter of an hour"),
    3_600: _("One hour"),
    21_600: _("Six hours"),
    86_400: _("One day"),
}
CONCLUSION = [
    Field("title", _("Title"), required=True, max_length=MAX_TITLE),
    Field("body", _("What came of it"), FieldKind.MARKDOWN, required=True, max_length=MAX_BODY, rows=10),
]
REASON = Field("reason", _("Why? Everybody reads this."), required=True, max_length=MAX_REASON)


def stage_form(
    action: str,
    conclusions: list[tuple[int, str]],
    step: Step | None = None,
    sent: Sent | None = None,
    *,
    back: bool = False,
) -> Form:
    """Give the form of one state, read from what was ``sent``; ``back`` asks whether a step back is meant."""
    states = [(state.value, label) for state, label in LABELS.items()]
    fields = [Field("state", _("State"), FieldKind.SELECT, required=True, choices=states), DAY, TIME]
    fields += _which(sent, step.starts_at if step else None)
    if conclusions:
        choices = [(str(post_id), title) for post_id, title in conclusions]
        label = _("What came of it, for a concluded forum")
        fields.append(Field("conclusion", label, FieldKind.SELECT, choices=[("", _("None")), *choices]))
    if back or (sent is not None and SURE.key in sent):
        fields.append(SURE)
    form = Form(fields, action, _("Save state") if step else _("Plan state"), _values(step))
    if sent is not None:
        form.read(sent)
    return form


def closing_form(action: str, closes_at: dt.datetime | None, sent: Sent | None = None) -> Form:
    """Give the form of a topic's end, read from what was ``sent``."""
    label = _("Nobody writes any more from this day on")
    day = Field("day", label, FieldKind.DATE, help=_("Empty for no end."))
    fields = [day, TIME, *_which(sent, closes_at)]
    form = Form(fields, action, _("Save end"), _moment_values(closes_at))
    if sent is not None:
        form.read(sent)
    return form


def slow_form(action: str, seconds: int) -> Form:
    """Give the form of the pause between two replies of one person."""
    choices: list[tuple[str, str]] = [(str(value), label) for value, label in PAUSES.items()]
    if seconds not in PAUSES:
        choices.append((str(seconds), rules.span_text(seconds)))
    field = Field(
        "seconds",
        _("Pause between two replies of one person"),
        FieldKind.RADIO,
        required=True,
        choices=choices,
    )
    return Form([field], action, _("Save pause"), {"seconds": str(seconds)})


def lock_form(action: str) -> Form:
    """Give the form that locks a topic."""
    return Form([REASON], action, _("Lock contribution"))


def conclusion_form(action: str, *, titled: bool) -> Form:
    """Give the form of the text that concludes a forum, or a topic, which has its title already."""
    label = _("Publish and conclude the forum") if titled else _("Publish and conclude the contribution")
    return Form(CONCLUSION if titled else CONCLUSION[1:], action, label)


def plan_of(form: Form) -> Plan:
    """Give what was entered as the service takes it; raises Invalid, and TwiceError for a doubled time."""
    values = form.values
    conclusion = values.get("conclusion") or ""
    return Plan(
        State(values["state"]),
        moment_of(form),
        int(conclusion) if conclusion else None,
        sure=bool(values.get("sure")),
    )


def moment_of(form: Form) -> dt.datetime | None:
    """Give the moment entered, or nothing without a day; raises Invalid, and TwiceError for a doubled time."""
    day, time = form.values["day"], form.values["time"]
    if day is None:
        if time:
            raise Invalid({"day": _("Give the day to this time, or leave both empty.")})
        return None
    return times.read(day, time, translator().formats.zone, form.values.get("which") or "")


def _which(sent: Sent | None, moment: dt.datetime | None) -> list[Field]:
    """Give the question which of two is meant, for a time that the clocks show twice, by the distance to UTC."""
    zone = translator().formats.zone
    found = _moments_sent(sent, zone) if sent is not None else _moments_of(moment, zone)
    if len(found) < 2:
        return []
    choices = [
        (key, times.offset_text(one, zone)) for key, one in zip(("first", "second"), found, strict=True)
    ]
    return [
        Field("which", _("The clocks are put back that night: which one?"), FieldKind.RADIO, choices=choices)
    ]


def _moments_sent(sent: Sent, zone: dt.tzinfo) -> tuple[dt.datetime, ...]:
    form = Form([DAY, TIME])
    if not form.read(sent) or form.values["day"] is None:
        return ()
    try:
        return (times.read(form.values["day"], form.values["time"], zone),)
    except times.TwiceError as error:
        return error.choices
    except Invalid:
        # The form itself says what is wrong once it is read.
        return ()


def _moments_of(moment: dt.datetime | None, zone: dt.tzinfo) -> tuple[dt.datetime, ...]:
    if moment is None:
        return ()
    there = moment.astimezone(zone)
    return times.moments(there.date(), there.time(), zone)


def _values(step: Step | None) -> dict[str, Any]:
    if step is None:
        return {}
    conclusion = "" if step.conclusion_id is None else str(step.conclusion_id)
    return {"state": step.state.value, "conclusion": conclusion, **_moment_values(step.starts_at)}


def _moment_values(moment: dt.datetime | None) -> dict[str, Any]:
    if moment is None:
        return {}
    day, time, which = times.local(moment)
    return {"day": day, "time": time, "which": which}
