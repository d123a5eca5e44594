"""Regular expressions of other programs as patterns of ours, which describe a whole text and never backtrack."""

import re

from baukasten_survey.expressions.patterns import compile_pattern
from baukasten_survey.expressions.problems import Unparsable
from baukasten_survey.transfer.foreign import Untranslatable

_DELIMITED = re.compile(r"(?s)\s*([/#~%!@])(.*)\1([a-zA-Z]*)\s*")
_ANYTHING = r"[\s\S]*"


def pattern_of(source: str) -> str:
    """Give a pattern for ``/…/i`` or a bare expression that is searched for. Raises Untranslatable."""
    found = _DELIMITED.fullmatch(source)
    body, flags = (found[2], found[3]) if found else (source, "")
    if set(flags) - set("iusgmD"):
        raise Untranslatable(source)
    body = body.replace("\\/", "/").replace("(?:", "(") if _plain_groups(body) else body.replace("\\/", "/")
    start, end = body.startswith("^"), _ends(body)
    inner = body[start : len(body) - end]
    if "i" in flags:
        inner = _both_cases(inner)
    if _has_choice(inner):
        inner = f"({inner})"
    pattern = f"{'' if start else _ANYTHING}{inner}{'' if end else _ANYTHING}"
    try:
        compile_pattern(pattern)
    except Unparsable as error:
        raise Untranslatable(source) from error
    return pattern


def _plain_groups(body: str) -> bool:
    """Back references would count the groups."""
    return re.search(r"\\[1-9]", body) is None


def _ends(body: str) -> bool:
    return body.endswith("$") and (len(body) - len(body[:-1].rstrip("\\"))) % 2 == 1


def _has_choice(body: str) -> bool:
    return "|" in body


def _both_cases(body: str) -> str:
    """Write each letter as both, outside of what a backslash means and inside of sets."""
    found, within, escaped = [], False, False
    for sign in body:
        letter = sign.isascii() and sign.isalpha() and not escaped and not within
        found.append(f"[{sign.lower()}{sign.upper()}]" if letter else sign)
        if within and sign == "]" and not escaped:
            within = False
        elif sign == "[" and not escaped:
            within = True
        escaped = sign == "\\" and not escaped
    ranged = "".join(found)
    return ranged.replace("a-z", "a-zA-Z") if "A-Z" not in ranged else ranged
