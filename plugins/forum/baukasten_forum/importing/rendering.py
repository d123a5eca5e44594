"""Old texts as pages show them: quotations lead to their posts, and a text beyond all measure is shown all the same."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from baukasten.plugin import ModuleRef
from baukasten.sdk import Invalid, Pointing, Reference, Scope, module_path, normalise, render_markdown
from baukasten_forum.models import Permalink, Post

PART, FLAT = 18_000, 3_000
"""Characters of a part; one sign of plain words may become six."""
_SIGN = re.compile(r"[\\`*_\[\]<>~&#+.!-]")


@dataclass(frozen=True, slots=True)
class Sources:
    """The posts that some texts quote, by their old addresses."""

    posts: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    pointing: Pointing = field(default_factory=Pointing)

    def line(self, path: str) -> str:
        """Give the first line of a quotation, or nothing for a post that is not here."""
        found = self.posts.get(path)
        return f"[#{found[1]}](post:{found[0]})" if found else ""


def sources(session: Scope, module: ModuleRef, paths: Sequence[str]) -> Sources:
    """Find the posts that texts quote, in one statement."""
    if not paths:
        return Sources()
    query = (
        select(Permalink.path, Post.id, Post.number, Post.byline)
        .join(Post, Post.id == Permalink.post_id)
        .where(Permalink.module_id == module.id, Permalink.path.in_(set(paths)))
    )
    rows = session.execute(query).all()
    base = module_path(session.contract, module, "index")
    references = {
        f"post:{row.id}": Reference(f"{base}beitrag/{row.id}", row.byline or f"#{row.number}") for row in rows
    }
    return Sources({row.path: (row.id, row.number) for row in rows}, Pointing(references))


def safe(text: str, pointing: Pointing) -> str:
    """Give a text as HTML for pages, in parts where it is longer than a contribution may be.

    What is nested too deeply for that is shown as plain words.
    """
    try:
        return "".join(render_markdown(part, pointing=pointing) for part in _parts(text, PART))
    except Invalid:
        return "".join(render_markdown(_flat(part)) for part in _parts(text, FLAT))


def _flat(text: str) -> str:
    lines = (line.strip() for line in normalise(text).split("\n"))
    return "\n".join(_SIGN.sub(lambda found: f"&#{ord(found[0])};", line) for line in lines)


def _parts(text: str, size: int) -> Iterator[str]:
    """Cut a text between paragraphs, or within one that is too long by itself."""
    part = ""
    for paragraph in normalise(text).split("\n\n"):
        if part and len(part) + len(paragraph) > size:
            yield part
            part = ""
        part += paragraph + "\n\n"
        while len(part) > size:
            cut = part.rfind("\n", size // 2, size) + 1 or part.rfind(" ", size // 2, size) + 1 or size
            yield part[:cut]
            part = part[cut:]
    yield part
