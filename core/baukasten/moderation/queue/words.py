"""How a case is put into words on a line of the list: title, age, why it waits, with whom it is."""

import datetime as dt
from dataclasses import dataclass

from baukasten import clock
from baukasten.moderation.models import CaseCause
from baukasten.moderation.queue.filters import Order, State, Why
from baukasten.moderation.queue.listing import Line
from baukasten.plugin.refs import MemberRef
from baukasten.plugin.text import lazy
from baukasten.web.i18n import dgettext, dngettext

_ = lazy("core")
TITLE, WHY = 72, 90
"""Characters of a contribution, and of why it is held, that a line has room for."""
MINUTE, HOUR = 60, 3_600
MANY = 3
"""From how many reports on a line is marked as urgent."""
STATES = {
    State.OPEN: _("Open"),
    State.MINE: _("With me"),
    State.LATE: _("Too late"),
    State.APPEALS: _("Appeals"),
    State.SECOND: _("Second pair of eyes"),
    State.CLOSED: _("Done"),
}
ORDERS = {
    Order.PRESSING: _("Oldest and most reported first"),
    Order.NEWEST: _("Newest first"),
    Order.GUESS: _("By the machine's guess"),
}
EXPLAINED = {
    Order.PRESSING: _("The oldest case comes first; each further report counts like six hours of waiting."),
    Order.NEWEST: _("The newest case comes first."),
    Order.GUESS: _(
        "First comes what a machine takes for a breach, going by your town's own decisions. It may be wrong and "
        "decides nothing."
    ),
}
CLOSED = _("What was closed last comes first.")
CAUSES = {Why.HELD: _("held"), Why.REPORTED: _("reported")}


@dataclass(frozen=True, slots=True)
class Tag:
    """A mark on a line: word, colour, icon."""

    text: str
    kind: str
    icon: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A line in words."""

    id: int
    title: str
    age: str
    late: bool
    tag: Tag
    why: str
    place: str
    held_by: str
    mine: bool
    can_tick: bool
    """Whether it may be decided with others; an appeal is answered alone."""
    guess: str


def shown(line: Line, me: MemberRef, *, guessing: bool) -> Shown:
    """Put a line into words; the guess is told only where the list is sorted by it."""
    mine = line.holder_id == me.id
    return Shown(
        id=line.id,
        title=title(line),
        age=age(line.created_at),
        late=line.late,
        tag=tag(line),
        why=_short(line.note, WHY),
        place=place(line),
        held_by=_held_by(line, mine=mine),
        mine=mine,
        can_tick=line.closed_at is None and line.cause is not CaseCause.APPEAL,
        guess=_guess(line) if guessing else "",
    )


def title(line: Line) -> str:
    """Give the beginning of the contribution in quotes; of an appeal, what it is about."""
    if line.content is None:
        return str(_("A contribution that is no longer there"))
    text = _short(line.content.excerpt or str(line.content.title), TITLE)
    quoted = dgettext("core", "“%(text)s”", text=text)
    return (
        dgettext("core", "Appeal about %(text)s", text=quoted) if line.cause is CaseCause.APPEAL else quoted
    )


def place(line: Line) -> str:
    """Give what it belongs to: the title above it, the module, the project."""
    parts = (str(line.content.title) if line.content else "", line.module, line.project)
    return " · ".join(part for part in parts if part)


def age(since: dt.datetime) -> str:
    """Give how long a case waits in the shortest words: 6 min, 26 h, 3 days."""
    seconds = max(0, int((clock.now() - since).total_seconds()))
    if seconds < HOUR:
        return dgettext("core", "%(num)s min", num=max(1, seconds // MINUTE))
    hours = seconds // HOUR
    if hours < 48:
        return dgettext("core", "%(num)s h", num=hours)
    return dngettext("core", "%(num)s day", "%(num)s days", hours // 24)


def tag(line: Line) -> Tag:
    """Give the mark that says why the case waits."""
    if line.cause is CaseCause.APPEAL:
        return Tag(str(_("appeal")), "plum", "back")
    if line.cause is CaseCause.REPORTED or line.reports:
        text = dngettext("core", "%(num)s report", "%(num)s reports", line.reports)
        return Tag(text, "bad" if line.reports >= MANY else "warn", "flag")
    return Tag(str(_("held")), "info", "eye")


def _held_by(line: Line, *, mine: bool) -> str:
    if mine:
        return str(_("with you"))
    if line.proposed_by is not None:
        return str(_("waits for a second person"))
    if line.holder_id is not None:
        name = line.holder or str(_("a colleague"))
        return dgettext("core", "with %(name)s", name=name)
    return ""


def _guess(line: Line) -> str:
    percent = round(line.guess * 100)
    said = dgettext("core", "A machine's guess: %(percent)s %%", percent=percent)
    return f"{said} ({', '.join(line.guess_words[:3])})" if line.guess_words else said


def _short(text: str, length: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= length else f"{flat[: length - 1].rstrip()}…"
