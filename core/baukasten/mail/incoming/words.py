"""From bytes to words: headers and bodies in any encoding that mail programs use, rubbish included."""

import re
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message

LONGEST_HEADER = 2000
LONGEST_BODY = 400_000
"""Letters of a body that are looked at; whoever writes more is told that it is too long."""

# Python knows codecs that are no encodings of text, and some that take quadratic time.
_CHARSET = re.compile(
    r"utf-?8|utf-?16(le|be)?|(us-)?ascii|iso[-_]?8859[-_]\d{1,2}|latin-?1|(windows-|cp)125\d|cp(437|850)|koi8-[ru]"
    r"|macintosh|gb2312|gbk|gb18030|big5|shift[-_]jis|iso-2022-jp|euc-(jp|kr)"
)


def header(value: object) -> str:
    """Give a header's words on one line, as well as they can be read."""
    raw = str(value or "")[:LONGEST_HEADER]
    try:
        decoded = str(make_header(decode_header(raw)))
    except (MessageError, LookupError, UnicodeError, ValueError):
        decoded = raw
    cleaned = "".join(letter if letter.isprintable() else " " for letter in decoded)
    return " ".join(cleaned.split())


def body(part: Message) -> str:
    """Give a part's words with single line feeds; in doubt they are read as Windows writes them."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    text = decoded(content[: 4 * LONGEST_BODY], str(part.get_content_charset() or ""))[:LONGEST_BODY]
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").replace("\u00a0", " ")
    if part.get_content_type() == "text/plain" and str(part.get_param("format")).lower() == "flowed":
        return unfolded(text, join=str(part.get_param("delsp")).lower() == "yes")
    return text


def decoded(content: bytes, charset: str) -> str:
    """Give text from bytes: as declared, else as UTF-8, else as Windows' Western letters."""
    named = [charset] if _CHARSET.fullmatch(charset.lower()) else []
    for known in (*named, "utf-8"):
        try:
            return content.decode(known)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("windows-1252", "replace")


def unfolded(text: str, *, join: bool) -> str:
    """Join the lines of format=flowed (RFC 3676): a space at the end means that the line goes on."""
    lines: list[str] = []
    open_depth = -1
    for raw in text.split("\n"):
        depth = len(raw) - len(raw.lstrip(">"))
        line = raw[depth:].removeprefix(" ")
        soft = line.endswith(" ") and line != "-- "
        kept = line[:-1] if soft and join else line
        if lines and open_depth == depth and line != "-- ":
            lines[-1] += kept
        else:
            lines.append((">" * depth + " " if depth else "") + kept)
        open_depth = depth if soft else -1
    return "\n".join(lines)
