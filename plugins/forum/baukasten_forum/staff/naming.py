"""Reading how staff names things: "3, 5-7" for posts, a number or an address for a topic."""

import re
from collections.abc import Iterator

from baukasten.plugin import lazy
from baukasten.sdk import Invalid

_ = lazy("forum")
MANY = 200
LARGEST = 2**63 - 1
_RANGE = re.compile(r"#?\s*(\d{1,9})(?:\s*[-–]\s*#?\s*(\d{1,9}))?", re.ASCII)
_TOPIC = re.compile(r"(?:nr\.?|no\.?|#)?\s*(\d{1,19})", re.ASCII | re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+?/(\d{1,19})(?:-[^/\s]*)?(?:/\d+)?/?(?:[?#]\S*)?", re.ASCII)


def posts(text: str) -> set[int]:
    """Read numbers of posts such as "3, 5-7"; raises Invalid with what is expected."""
    numbers: set[int] = set()
    for piece in _pieces(text):
        found = _RANGE.fullmatch(piece)
        if found is None:
            raise Invalid({"numbers": _("Write numbers with commas between them, such as 3, 5-7.")})
        first, last = int(found[1]), int(found[2] or found[1])
        if not 0 < first <= last or len(numbers) + last - first >= MANY:
            raise Invalid({"numbers": _("Please choose between one and 200 contributions.")})
        numbers.update(range(first, last + 1))
    if not numbers:
        raise Invalid({"numbers": _("Write numbers with commas between them, such as 3, 5-7.")})
    return numbers


def topic(text: str) -> int:
    """Read a topic's number from "42", "Nr. 42" or the topic's address; raises Invalid."""
    named = text.strip()
    found = _TOPIC.fullmatch(named) or _ADDRESS.fullmatch(named)
    if found is None or not 0 < int(found[1]) <= LARGEST:
        raise Invalid({"target": _("Write the number of a contribution, such as 42, or copy its address.")})
    return int(found[1])


def _pieces(text: str) -> Iterator[str]:
    return (piece.strip() for piece in re.split(r"[,;\n]+", text) if piece.strip())
