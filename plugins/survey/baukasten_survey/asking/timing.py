"""How long answering takes, estimated from what has to be read and done."""

import math
import re
from collections.abc import Iterable, Mapping

from baukasten_survey.answers.flow import ShownPage
from baukasten_survey.definition import kinds
from baukasten_survey.definition.model import Definition, Question, said
from baukasten_survey.keys import Kind

WORDS_A_SECOND = 3.3
"""About 200 words a minute, as people read on a screen."""
USUAL = 5
"""Seconds for deciding and ticking once."""
LONGER: Mapping[Kind, int] = {
    Kind.LONG: 40,
    Kind.MAP: 30,
    Kind.FILE: 30,
    Kind.SHORT: 10,
    Kind.EMAIL: 10,
    Kind.PHONE: 10,
    Kind.INFO: 0,
    Kind.CALCULATED: 0,
    Kind.HIDDEN: 0,
}
ROW, RANK = 4, 4
WORD = re.compile(r"\w+")


def seconds_of(definition: Definition) -> dict[str, float]:
    """Estimate each question."""
    origin = definition.languages[0]
    return {code: _seconds(question, origin) for code, question in definition.questions.items()}


def _seconds(question: Question, origin: str) -> float:
    if question.kind in {Kind.CALCULATED, Kind.HIDDEN}:
        return 0.0
    parts = [one.title for one in question.options] + [one.title for one in question.rows]
    texts = [question.title, question.help, *parts]
    reading = sum(len(WORD.findall(said(text, origin, origin))) for text in texts) / WORDS_A_SECOND
    doing: float = LONGER.get(question.kind, USUAL)
    if kinds.has_rows(question):
        doing = ROW * len(question.rows)
    elif question.kind is Kind.RANKING:
        doing = RANK * len(question.options)
    return reading + doing


def minutes(seconds: Mapping[str, float], pages: Iterable[ShownPage]) -> int:
    """Give the whole minutes that pages take, one at least."""
    whole = sum(seconds.get(one.question.code, 0.0) for page in pages for one in page.questions)
    return max(1, math.ceil(whole / 60))
