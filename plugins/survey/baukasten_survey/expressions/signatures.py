"""The functions of the language: how many values each takes, of which sorts, and what it gives."""

from dataclasses import dataclass

from baukasten_survey.expressions.types import Sort

ANY = frozenset(Sort)


@dataclass(frozen=True)
class Signature:
    """What a function takes and gives."""

    takes: tuple[frozenset[Sort], ...]
    gives: Sort | None
    """None where it gives what it was given, which then has to be all of one sort."""
    least: int
    most: int | None
    """None where the last parameter may be repeated."""

    def sorts(self, index: int) -> frozenset[Sort]:
        """Give the sorts that the argument at this place may have."""
        return self.takes[min(index, len(self.takes) - 1)] if self.takes else ANY

    def fits(self, arguments: int) -> bool:
        """Tell whether a call may have so many arguments."""
        return self.least <= arguments and (self.most is None or arguments <= self.most)


def _signature(parameters: str, gives: Sort | None) -> Signature:
    """Read ``text number? any+``: a question mark may be left out, a plus may be repeated."""
    words = parameters.split()
    takes = tuple(
        ANY if word.rstrip("?+") == "any" else frozenset(Sort(part) for part in word.rstrip("?+").split("|"))
        for word in words
    )
    least = sum(not word.endswith("?") for word in words)
    return Signature(takes, gives, least, None if parameters.endswith("+") else len(words))


_TABLE: dict[str, tuple[str, Sort | None]] = {
    "if": ("boolean any any", None),
    "default": ("any any", None),
    "answered": ("any", Sort.BOOLEAN),
    "count": ("any+", Sort.NUMBER),
    "value": ("text|set", Sort.NUMBER),
    "sum": ("number+", Sort.NUMBER),
    "mean": ("number+", Sort.NUMBER),
    "min": ("number|date|time+", None),
    "max": ("number|date|time+", None),
    "round": ("number number?", Sort.NUMBER),
    "floor": ("number", Sort.NUMBER),
    "ceil": ("number", Sort.NUMBER),
    "trunc": ("number", Sort.NUMBER),
    "abs": ("number", Sort.NUMBER),
    "sqrt": ("number", Sort.NUMBER),
    "power": ("number number", Sort.NUMBER),
    "mod": ("number number", Sort.NUMBER),
    "number": ("text", Sort.NUMBER),
    "text": ("number|date|time", Sort.TEXT),
    "length": ("text", Sort.NUMBER),
    "trim": ("text", Sort.TEXT),
    "lower": ("text", Sort.TEXT),
    "join": ("text+", Sort.TEXT),
    "part": ("text number number?", Sort.TEXT),
    "contains": ("text|set text", Sort.BOOLEAN),
    "starts": ("text text", Sort.BOOLEAN),
    "at": ("set number", Sort.TEXT),
    "matches": ("text text", Sort.BOOLEAN),
    "today": ("", Sort.DATE),
    "days": ("date date", Sort.NUMBER),
    "minutes": ("time time", Sort.NUMBER),
    "year": ("date", Sort.NUMBER),
    "month": ("date", Sort.NUMBER),
    "day": ("date", Sort.NUMBER),
    "weekday": ("date", Sort.NUMBER),
    "age": ("date", Sort.NUMBER),
}
SIGNATURES = {name: _signature(*row) for name, row in _TABLE.items()}
LITERALS = frozenset({"date", "time"})
"""Written like functions, but what they hold is known when the text is read."""
