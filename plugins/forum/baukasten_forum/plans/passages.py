"""From a plan's text to its numbered passages, and from the passages of one wording to those of the next."""

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from baukasten.sdk import EDITORIAL, SafeHtml, excerpt, render_markdown

QUOTE_LENGTH = 160
"""Characters of a passage that a remark keeps, as its author saw them."""
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)[^>]*>")
_VOID = frozenset({"br", "hr"})
_LEVEL, _LEVEL_MARK = re.compile(r"<h([2-6])>"), re.compile(r"(</?h)([2-6])>")
_HEADING = re.compile(r"^<h[2-6]")


def passages(text: str) -> list[str]:
    """Give a text's blocks as safe HTML, a heading with what it stands above. Raises Invalid under ``body``."""
    found: list[str] = []
    heading = ""
    for block in _blocks(_levelled(render_markdown(text, profile=EDITORIAL))):
        if _HEADING.match(block):
            heading += block
        else:
            found.append(heading + block)
            heading = ""
    return [*found, heading] if heading else found


def quote(passage: str) -> str:
    """Give the first words of a passage."""
    return excerpt(SafeHtml(passage), max_length=QUOTE_LENGTH)


def moved(before: Sequence[str], after: Sequence[str]) -> Mapping[int, int]:
    """Give for passages of one wording, by number, where they are in the next; what has gone is not in it.

    A passage that was rewritten in its place counts as the same one.
    """
    matched: dict[int, int] = {}
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for kind, old, old_end, new, new_end in steps:
        if kind == "equal" or (kind == "replace" and old_end - old == new_end - new):
            matched |= {old + step + 1: new + step + 1 for step in range(old_end - old)}
    return matched


def _levelled(html: str) -> str:
    """Give a text's headings the levels from 2 on without gaps, whichever their author began with."""
    levels = sorted(set(_LEVEL.findall(html)))
    return _LEVEL_MARK.sub(lambda mark: f"{mark[1]}{levels.index(mark[2]) + 2}>", html)


def _blocks(html: str) -> list[str]:
    """Cut safe HTML between its outermost elements; rules between them part nothing more."""
    found, depth, start = [], 0, 0
    for tag in _TAG.finditer(html):
        if tag[2] in _VOID:
            start = tag.end() if depth == 0 else start
        elif tag[1]:
            depth -= 1
            if depth == 0:
                found.append(html[start : tag.end()].strip())
                start = tag.end()
        else:
            depth += 1
    return found
