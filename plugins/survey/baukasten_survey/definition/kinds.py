"""What is known of each kind of question: whether it has options, rows, numbers, words."""

from baukasten_survey.definition.model import Question
from baukasten_survey.keys import Kind, Style

CHOICES = frozenset({Kind.SINGLE, Kind.MULTIPLE, Kind.DROPDOWN, Kind.IMAGE})
MATRICES = frozenset({Kind.MATRIX_SINGLE, Kind.MATRIX_MULTIPLE, Kind.MATRIX_NUMBER, Kind.MATRIX_TEXT})
TEXTS = frozenset({Kind.SHORT, Kind.LONG, Kind.EMAIL, Kind.PHONE, Kind.POSTCODE, Kind.HIDDEN})
NUMBERS = frozenset({Kind.NUMBER, Kind.SLIDER})
TRUTHS = frozenset({Kind.YES_NO, Kind.CONSENT})
SILENT = frozenset({Kind.INFO, Kind.CALCULATED, Kind.HIDDEN})
"""Kinds that a respondent fills in nothing for."""


def has_options(question: Question) -> bool:
    """Tell whether a question is answered by choosing among options of its own."""
    likert = question.kind is Kind.SCALE and question.style is Style.LIKERT
    return question.kind in CHOICES or question.kind in MATRICES or question.kind is Kind.RANKING or likert


def has_rows(question: Question) -> bool:
    """Tell whether a question asks the same of several things."""
    return question.kind in MATRICES or (question.kind is Kind.SCALE and question.style is Style.DIFFERENTIAL)


def takes_many(question: Question) -> bool:
    """Tell whether several options may be chosen at once."""
    return question.kind is Kind.MULTIPLE or (question.kind is Kind.IMAGE and question.many)
