"""An answer in words, as whoever gave it would read it: titles of options, numbers in the reader's way."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal

from baukasten.plugin import lazy
from baukasten_survey.answers.values import other_name
from baukasten_survey.definition.model import Option, Question, Row, said
from baukasten_survey.keys import NO_ANSWER, OTHER, Kind

_ = lazy("survey")


class Speaker:
    """Says answers in one language; ``origin`` is the language that takes its place where a text is missing."""

    def __init__(self, language: str, origin: str) -> None:
        self.language, self.origin = language, origin
        self._locale = _locale(language) or _locale(origin) or Locale("de")

    def answer(self, question: Question, answers: Mapping[str, Any]) -> str:
        """Give a question's answer in one line; empty where there is none."""
        value = answers.get(question.code)
        if value is None:
            return ""
        if value == NO_ANSWER:
            return str(_("No answer"))
        return self._value(question, value, answers.get(other_name(question.code)) or "")

    def _value(self, question: Question, value: Any, other: str) -> str:
        if isinstance(value, bool):
            return str(_("Yes")) if value else str(_("No"))
        if isinstance(value, int | float):
            return self.number(question, value)
        if isinstance(value, Mapping):
            return self._parts(question, value)
        if isinstance(value, list):
            return ", ".join(self._listed(question, one, other) for one in value)
        return self._text(question, str(value), other)

    def number(self, question: Question, value: float) -> str:
        """Give a number with its unit."""
        unit = said(question.unit, self.language, self.origin)
        written: str = format_decimal(value, locale=self._locale)
        return f"{written} {unit}" if unit else written

    def _text(self, question: Question, value: str, other: str) -> str:
        if question.kind is Kind.DATE:
            return format_date(dt.date.fromisoformat(value), "long", locale=self._locale)
        if value == OTHER:
            return other or self._said(question.other or {})
        found = question.option(value)
        return self.title(found) if found else value

    def _listed(self, question: Question, one: Any, other: str) -> str:
        return str(one.get("name", "")) if isinstance(one, Mapping) else self._text(question, str(one), other)

    def _parts(self, question: Question, value: Mapping[str, Any]) -> str:
        if question.kind is Kind.MAP:
            return str(value.get("text") or _("Marked on the map"))
        return "; ".join(
            f"{self._row(question, row)}: {self._cell(question, cell)}" for row, cell in value.items()
        )

    def _row(self, question: Question, code: str) -> str:
        found = question.row(code)
        return self.title(found) if found else code

    def _cell(self, question: Question, cell: Any) -> str:
        if cell == NO_ANSWER:
            return str(_("No answer"))
        if isinstance(cell, Mapping):
            named = ((question.option(code), one) for code, one in cell.items())
            return ", ".join(f"{self.title(option) if option else ''} {one}".strip() for option, one in named)
        return self._value(question, cell, "")

    def title(self, thing: Option | Row) -> str:
        """Give the words of an option or a row; its code where it has none."""
        return self._said(thing.title) or thing.code

    def _said(self, text: Mapping[str, str]) -> str:
        return said(text, self.language, self.origin)


def _locale(language: str) -> Locale | None:
    """Find the ways of writing of a language; what nobody knows, such as Leichte Sprache, has its base's."""
    try:
        return Locale.parse(language.partition("-")[0], sep="-")
    except (UnknownLocaleError, ValueError):
        return None
