"""What both kinds of old texts share: marks for the posts that they quote, until it is known where those are."""

import re
from collections.abc import Callable, Iterable

from baukasten_forum.importing.bbcode import escape

_MARK = re.compile("\x02([^\x02\x1f\x03]*)\x1f([^\x02\x1f\x03]*)\x03")


def mark(author: str, path: str) -> str:
    """Give the place of a quotation's first line: who is quoted, and the old address of the post."""
    return f"\x02{path}\x1f{' '.join(author.split())}\x03"


def marked(text: str) -> list[str]:
    """Give the old addresses that the quotations of a text come from."""
    return [found[1] for found in _MARK.finditer(text) if found[1]]


def resolved(text: str, line: Callable[[str], str]) -> str:
    """Put the first lines in; ``line`` gives one for an old address, or nothing where the author's name must do."""

    def shown(found: re.Match[str]) -> str:
        name = escape(found[2])
        return (line(found[1]) if found[1] else "") or (f"*{name}:*" if name else "")

    return _MARK.sub(shown, text)


def not_taken(names: Iterable[str]) -> str:
    """Give the lines that name files which are not there any more."""
    return "".join(f"\n\n\\[Anhang nicht übernommen: {escape(name)}\\]" for name in names)
