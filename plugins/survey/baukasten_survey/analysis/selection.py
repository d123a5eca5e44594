"""Which responses are counted, and how: what an address says, as far as it fits the survey."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from baukasten_survey.analysis.plan import Form, Plan
from baukasten_survey.keys import Source

MOST_FILTERS = 3
LONGEST = 40
WITHOUT, YES = "ohne", "1"


@dataclass(frozen=True, slots=True)
class Filter:
    """One question whose answer decides whether a response is counted."""

    code: str
    answers: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None

    @property
    def works(self) -> bool:
        """Tell whether it leaves anything out; a question alone asks for its answers only."""
        return bool(self.answers) or self.least is not None or self.most is not None


@dataclass(frozen=True, slots=True)
class Selection:
    """What somebody wants to see."""

    filters: tuple[Filter, ...] = ()
    source: str = ""
    version: int = 0
    without: bool = False
    """Whether responses that look suspicious are left out."""
    beside: str = ""
    """A question that is shown with and without them."""
    row: str = ""
    column: str = ""
    weighted: bool = False
    rubbish: bool = field(default=False, compare=False)
    """Whether the address held something that fits nothing."""

    @property
    def crosses(self) -> bool:
        """Tell whether two questions are crossed."""
        return bool(self.row and self.column)

    def address(self) -> list[tuple[str, str]]:
        """Give the values of an address that says the same."""
        found: list[tuple[str, str]] = []
        for one in self.filters:
            found += [("f", one.code), *((f"a.{one.code}", answer) for answer in one.answers)]
            ends = (("von", one.least), ("bis", one.most))
            found += [(f"{name}.{one.code}", plain(end)) for name, end in ends if end is not None]
        others = {
            "quelle": self.source,
            "fassung": str(self.version or ""),
            "auffaellige": WITHOUT if self.without else "",
            "neben": self.beside,
            "zeile": self.row,
            "spalte": self.column,
            "gewichtet": YES if self.weighted else "",
        }
        return [*found, *((name, value) for name, value in others.items() if value)]

    def digest(self, *more: Any) -> str:
        """Give a name for what is counted; what is only shown otherwise has the same."""
        filters = [[one.code, one.answers, one.least, one.most] for one in self.filters if one.works]
        weighted = [self.without] if self.weighted else []
        said = [filters, self.source, self.version, self.row, self.column, weighted, more]
        return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()


class _Reading:
    """Reads an address and remembers whether anything of it fits nothing."""

    def __init__(self, plan: Plan, given: MultiDict[str, str]) -> None:
        self.plan, self.given, self.rubbish = plan, given, False

    def one(self, name: str, known: Sequence[str]) -> str:
        """Give a value that is one of those known, else nothing."""
        value = self.given.get(name, "")
        if value and value not in known:
            self.rubbish = True
            return ""
        return value

    def number(self, name: str) -> float | None:
        """Give a number with a German or an English decimal sign."""
        text = self.given.get(name, "").strip()
        if not text:
            return None
        try:
            found = float(text.replace(",", ".")) if len(text) <= LONGEST else math.nan
        except ValueError:
            found = math.nan
        self.rubbish |= not math.isfinite(found)
        return found if math.isfinite(found) else None

    def filters(self) -> tuple[Filter, ...]:
        """Give the filters, each question once."""
        asked = [code for code in dict.fromkeys(self.given.getlist("f")) if code]
        known = [code for code in asked if code in self.plan.closed or code in self.plan.ranged]
        self.rubbish |= len(known) < len(asked) or len(known) > MOST_FILTERS
        return tuple(self._filter(code) for code in known[:MOST_FILTERS])

    def _filter(self, code: str) -> Filter:
        if self.plan.forms[code] is Form.NUMBER:
            return Filter(code, (), self.number(f"von.{code}"), self.number(f"bis.{code}"))
        given, names = self.given.getlist(f"a.{code}"), self.plan.names(code)
        self.rubbish |= any(one not in names for one in given)
        return Filter(code, tuple(name for name in names if name in given))

    def version(self) -> int:
        """Give the version that alone is counted; 0 for all."""
        return int(self.one("fassung", [str(one.number) for one in self.plan.editions]) or 0)


def read(plan: Plan, given: MultiDict[str, str], weighable: Sequence[str] = ()) -> Selection:
    """Read an address; what does not fit the survey is left out and noted. ``weighable`` are questions with margins."""
    reading = _Reading(plan, given)
    row, column = (reading.one(name, plan.crossed) for name in ("zeile", "spalte"))
    if row and row == column:
        reading.rubbish, column = True, ""
    values: Mapping[str, Any] = {
        "filters": reading.filters(),
        "source": reading.one("quelle", list(Source)),
        "version": reading.version(),
        "without": reading.one("auffaellige", (WITHOUT,)) == WITHOUT,
        "beside": reading.one("neben", plan.closed),
        "row": row,
        "column": column,
        "weighted": reading.one("gewichtet", (YES,) if weighable else ()) == YES,
    }
    return Selection(**values, rubbish=reading.rubbish)


def unweighted(wanted: Selection) -> Selection:
    """Give the same selection where weights cannot be made."""
    return replace(wanted, weighted=False)


def plain(number: float | None) -> str:
    """Write a number as an address and a field hold it; empty for none."""
    return "" if number is None else f"{number:.15g}"
