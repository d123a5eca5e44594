"""Which columns a survey's responses have: one for each thing that can be answered, over all versions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from baukasten.plugin import lazy
from baukasten_survey.answers.values import other_name
from baukasten_survey.definition import kinds
from baukasten_survey.definition.model import Definition, Option, Question, Row, said
from baukasten_survey.definition.types import types_of
from baukasten_survey.expressions.types import Sort as ValueSort
from baukasten_survey.keys import NO_ANSWER, OTHER, Kind, Style

_ = lazy("survey")


class Measure(StrEnum):
    """How values of a column relate (Stevens 1946), as SPSS and DDI name it."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    SCALE = "scale"


class Sort(StrEnum):
    """What a column holds."""

    CODE = "code"
    NUMBER = "number"
    TRUTH = "truth"
    TEXT = "text"
    DAY = "day"
    TIME = "time"


Read = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, what it says, what its values mean."""

    name: str
    label: str
    question: str
    """Code of the question that it belongs to; empty for what every response has."""
    sort: Sort
    measure: Measure
    read: Read
    """Gives the cell from the answer of the question, or from the answers for columns of their own."""
    labels: tuple[tuple[str, str], ...] = ()
    """Codes and what they mean, in their order."""
    whole: bool = False
    """Whether ``read`` looks at all answers."""
    stored: bool = False
    """Whether the cell is a text that stands in the answers under the column's own name."""

    def cell(self, answers: Mapping[str, Any]) -> Any:
        """Give the value in one response; None where nothing was answered."""
        if self.whole:
            return self.read(answers)
        given = answers.get(self.question)
        return None if given is None else self.read(given)


def columns_of(versions: Sequence[Definition], language: str) -> list[Column]:
    """Give the columns of all versions, newest first, each question once and with all options it ever had."""
    merged: dict[str, Question] = {}
    results: dict[str, ValueSort] = {}
    for definition in versions:
        for code, question in definition.questions.items():
            merged[code] = _joined(merged[code], question) if code in merged else question
            if question.kind is Kind.CALCULATED and code not in results:
                results[code] = types_of(definition)[code].sort
    origin = versions[0].languages[0] if versions else language
    found: list[Column] = []
    for question in merged.values():
        found.extend(_Maker(question, language, origin, results.get(question.code)).columns())
    return found


def _joined(newer: Question, older: Question) -> Question:
    """Give the newer question with what only the older one offered behind it; a changed kind keeps the newer."""
    if newer.kind is not older.kind:
        return newer
    options = (*newer.options, *(one for one in older.options if newer.option(one.code) is None))
    rows = (*newer.rows, *(one for one in older.rows if newer.row(one.code) is None))
    other = newer.other if newer.other is not None else older.other
    values = {name: getattr(newer, name) for name in Question.__slots__}
    return Question(**{**values, "options": options, "rows": rows, "other": other})


