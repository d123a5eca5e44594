"""Saved replies: words that moderators use again and again, kept by language, filled in for one case."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from baukasten.audit.service import record
from baukasten.db.session import Scope
from baukasten.errors import Conflict, Invalid, NotFound
from baukasten.moderation.models import SavedReply
from baukasten.plugin.refs import MemberRef
from baukasten.plugin.text import lazy

_ = lazy("core")
VARIABLES = ("name", "title", "rule", "until", "town")
"""What a reply may ask for; anything else in braces stays as it was typed."""
PLACE = re.compile("{(" + "|".join(VARIABLES) + ")}")
MOST, LONGEST = 100, 3_000


@dataclass(frozen=True, slots=True)
class Offer:
    """A reply in one language, as the form of a case offers it."""

    id: int
    title: str
    language: str
    text: str
    measure: str
    rule_key: str

    @property
    def value(self) -> str:
        """What the form sends for it."""
        return f"{self.id}-{self.language}"


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values into a text; a variable without a value stays, and values are not read for variables again."""
    return PLACE.sub(lambda found: values.get(found[1]) or found[0], text)


def left_open(text: str) -> list[str]:
    """Name the variables of a text that nobody has filled in."""
    return sorted({found[1] for found in PLACE.finditer(text)})


def listed(session: Scope) -> Sequence[SavedReply]:
    """Give all replies by title; a town has at most ``MOST``."""
    return session.scalars(select(SavedReply).order_by(SavedReply.title, SavedReply.id)).all()


def get(session: Scope, reply_id: int) -> SavedReply:
    """Give one reply; raises NotFound, also for one of another town."""
    found = session.scalar(select(SavedReply).where(SavedReply.id == reply_id))
    if found is None:
        raise NotFound
    return found


def save(
    session: Scope,
    actor: MemberRef,
    reply: SavedReply | None,
    *,
    title: str,
    texts: Mapping[str, str],
    measure: str = "",
    rule_key: str = "",
) -> SavedReply:
    """Change a reply, or add one; raises Invalid without words, Conflict where there are too many."""
    written = {code: text.strip() for code, text in texts.items() if text.strip()}
    if not title.strip() or not written:
        raise Invalid(message=_("A reply needs a title, and words in at least one language."))
    if reply is None:
        if (session.scalar(select(func.count()).select_from(SavedReply)) or 0) >= MOST:
            raise Conflict(_("There are 100 replies already. Delete one that nobody uses any more."))
        reply = SavedReply()
        session.add(reply)
    reply.title, reply.texts = title.strip(), written
    reply.measure, reply.rule_key = measure, rule_key
    session.flush()
    record(session, actor, "moderation.reply.save", f"reply:{reply.id}")
    return reply


def delete(session: Scope, actor: MemberRef, reply: SavedReply) -> None:
    """Take a reply away; what was written with its help stays."""
    record(session, actor, "moderation.reply.delete", f"reply:{reply.id}")
    session.delete(reply)
    session.flush()


def offered(session: Scope, languages: Sequence[str]) -> list[Offer]:
    """Give all replies in all the town's languages, the first language of each reply by the order of ``languages``."""
    return [
        Offer(reply.id, reply.title, code, reply.texts[code], reply.measure, reply.rule_key)
        for reply in listed(session)
        for code in sorted(reply.texts, key=lambda code: _place(code, languages))
    ]


def chosen(offers: Sequence[Offer], value: str) -> Offer | None:
    """Give the offer that the form sent; nothing for one that is gone."""
    return next((offer for offer in offers if offer.value == value), None)


def _place(code: str, languages: Sequence[str]) -> tuple[int, str]:
    return (languages.index(code) if code in languages else len(languages), code)
