"""Forms about the hours of a room: one opening or a series, the pace, the announcement."""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from baukasten.plugin import Field, FieldKind, LazyText, lazy
from baukasten.sdk import Form, translator
from baukasten_chat.hours import clockface, rules
from baukasten_chat.hours.banner import MAX_TEXT
from baukasten_chat.hours.plans import MAX_TITLE, Plan
from baukasten_chat.limits import spans

_ = lazy("chat")
Sent = MultiDict[str, str]
WHEN = (
    Field("day", _("Day"), FieldKind.DATE, required=True),
    Field(
        "begins",
        _("From"),
        required=True,
        max_length=20,
        help=_("For example 19:00, as clocks in your town show it."),
    ),
    Field("ends", _("To"), required=True, max_length=20),
    Field(
        "title",
        _("What it is about or who is there"),
        max_length=MAX_TITLE,
        help=_("Empty for the room's own name."),
    ),
    Field(
        "lobby_days",
        _("Take questions so many days before"),
        FieldKind.NUMBER,
        minimum=0,
        maximum=365,
        help=_("Empty for from now on. 0: not before the begin."),
    ),
)
WEEKLY = Field(
    "until",
    _("Every week up to this day"),
    FieldKind.DATE,
    help=_("Empty for a single opening. It stays at the same time when the clocks are changed."),
)
PAUSES: Mapping[int, LazyText] = {0: _("No pause")}
STEPS = (5, 10, 20, 30, 60, 120, 300)
AS_SET = ""


def window_form(action: str, window: Any = None, sent: Sent | None = None) -> Form:
    """Give the form of an opening, read from what was ``sent``; a new one can be a series."""
    fields = [*WHEN] if window is not None else [*WHEN, WEEKLY]
    submit = _("Save opening") if window is not None else _("Plan opening")
    form = Form(fields, action, submit, _values(window))
    if sent is not None:
        form.read(sent)
    return form


def plan_of(form: Form) -> Plan:
    """Give what was entered as the service takes it; raises Invalid for what is no time."""
    values = form.values
    return Plan(
        values["day"],
        clockface.read(values["begins"], "begins"),
        clockface.read(values["ends"], "ends"),
        values["title"],
        values["lobby_days"],
        values.get("until"),
    )


def slow_form(action: str, chosen: int | None, setting: int) -> Form:
    """Give the form of the pause between two messages; what the town set for the room is one of the choices."""
    as_set = str(_("As set for the room: %(span)s")) % {"span": _span(setting)}
    choices = [(AS_SET, as_set), *((str(seconds), _span(seconds)) for seconds in (0, *STEPS))]
    if chosen is not None and str(chosen) not in dict(choices):
        choices.append((str(chosen), _span(chosen)))
    label = _("Pause between two messages of one person")
    field = Field("seconds", label, FieldKind.SELECT, choices=choices)
    return Form([field], action, _("Set pause"), {"seconds": AS_SET if chosen is None else str(chosen)})


def announce_form(action: str, text: str = "") -> Form:
    """Give the form of the announcement."""
    field = Field(
        "text",
        _("Announcement"),
        FieldKind.TEXTAREA,
        required=True,
        max_length=MAX_TEXT,
        rows=2,
        help=_("Everybody in the room reads it on top at once."),
    )
    return Form([field], action, _("Announce"), {"text": text})


def _span(seconds: int) -> str:
    return spans.text(seconds) if seconds else str(PAUSES[0])


def _values(window: Any) -> dict[str, Any]:
    if window is None:
        return {}
    zone = translator().formats.zone
    day, begins = clockface.local(window.opens_at, zone)
    _next, ends = clockface.local(rules.end_of(window), zone)
    since, _time = clockface.local(window.lobby_at, zone)
    days = (day - since).days
    return {"day": day, "begins": begins, "ends": ends, "title": window.title, "lobby_days": days}
