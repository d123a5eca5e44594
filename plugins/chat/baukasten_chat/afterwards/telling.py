"""A transcript as people and programs read it: lines with names or numbers of people, questions with answers."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from baukasten.plugin import lazy
from baukasten.sdk import SafeHtml, Scope, dgettext, plain
from baukasten_chat import wire
from baukasten_chat.models import Line

_ = lazy("chat")
GONE = {
    "withdrawn": _("taken back by the author"),
    "checked": _("being checked"),
    "hidden": _("hidden"),
    "removed": _("removed"),
}
KINDS = {
    "message": _("Message"),
    "town": _("Message of the town"),
    "question": _("Question"),
    "answer": _("Answer"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One line as it is read."""

    position: int
    kind: str
    label: str
    number: int | None
    at: Any
    who: str
    html: SafeHtml
    gone: str
    """Why only the place is left; empty for what can be read."""
    redacted: bool
    left_out: bool
    minute: int | None


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with what was answered."""

    number: int | None
    question: SafeHtml
    by: str
    minute: int | None
    answer: SafeHtml


def lines(session: Scope, transcript: Any) -> list[Told]:
    """Give all lines of a transcript in order; one statement."""
    query = select(Line.__table__).where(Line.transcript_id == transcript.id).order_by(Line.position)
    rows = session.execute(query).all()
    people = {} if transcript.names else {row.name: row.person for row in rows if row.person and row.name}
    words = {kind: str(label) for kind, label in KINDS.items()}
    gone = {code: str(word) for code, word in GONE.items()}
    town = str(_("The town"))
    return [
        Told(
            position=row.position,
            kind=row.kind,
            label=words[row.kind],
            number=row.number,
            at=row.at,
            who=_who(row, town, names=transcript.names),
            html=SafeHtml(nameless(row.body_html, people)),
            gone=gone.get(row.gone, row.gone),
            redacted=row.redacted,
            left_out=row.left_out,
            minute=row.minute,
        )
        for row in rows
    ]


def answered(told: Sequence[Told]) -> list[Answered]:
    """Give the answered questions that are not left out, in the order in which they were answered."""
    questions = {one.number: one for one in told if one.kind == "question"}
    return [
        Answered(one.number, questions[one.number].html, one.who, one.minute, one.html)
        for one in told
        if one.kind == "answer" and not one.left_out and _is_read(questions.get(one.number))
    ]


def counts(transcript: Any) -> list[tuple[str, int]]:
    """Give how much is out of view, with the rule that was broken or what happened to it."""
    words = {code: str(word) for code, word in GONE.items()}
    return [(words.get(why, why), number) for why, number in transcript.counts.items()]


def as_json(transcript: Any, told: Sequence[Told]) -> dict[str, Any]:
    """Give a published transcript for programs; texts without markup, moments in UTC."""
    return {
        "title": transcript.title,
        "since": wire.moment(transcript.since),
        "until": wire.moment(transcript.until),
        "published": wire.moment(transcript.published_at),
        "hidden": dict(counts(transcript)),
        "lines": [
            {
                "kind": one.kind,
                "number": one.number,
                "at": wire.moment(one.at),
                "who": one.who,
                "text": "" if one.left_out else plain(one.html),
                "gone": one.gone or (str(_("left out")) if one.left_out else ""),
                "redacted": one.redacted,
                "minute": one.minute,
            }
            for one in told
        ],
    }


def _is_read(question: Told | None) -> bool:
    return question is not None and not question.gone and not question.left_out


def _who(row: Any, town: str, *, names: bool) -> str:
    if row.kind == "town":
        return town
    if row.kind == "answer":
        return row.name or town
    if row.gone:
        return ""
    if row.person and (not names or not row.name):
        return dgettext("chat", "Person %(number)s", number=row.person)
    return str(row.name) or str(_("without a name"))


def nameless(body: str, people: Mapping[str, int]) -> str:
    """Call people by their number where the text calls them with an @, marked or not."""
    if "@" not in body or not people:
        return body

    def numbered(found: re.Match[str]) -> str:
        return dgettext("chat", "@Person %(number)s", number=people[html.unescape(found[1])])

    return _calls(tuple(people)).sub(numbered, body)


@lru_cache(maxsize=4)
def _calls(people: tuple[str, ...]) -> re.Pattern[str]:
    """Give what finds a call of any of these; made once for all lines, or a large evening would take minutes."""
    longest_first = sorted(people, key=len, reverse=True)
    names = "|".join(re.escape(html.escape(name, quote=False)) for name in longest_first)
    return re.compile(f"@({names})")
