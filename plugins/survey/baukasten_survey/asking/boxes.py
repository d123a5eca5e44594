"""Questions as pages show them: words in the reader's language, fields with what is filled in, what is wrong."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from baukasten.plugin import MediaRef, lazy
from baukasten.sdk import translator
from baukasten_survey.answers.checking import Fault, bounds, longest
from baukasten_survey.answers.flow import ShownQuestion
from baukasten_survey.answers.reading import Unread
from baukasten_survey.answers.values import other_name
from baukasten_survey.asking.fields import Box, Cell, Choice, Line, field_id
from baukasten_survey.asking.loose import is_day, is_time
from baukasten_survey.asking.sayings import Sayings
from baukasten_survey.definition import kinds
from baukasten_survey.definition.model import Option, Question, Row
from baukasten_survey.keys import NO_ANSWER, OTHER, Kind, Shape, Style

_ = lazy("survey")
LOOKS: Mapping[Kind, str] = {
    **dict.fromkeys((Kind.SINGLE, Kind.MULTIPLE, Kind.YES_NO), "choices"),
    **dict.fromkeys((Kind.SHORT, Kind.EMAIL, Kind.PHONE, Kind.POSTCODE, Kind.NUMBER), "line"),
    **dict.fromkeys((Kind.DATE, Kind.TIME), "line"),
    **dict.fromkeys((Kind.MATRIX_SINGLE, Kind.MATRIX_MULTIPLE), "grid"),
    **dict.fromkeys((Kind.MATRIX_NUMBER, Kind.MATRIX_TEXT), "table"),
}
"""Which macro of ``survey/kinds.html`` draws a kind; the others are called as they are."""
INPUTS: Mapping[Kind, Mapping[str, str]] = {
    Kind.EMAIL: {"type": "email", "autocomplete": "email"},
    Kind.PHONE: {"type": "tel", "autocomplete": "tel"},
    Kind.POSTCODE: {"inputmode": "numeric", "autocomplete": "postal-code"},
    Kind.NUMBER: {"inputmode": "decimal"},
    Kind.DATE: {"type": "date"},
    Kind.TIME: {"type": "time"},
}
MOST_POINTS = 11
"""A scale with more points than this is asked for as a number."""

MAP_WORDS = {
    "point": _("Point"),
    "line": _("Line"),
    "area": _("Area"),
    "undo": _("Take the last one back"),
    "done": _("Finish"),
    "drawn": _("Marked on the map: %(count)s"),
    "place": _("Cross at %(across)s percent across and %(down)s percent down"),
}


@dataclass(frozen=True, slots=True)
class Filled:
    """What is filled in on a page, and what is wrong with it."""

    answers: Mapping[str, Any]
    faults: Sequence[Fault] = ()
    pictures: Mapping[int, MediaRef] = field(default_factory=dict)

    def errors(self, code: str) -> list[Fault]:
        """Give what is wrong with a question."""
        return [fault for fault in self.faults if fault.code == code]


def box(shown: ShownQuestion, filled: Filled, sayings: Sayings) -> Box:
    """Draw a question."""
    question, code = shown.question, shown.question.code
    faults = filled.errors(code)
    value = filled.answers.get(code)
    made = Box(
        code=code,
        kind=question.kind,
        look=_look(question),
        id=field_id(code),
        title=sayings.line(question.title) or code,
        help=sayings.prose(question.help),
        optional=_optional(question),
        errors=list(dict.fromkeys(fault.text for fault in faults)),
        asked_again=any(fault.soft for fault in faults),
        value=_typed(value),
        unit=sayings.line(question.unit),
        low=sayings.line(question.low),
        high=sayings.line(question.high),
    )
    drawer = _Drawer(made, shown, filled, sayings)
    drawer.draw()
    return made


def _look(question: Question) -> str:
    if question.kind is Kind.SCALE:
        if question.style is Style.DIFFERENTIAL:
            return "differential"
        return "choices" if question.style is not Style.NPS else "points"
    return LOOKS.get(question.kind, question.kind.value)


def _optional(question: Question) -> str:
    if question.kind in kinds.SILENT:
        return ""
    several = kinds.takes_many(question)
    if question.required:
        return str(_("several possible")) if several else ""
    return str(_("several possible, optional")) if several else str(_("optional"))


def _typed(value: Any) -> str:
    """Give what stands in a field: what was typed where nobody could read it, else as people write it."""
    if isinstance(value, Unread):
        return value.text
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, str):
        return "" if value == NO_ANSWER else value
    plain = str(int(value)) if float(value).is_integer() and abs(value) < 2**53 else repr(float(value))
    return plain.replace(".", ",") if translator().language.startswith("de") else plain


def _plain(number: float | None) -> str:
    if number is None:
        return ""
    return str(int(number)) if float(number).is_integer() else repr(float(number))


class _Drawer:
    """Fills in what a kind has beyond the others."""

    def __init__(self, made: Box, shown: ShownQuestion, filled: Filled, sayings: Sayings) -> None:
        self.made, self.shown, self.filled, self.sayings = made, shown, filled, sayings
        self.question, self.value = shown.question, filled.answers.get(shown.question.code)

    def draw(self) -> None:
        _DRAWN.get(self.made.look, _Drawer.plain)(self)
        self._none()

    def plain(self) -> None:
        """Draw what has one field."""

    def choices(self) -> None:
        made, question = self.made, self.question
        if question.kind is Kind.YES_NO:
            words = (("yes", str(_("Yes")), self.value is True), ("no", str(_("No")), self.value is False))
            made.choices = [self._tick(value, title, at, on) for at, (value, title, on) in enumerate(words)]
            return
        made.many = kinds.takes_many(question)
        made.choices = [self._option(option, at) for at, option in enumerate(self.shown.options)]
        if question.other is not None:
            title = self.sayings.line(question.other) or str(_("Something else"))
            made.other = self._tick(OTHER, title, len(made.choices), self._chosen(OTHER))
            made.other_value = _typed(self.filled.answers.get(other_name(question.code)))

    def _option(self, option: Option, at: int) -> Choice:
        return Choice(
            option.code,
            self._title(option),
            self._id(at),
            self._chosen(option.code),
            picture=self.filled.pictures.get(option.picture or 0),
            alt=self.sayings.line(option.alt),
            alone=option.exclusive,
        )

    def _tick(self, value: str, title: str, at: int, on: bool) -> Choice:  # noqa: FBT001 - one of a row
        return Choice(value, title, self._id(at), on)

    def _id(self, at: int) -> str:
        """Give the id of a choice: the first carries the question's own, where errors lead."""
        return f"{self.made.id}--{at + 1}" if at else self.made.id

    def _chosen(self, code: str) -> bool:
        return code in self.value if isinstance(self.value, list) else code == self.value

    def _title(self, thing: Option | Row) -> str:
        return self.sayings.line(thing.title) or thing.code

    def _none(self) -> None:
        """Offer "no answer": among the choices where there are any, else as a box beside."""
        question, made = self.question, self.made
        if not question.no_answer or made.look == "grid":
            return
        made.none_label = str(_("No answer"))
        said = self.value == NO_ANSWER
        if made.look == "choices" and not made.many:
            made.none = self._tick(NO_ANSWER, made.none_label, len(made.choices) + bool(made.other), said)
        else:
            name = f"{made.code}.none"
            made.none = Choice("on", made.none_label, field_id(name), said, name=name)

    def line(self) -> None:
        made, question = self.made, self.question
        made.input = {"type": "text", **INPUTS.get(question.kind, {})}
        valid = {Kind.DATE: is_day, Kind.TIME: is_time}.get(question.kind)
        if valid is not None and self.value is not None and not valid(self.value):
            # The browser's own field for days would show nothing of what somebody wrote.
            made.input = {"type": "text"}
            made.value = re.sub(r"^(\d{4})-(\d{2})-(\d{2})$", r"\3.\2.\1", made.value)
        if question.kind in {Kind.SHORT, Kind.EMAIL}:
            made.maxlength = longest(question)

    def long(self) -> None:
        self.made.maxlength = longest(self.question)

    def slider(self) -> None:
        low, high = bounds(self.question)
        self.made.minimum, self.made.maximum = _plain(low or 0), _plain(100 if high is None else high)
        self.made.step = _plain(self.question.step or 1)

    def points(self) -> None:
        low, high = bounds(self.question)
        self.made.choices = [
            self._tick(str(number), str(number), at, self.value == number)
            for at, number in enumerate(range(int(low or 0), int(high or 0) + 1))
        ]

    def differential(self) -> None:
        low, high = bounds(self.question)
        numbers = range(int(low or 0), min(int(high or 0), int(low or 0) + MOST_POINTS - 1) + 1)
        given = self.value if isinstance(self.value, Mapping) else {}
        self.made.columns = [str(number) for number in numbers]
        self.made.lines = [
            self._line(row, [(str(number), str(number), given.get(row.code) == number) for number in numbers])
            for row in self.shown.rows
        ]

    def grid(self) -> None:
        """Draw a matrix to tick in."""
        made, given = self.made, self.value if isinstance(self.value, Mapping) else {}
        columns = [(option.code, self._title(option)) for option in self.shown.options]
        if self.question.no_answer and self.question.kind is Kind.MATRIX_SINGLE:
            columns.append((NO_ANSWER, str(_("No answer"))))
        made.many = self.question.kind is Kind.MATRIX_MULTIPLE
        made.columns = [title for _code, title in columns]

        def on(row: Row, code: str) -> bool:
            cell = given.get(row.code)
            return code in cell if isinstance(cell, list) else code == cell

        made.lines = [
            self._line(row, [(code, title, on(row, code)) for code, title in columns])
            for row in self.shown.rows
        ]

    def _line(self, row: Row, cells: Sequence[tuple[str, str, bool]]) -> Line:
        name, title = f"{self.made.code}.{row.code}", self._title(row)
        first = field_id(name)
        made = [
            Cell(name, f"{first}--{at + 1}" if at else first, f"{title}: {words}", words, value, on)
            for at, (value, words, on) in enumerate(cells)
        ]
        return Line(title, self.sayings.line(row.high), made)

    def table(self) -> None:
        """Draw a matrix to write in."""
        given = self.value if isinstance(self.value, Mapping) else {}
        self.made.columns = [self._title(option) for option in self.shown.options]
        self.made.lines = [
            Line(self._title(row), "", list(self._cells(row, given))) for row in self.shown.rows
        ]

    def _cells(self, row: Row, given: Mapping[str, Any]) -> Iterator[Cell]:
        cells = given.get(row.code)
        for option in self.shown.options:
            name = f"{self.made.code}.{row.code}.{option.code}"
            label = f"{self._title(row)}: {self._title(option)}"
            value = _typed(cells.get(option.code)) if isinstance(cells, Mapping) else ""
            yield Cell(name, field_id(name), label, self._title(option), value)

    def ranking(self) -> None:
        """Draw one field a thing, with its place as it was given, however little sense the places make."""
        ranks = (
            {code: str(at + 1) for at, code in enumerate(self.value)} if isinstance(self.value, list) else {}
        )
        if isinstance(self.value, Unread):
            ranks = _ranks(self.value.text)
        self.made.choices = [
            Choice(
                ranks.get(option.code, ""),
                self._title(option),
                field_id(f"{self.made.code}.{option.code}"),
                name=f"{self.made.code}.{option.code}",
            )
            for option in self.shown.options
        ]

    def map(self) -> None:
        made, given = self.made, self.value if isinstance(self.value, Mapping) else {}
        made.shapes = [shape.value for shape in self.question.shapes or (Shape.POINT,)]
        made.drawn = json.dumps(given.get("shapes") or [])
        made.words = json.dumps({key: str(text) for key, text in MAP_WORDS.items()}, ensure_ascii=False)
        made.value = _typed(given.get("text"))
        # The surface: an uploaded picture where the author chose one, else a plain grid.
        made.choices = [self._option(option, at) for at, option in enumerate(self.question.options[:1])]

    def file(self) -> None:
        self.made.files = self.value if isinstance(self.value, list) else ()
        self.made.many = (self.question.max_answers or 1) > 1

    def consent(self) -> None:
        self.made.choices = [self._tick("yes", str(_("Yes, I agree")), 0, self.value is True)]


def _ranks(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return {str(code): str(rank) for code, rank in found.items()} if isinstance(found, dict) else {}


_DRAWN: Mapping[str, Callable[[_Drawer], None]] = {
    "choices": _Drawer.choices,
    "dropdown": _Drawer.choices,
    "image": _Drawer.choices,
    "line": _Drawer.line,
    "long": _Drawer.long,
    "slider": _Drawer.slider,
    "points": _Drawer.points,
    "differential": _Drawer.differential,
    "grid": _Drawer.grid,
    "table": _Drawer.table,
    "ranking": _Drawer.ranking,
    "map": _Drawer.map,
    "file": _Drawer.file,
    "consent": _Drawer.consent,
}
