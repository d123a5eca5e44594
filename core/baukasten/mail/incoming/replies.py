"""What a person wrote in an answer: without the quoted letter and the signature, whatever program wrote it.

Rules of our own: they look at each line a bounded number of times, which the libraries' expressions do not.
"""

import re
from collections.abc import Sequence

LONGEST_LINE = 400
"""Letters of a line that the rules look at; no line of theirs is longer."""

# "Am 23.11.2026 um 09:12 schrieb Stadt <…>:" and its like; the verb before or after the name.
_INTRODUCED = re.compile(r".{0,300}\b(schrieb|geschrieben|wrote|writes|schreibt)\b.{0,200}:", re.IGNORECASE)
_BEGINS_INTRODUCTION = re.compile(
    r"(am|on)\s.{0,80}\d|.{1,200}\b(schrieb am|wrote on|hat am)\b", re.IGNORECASE
)
_TIME_OR_ADDRESS = re.compile(r"\d{1,2}[:.]\d\d\b|@")
"""Without one of them, "Am 3. Mai schrieb ich der Stadt:" is somebody's own sentence, unless a quote follows."""
_DATED = re.compile(r"\d{4}-\d\d-\d\d \d{1,2}:\d\d .{0,200}<[^<>@\s]{1,80}@[^<>@\s]{1,80}>:")
_RULE = re.compile(
    r"[-_*]{2,}\s*(ursprüngliche nachricht|originalnachricht|original[- ]?message|original-nachricht|forwarded message"
    r"|weitergeleitete nachricht|original-mail|reply message|antwort)\b.{0,60}"
    r"|(anfang der weitergeleiteten|begin forwarded|ursprüngliche|original) ?(nachricht|message|e-mail)?:?\s*",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"[*\s]*(von|gesendet|datum|an|cc|kopie|betreff|from|sent|date|to|subject|antwort an|reply-to)\s?:[*\s]",
    re.IGNORECASE,
)
_SENDER_FIELD = re.compile(r"[*\s]*(von|from)\s?:", re.IGNORECASE)
_FIRST_FIELD = re.compile(
    r"[*\s]*(von|from|gesendet|sent|datum|date|betreff|subject|an|to)\s?:", re.IGNORECASE
)
_LINE_OF_SIGNS = re.compile(r"[_\-=]{10,}\s*")
_DEVICE = re.compile(
    r"(von meinem .{2,40} gesendet|gesendet (von|mit|über|aus) .{2,80}|von .{2,40} gesendet"
    r"|sent (from|with|via) .{2,80}|(hol dir|get|holen sie sich) outlook (für|for) .{2,80}"
    r"|outlook (für|for) \w{2,10} (beziehen|herunterladen).{0,80}"
    r"|diese nachricht wurde (von|mit) .{2,80} gesendet|this message was sent (from|with) .{2,80}"
    r"|von (yahoo|gmx|web\.de|samsung)\b.{0,60})\.?",
    re.IGNORECASE,
)


def own_words(text: str) -> str:
    """Give what the person wrote in a letter's plain text; empty where all of it is quoted."""
    lines = [line.rstrip() for line in text.split("\n")]
    kept = _without_quotes(lines)
    kept = _without_signature(kept)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _without_quotes(lines: Sequence[str]) -> list[str]:
    """Leave out quoted lines with their introductions, and all that stands below a letter's quoted head."""
    kept: list[str] = []
    place = 0
    while place < len(lines):
        line = lines[place].lstrip()
        if line.startswith((">", "|>")):
            place += 1
            continue
        if _is_head(lines, place):
            break
        length = _introduction(lines, place)
        if length:
            # Unmarked words below cannot be told from the person's own.
            if not _next_words(lines, place + length).startswith(">"):
                break
            place += length
            continue
        kept.append(lines[place])
        place += 1
    return kept


def _is_head(lines: Sequence[str], place: int) -> bool:
    """Tell whether a quoted letter begins here with its head: a rule, or fields such as From, Sent, To, Subject."""
    line = lines[place][:LONGEST_LINE]
    if _RULE.fullmatch(line.strip()):
        return True
    if _LINE_OF_SIGNS.fullmatch(line):
        following = [one for one in lines[place + 1 : place + 4] if one.strip()]
        return bool(following) and _fields(following[0], lines, place + 1)
    return _fields(line, lines, place)


def _fields(first: str, lines: Sequence[str], place: int) -> bool:
    if not _FIRST_FIELD.match(first[:LONGEST_LINE]):
        return False
    near = [one[:LONGEST_LINE] + " " for one in lines[place : place + 9]]
    known = {found[1].lower() for one in near if (found := _FIELD.match(one))}
    return len(known) >= 3 and any(_SENDER_FIELD.match(one) for one in near)


def _introduction(lines: Sequence[str], place: int) -> int:
    """Give how many lines introduce a quote here: up to four, for programs break them at 72 letters; else 0."""
    first = lines[place][:LONGEST_LINE].strip()
    if _DATED.fullmatch(first):
        return 1
    if not _BEGINS_INTRODUCTION.match(first):
        return 0
    joined = ""
    for length, line in enumerate(lines[place : place + 4], start=1):
        if not line.strip() or line.lstrip().startswith(">"):
            return 0
        joined = f"{joined} {line[:LONGEST_LINE].strip()}".strip()
        if joined.endswith(":"):
            marked = _next_words(lines, place + length).startswith(">")
            sure = _TIME_OR_ADDRESS.search(joined) or marked
            return length if sure and _INTRODUCED.fullmatch(joined[:700]) else 0
    return 0


def _next_words(lines: Sequence[str], place: int) -> str:
    return next((line.lstrip() for line in lines[place : place + 6] if line.strip()), "")


def _without_signature(lines: list[str]) -> list[str]:
    """Leave out what stands below the sign for signatures, and what devices add at the end."""
    for place, line in enumerate(lines):
        if line == "--":
            lines = lines[:place]
            break
    end = len(lines)
    while end and (not lines[end - 1].strip() or _is_from_device(lines[end - 1])):
        end -= 1
    return lines[:end]


def _is_from_device(line: str) -> bool:
    """Tell whether a program wrote the line, such as "Von meinem iPhone gesendet"; links behind it are left aside."""
    bare = re.sub(r"<[^<>]{0,300}>", "", line[:LONGEST_LINE]).strip(" *_.")
    return bool(_DEVICE.fullmatch(bare)) or bool(_LINE_OF_SIGNS.fullmatch(line))
