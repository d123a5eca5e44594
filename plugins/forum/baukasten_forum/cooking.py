"""From what somebody typed to what everybody reads: quotations lead to their source, names to people."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import (
    MEMBERS,
    Invalid,
    Pointing,
    Reference,
    SafeHtml,
    Scope,
    module_path,
    normalise,
    plain,
    render_markdown,
)
from baukasten_forum import mentions
from baukasten_forum.listing import AnyRow, AnySelect
from baukasten_forum.models import SHOWN, Post, Topic

_ = lazy("forum")
MAX_SOURCES = 20
"""Posts that one text may lead to; further keys stay plain words."""
_KEY = re.compile(r"\]\(post:([1-9][0-9]{0,17})\)")
_CALLED = re.compile(r"<mark>@([^<]*)</mark>")
_SOURCE_LINE = re.compile(r"^<p><cite>.*?</cite>(<br>)?\n?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Cooked:
    """A text in both its shapes, and what it points at."""

    text: str
    html: SafeHtml
    called: Mapping[str, int]
    """People by the names that stand in the text."""
    sources: Sequence[int]
    """Posts that it leads to, in their order."""


def cook(session: Scope, module: ModuleRef, body: str, topic_id: int | None = None) -> Cooked:
    """Turn a text into what is stored; raises Invalid for one that is empty, too long or nested too deeply."""
    text = normalise(body).strip()
    if not text:
        raise Invalid({"body": _("Please write something.")})
    sources = _sources(session, module, text)
    known = mentions.people(session, topic_id) if "@" in text else {}
    pointing = Pointing({f"post:{number}": where for number, where in sources.items()}, list(known))
    safe = render_markdown(text, pointing=pointing)
    names = {html.unescape(found) for found in _CALLED.findall(safe)}
    called = {name: known[name] for name in sorted(names & known.keys())}
    return Cooked(text, safe, called, list(sources))


def quotation(session: Scope, module: ModuleRef, post_id: int, *, words: str = "") -> str:
    """Give a post as a quotation to begin a reply with; nothing for one that not everybody sees here.

    Of what the post quotes itself, nothing is taken along.
    """
    row = session.execute(_visible(module, [post_id]).add_columns(Post.body)).one_or_none()
    if row is None:
        return ""
    said = normalise(words).strip() or "\n".join(
        line for line in row.body.split("\n") if not line.lstrip().startswith(">")
    )
    lines = [f"> {line}".rstrip() for line in said.strip().split("\n")]
    return "\n".join([f"> [#{row.number}](post:{post_id})", *lines, "", ""])


def said(safe: SafeHtml) -> str:
    """Give the words of a text without the lines that name the sources of its quotations."""
    return plain(SafeHtml(_SOURCE_LINE.sub("<p>", safe)))


def _sources(session: Scope, module: ModuleRef, text: str) -> dict[int, Reference]:
    ids = list(dict.fromkeys(int(key) for key in _KEY.findall(text)))[:MAX_SOURCES]
    if not ids:
        return {}
    base = module_path(session.contract, module, "index")
    rows = {row.id: row for row in session.execute(_visible(module, ids))}
    return {
        number: Reference(f"{base}beitrag/{number}", _name(rows[number])) for number in ids if number in rows
    }


def _name(row: AnyRow) -> str:
    return row.name or row.byline or f"#{row.number}"


def _visible(module: ModuleRef, ids: Sequence[int]) -> AnySelect:
    return (
        select(Post.id, Post.number, Post.byline, MEMBERS.c.display_name.label("name"))
        .join(Topic, Topic.id == Post.topic_id)
        .outerjoin(MEMBERS, MEMBERS.c.id == Post.author_id)
        .where(
            Post.id.in_(ids),
            Topic.module_id == module.id,
            Post.visibility.in_(SHOWN),
            Topic.visibility.in_(SHOWN),
        )
    )