class _Maker:
    """Makes the columns of one question."""

    def __init__(self, question: Question, language: str, origin: str, result: ValueSort | None) -> None:
        self.question, self.language, self.origin, self.result = question, language, origin, result
        self.title = said(question.title, language, origin) or question.code

    def columns(self) -> Iterable[Column]:
        """Give them in the order in which they are answered."""
        question = self.question
        if kinds.has_rows(question):
            yield from self._rows()
        elif kinds.takes_many(question):
            yield from self._many(question.code, self.title, lambda given: given)
        elif question.kind is Kind.RANKING:
            yield from self._ranks()
        elif question.kind is Kind.MAP:
            yield self._one(f"{question.code}.shapes", Sort.TEXT, _geometry)
            yield self._one(f"{question.code}.text", Sort.TEXT, lambda given: given.get("text") or None)
        elif question.kind is not Kind.INFO:
            yield self._single()
        if question.other is not None:
            name, label = other_name(question.code), str(_("%(question)s (other)")) % {"question": self.title}
            yield Column(
                name, label, question.code, Sort.TEXT, Measure.NOMINAL, _below(name), whole=True, stored=True
            )

    def _single(self) -> Column:
        question = self.question
        if kinds.has_options(question):
            ordered = question.kind is Kind.SCALE
            measure = Measure.ORDINAL if ordered else Measure.NOMINAL
            return self._one(question.code, Sort.CODE, _same, measure, self._labels())
        if question.kind in {*kinds.NUMBERS, Kind.SCALE}:
            return self._one(question.code, Sort.NUMBER, _number, Measure.SCALE)
        if question.kind is Kind.CALCULATED:
            sort, read, measure = _RESULTS.get(
                self.result or ValueSort.TEXT, (Sort.TEXT, str, Measure.NOMINAL)
            )
            return self._one(question.code, sort, read, measure)
        read = _truth if question.kind in kinds.TRUTHS else _files if question.kind is Kind.FILE else _same
        return self._one(question.code, _SORTS.get(question.kind, Sort.TEXT), read)

    def _one(
        self,
        name: str,
        sort: Sort,
        read: Read,
        measure: Measure = Measure.NOMINAL,
        labels: tuple[tuple[str, str], ...] = (),
        *,
        label: str = "",
    ) -> Column:
        if sort is Sort.TRUTH:
            labels = (("0", str(_("No"))), ("1", str(_("Yes"))))
        stored = sort is Sort.TEXT and read is _same
        return Column(
            name, label or self.title, self.question.code, sort, measure, read, labels, stored=stored
        )

    def _labels(self) -> tuple[tuple[str, str], ...]:
        found = [(one.code, self._words(one)) for one in self.question.options]
        if self.question.other is not None:
            found.append((OTHER, said(self.question.other, self.language, self.origin) or str(_("Other"))))
        if self.question.no_answer:
            found.append((NO_ANSWER, str(_("No answer"))))
        return tuple(found)

    def _words(self, thing: Option | Row) -> str:
        return said(thing.title, self.language, self.origin) or thing.code

    def _many(self, name: str, label: str, part: Read) -> Iterable[Column]:
        """Give a column of yes and no for each option; all are empty where nothing was answered."""
        offered = [(one.code, self._words(one)) for one in self.question.options]
        if self.question.other is not None and not self.question.rows:
            offered.append((OTHER, said(self.question.other, self.language, self.origin) or str(_("Other"))))
        for code, words in offered:
            yield self._one(
                f"{name}.{code}",
                Sort.TRUTH,
                _holds(code, part),
                label=f"{label}: {words}",
            )

    def _ranks(self) -> Iterable[Column]:
        labels = self._labels()
        for place in range(1, len(self.question.options) + 1):
            label = str(_("%(question)s: place %(place)s")) % {"question": self.title, "place": place}
            name = f"{self.question.code}.{place}"
            yield self._one(name, Sort.CODE, _at(place - 1), Measure.ORDINAL, labels, label=label)

    def _rows(self) -> Iterable[Column]:
        question, cells = self.question, self.question.kind in {Kind.MATRIX_NUMBER, Kind.MATRIX_TEXT}
        for row in question.rows:
            name, label = f"{question.code}.{row.code}", f"{self.title}: {self._words(row)}"
            part = _below(row.code)
            if question.kind is Kind.MATRIX_MULTIPLE:
                yield from self._many(name, label, part)
            elif cells:
                yield from self._cells(name, label, part)
            elif question.style is Style.DIFFERENTIAL:
                yield self._one(name, Sort.NUMBER, _then(part, _number), Measure.SCALE, label=label)
            else:
                yield self._one(name, Sort.CODE, part, Measure.NOMINAL, self._labels(), label=label)

    def _cells(self, name: str, label: str, part: Read) -> Iterable[Column]:
        numbers = self.question.kind is Kind.MATRIX_NUMBER
        for option in self.question.options:
            read = _then(part, _below(option.code))
            yield self._one(
                f"{name}.{option.code}",
                Sort.NUMBER if numbers else Sort.TEXT,
                _then(read, _number) if numbers else read,
                Measure.SCALE if numbers else Measure.NOMINAL,
                label=f"{label}, {self._words(option)}",
            )


def _same(given: Any) -> Any:
    return given


def _number(given: Any) -> Any:
    return given if isinstance(given, int | float) and not isinstance(given, bool) else None


def _truth(given: Any) -> Any:
    return given if isinstance(given, bool) else None


def _below(code: str) -> Read:
    return lambda given: given.get(code) if isinstance(given, Mapping) else None


def _then(first: Read, second: Read) -> Read:
    def both(given: Any) -> Any:
        found = first(given)
        return None if found is None else second(found)

    return both


def _holds(code: str, part: Read) -> Read:
    def holds(given: Any) -> Any:
        chosen = part(given)
        return code in chosen if isinstance(chosen, list) else None

    return holds


def _at(place: int) -> Read:
    return lambda given: given[place] if isinstance(given, list) and place < len(given) else None


def _files(given: Any) -> Any:
    return ", ".join(str(one.get("name", "")) for one in given) if isinstance(given, list) else None


def _geometry(given: Any) -> Any:
    """Give what was drawn as Well-Known Text (ISO 19125), which geographic programs read from any table."""
    shapes = given.get("shapes") or ()
    return "; ".join(_wkt(one) for one in shapes) or None


def _wkt(shape: Mapping[str, Any]) -> str:
    kind, at = shape["type"], shape["coordinates"]
    if kind == "Point":
        return f"POINT ({_pair(at)})"
    if kind == "LineString":
        return f"LINESTRING ({', '.join(map(_pair, at))})"
    return f"POLYGON (({', '.join(map(_pair, at[0]))}))"


def _pair(point: Sequence[float]) -> str:
    return f"{point[0]} {point[1]}"


_SORTS: Mapping[Kind, Sort] = {
    Kind.YES_NO: Sort.TRUTH,
    Kind.CONSENT: Sort.TRUTH,
    Kind.DATE: Sort.DAY,
    Kind.TIME: Sort.TIME,
}
_RESULTS: Mapping[ValueSort, tuple[Sort, Read, Measure]] = {
    ValueSort.NUMBER: (Sort.NUMBER, _number, Measure.SCALE),
    ValueSort.BOOLEAN: (Sort.TRUTH, _truth, Measure.NOMINAL),
}
