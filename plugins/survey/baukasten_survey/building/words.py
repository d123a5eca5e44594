"""What kinds of questions and their fields are called in the editor, and which fields a kind has."""

from collections.abc import Mapping, Sequence

from baukasten.plugin import LazyText, lazy
from baukasten_survey.definition import kinds
from baukasten_survey.keys import Kind, Shape, Style

_ = lazy("survey")

KINDS: Mapping[Kind, LazyText] = {
    Kind.SINGLE: _("One answer"),
    Kind.MULTIPLE: _("Several answers"),
    Kind.DROPDOWN: _("One answer from a long list"),
    Kind.YES_NO: _("Yes or no"),
    Kind.IMAGE: _("Choice of pictures"),
    Kind.SHORT: _("Short text"),
    Kind.LONG: _("Long text"),
    Kind.NUMBER: _("Number"),
    Kind.SLIDER: _("Slider"),
    Kind.SCALE: _("Scale"),
    Kind.MATRIX_SINGLE: _("Table, one answer a row"),
    Kind.MATRIX_MULTIPLE: _("Table, several answers a row"),
    Kind.MATRIX_NUMBER: _("Table of numbers"),
    Kind.MATRIX_TEXT: _("Table of texts"),
    Kind.RANKING: _("Order of preference"),
    Kind.DATE: _("Date"),
    Kind.TIME: _("Time of day"),
    Kind.EMAIL: _("E-mail address"),
    Kind.PHONE: _("Telephone number"),
    Kind.POSTCODE: _("Postcode"),
    Kind.FILE: _("File"),
    Kind.MAP: _("Place on a map"),
    Kind.CONSENT: _("Consent"),
    Kind.INFO: _("Text to read"),
    Kind.CALCULATED: _("Calculated value"),
    Kind.HIDDEN: _("Value from the address"),
}
"""In the order in which they are offered."""
STYLES: Mapping[Style, LazyText] = {
    Style.LIKERT: _("Points with words of their own"),
    Style.NPS: _("0 to 10: would you recommend it?"),
    Style.DIFFERENTIAL: _("Between two opposites"),
}
SHAPES: Mapping[Shape, LazyText] = {
    Shape.POINT: _("Points"),
    Shape.LINE: _("Lines"),
    Shape.AREA: _("Areas"),
}
NUMBERS: Mapping[str, LazyText] = {
    "minimum": _("Smallest number"),
    "maximum": _("Largest number"),
    "step": _("Step"),
    "min_answers": _("At least so many answers"),
    "max_answers": _("At most so many answers"),
    "max_length": _("Longest text, in signs"),
}
"""Fields that hold one number."""
BOXES: Mapping[str, LazyText] = {
    "required": _("Must be answered"),
    "soft": _("If left empty, ask once whether it should stay so"),
    "no_answer": _("Offer “no answer”"),
    "random": _("In another order for everybody; what stays fixed comes last"),
    "many": _("Several may be chosen"),
    "keep_hidden": _("Keep answers when the question becomes hidden; they are never counted"),
}
"""Fields that are ticked or not."""
TEXTS: Mapping[str, LazyText] = {
    "unit": _("Unit"),
    "low": _("Words at the lower end"),
    "high": _("Words at the upper end"),
}
"""Short words by language, besides the question and its help."""
WORDS: Mapping[str, LazyText] = {
    "pattern": _("Pattern that the text must match"),
    "parameter": _("Part of the address that is kept"),
    "default": _("Filled in from the beginning"),
    "expression": _("How it is calculated"),
}
"""Fields of one line."""
COUNTED = frozenset({"min_answers", "max_answers", "max_length"})
"""Numbers that are whole."""

_CHOICE = ("options", "other", "no_answer", "random")
_EVER = ("title", "help", "relevance", "keep_hidden")
FIELDS: Mapping[Kind, Sequence[str]] = {
    Kind.SINGLE: (*_CHOICE, "default"),
    Kind.MULTIPLE: (*_CHOICE, "min_answers", "max_answers"),
    Kind.DROPDOWN: (*_CHOICE, "default"),
    Kind.IMAGE: ("options", "no_answer", "random", "many", "min_answers", "max_answers"),
    Kind.YES_NO: ("no_answer",),
    Kind.SHORT: ("max_length", "pattern", "default"),
    Kind.LONG: ("max_length",),
    Kind.NUMBER: ("minimum", "maximum", "step", "unit", "no_answer", "default"),
    Kind.SLIDER: ("minimum", "maximum", "step", "unit", "low", "high", "no_answer"),
    Kind.SCALE: ("style", "options", "rows", "minimum", "maximum", "low", "high", "no_answer", "random"),
    Kind.MATRIX_SINGLE: ("rows", "options", "no_answer", "random"),
    Kind.MATRIX_MULTIPLE: ("rows", "options", "no_answer", "random"),
    Kind.MATRIX_NUMBER: ("rows", "options", "minimum", "maximum", "step", "random"),
    Kind.MATRIX_TEXT: ("rows", "options", "max_length", "random"),
    Kind.RANKING: ("options", "min_answers", "max_answers", "no_answer", "random"),
    Kind.DATE: (),
    Kind.TIME: (),
    Kind.EMAIL: ("max_length",),
    Kind.PHONE: ("max_length",),
    Kind.POSTCODE: (),
    Kind.FILE: ("max_answers",),
    Kind.MAP: ("shapes", "max_answers"),
    Kind.CONSENT: (),
    Kind.INFO: (),
    Kind.CALCULATED: ("expression", "unit"),
    Kind.HIDDEN: ("parameter", "options", "max_length"),
}
"""What a kind has besides what every question has."""


def fields_of(kind: Kind) -> frozenset[str]:
    """Give the names of the fields that a question of a kind has."""
    asked = () if kind in kinds.SILENT else ("required", "soft", "rules")
    return frozenset({*_EVER, *FIELDS[kind], *asked})
