"""From what phpBB 3 stored for a post, in either of its ways, to BBCode and on to our Markdown.

Since 3.2 a text is XML that holds its own source: without tags it is the BBCode that was typed. Before, it was
HTML with a mark of the post in each tag.
"""

import html
import re

from baukasten_forum.importing import bbcode, old_addresses
from baukasten_forum.importing.texts import mark

_XML_TAG = re.compile(r"<[^>]*>")
_SMILEY = re.compile(r"<!-- s(\S*) -->.*?<!-- s\S* -->", re.DOTALL)
_LINK = re.compile(r"<!-- ([mlwe]) --><a\b[^>]*?href=\"([^\"]*)\"[^>]*>(.*?)</a><!-- \1 -->", re.DOTALL)
_NAME = re.compile(r"<!-- ia(\d+) -->(.*?)<!-- ia\1 -->", re.DOTALL)
_BREAK = re.compile(r"<br\s*/?>\n?", re.IGNORECASE)


def to_markdown(stored: str, uid: str) -> str:
    """Give a post as Markdown, with marks for its quotations; never raises, and its words stay."""
    return bbcode.to_markdown(source(stored, uid), quoted=_quoted)


def source(stored: str, uid: str) -> str:
    """Give the BBCode that a stored text was made from."""
    if stored.startswith(("<t>", "<r>")):
        return html.unescape(_XML_TAG.sub("", stored))
    text = _SMILEY.sub(lambda found: found[1], stored)
    text = _NAME.sub(lambda found: found[2], text)
    text = _LINK.sub(_address, text)
    text = _BREAK.sub("\n", text)
    if uid:
        tag = re.compile(rf"\[(/?(?:[A-Za-z]+|\*))((?:=[^\]]*?)?)(?::[a-z])?:{re.escape(uid)}\]")
        text = tag.sub(r"[\1\2]", text)
    return html.unescape(text)


def _address(found: re.Match[str]) -> str:
    """Give a link that phpBB found itself as its whole address; shown was often a shortened one."""
    target = found[2].removeprefix("mailto:")
    return target if found[1] in "mlwe" and target else found[3]


def _quoted(author: str, post_id: str) -> str:
    path = old_addresses.phpbb_post(int(post_id)) if post_id.isdecimal() and len(post_id) < 16 else ""
    return mark(author, path) if author or path else ""
