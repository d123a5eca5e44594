"""What the sending of a page means: what was answered, what has to be mended, what has appeared, where it goes on."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from baukasten_survey.answers.checking import Fault, check_page
from baukasten_survey.answers.flow import Flow, Path, ShownGroup, ShownPage, ShownQuestion
from baukasten_survey.answers.reading import read_page
from baukasten_survey.answers.values import other_name
from baukasten_survey.asking.drafts import Work
from baukasten_survey.asking.loose import fitting
from baukasten_survey.definition.model import Page, Question
from baukasten_survey.keys import Kind

SHOWN, CONFIRMED = "_shown", "_confirmed"
"""Fields that name the questions which the page showed, and those that stay empty on purpose."""
Sent = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Step:
    """A page as it was sent."""

    path: Path
    shown: ShownPage | None
    """Nothing where what was answered hides the page itself."""
    faults: Sequence[Fault]
    appeared: bool
    """Whether answers of this page brought questions that it did not show yet."""


def path_of(flow: Flow, work: Work, today: dt.date) -> Path:
    """Follow what a draft holds."""
    return flow.follow(fitting(flow.definition, work.answers), today, work.seed)


def take(flow: Flow, work: Work, page: Page, form: Sent, today: dt.date) -> Step:
    """Put what was sent into the draft and check it; what is wrong stays in the draft too, so that nothing is lost."""
    sent = _sent(flow, work, page, form, today)
    _store(work, page, sent, read_page(_whole(page, sent), form))
    path = path_of(flow, work, today)
    shown = path.page(page.code)
    _confirm(work, sent, form)
    if shown is None:
        return Step(path, None, (), appeared=False)
    found = check_page(shown, work.answers, path, work.language, work.confirmed)
    asked = {question.code for question in sent}
    appeared = any(one.question.code not in asked for one in shown.questions)
    return Step(path, shown, [fault for fault in found if fault.code in asked], appeared)


def _sent(flow: Flow, work: Work, page: Page, form: Sent, today: dt.date) -> list[Question]:
    """Tell which questions the page showed: it says so itself; else those that it should have shown."""
    said = set(form.get(SHOWN) or ())
    if not said:
        shown = path_of(flow, work, today).page(page.code)
        said = {one.question.code for one in shown.questions} if shown else set()
    return [one for one in page.questions if one.code in said and one.kind is not Kind.CALCULATED]


def _whole(page: Page, questions: Iterable[Question]) -> ShownPage:
    """Give the page with these questions and all their options; what is hidden among them is left out later."""
    shown = tuple(ShownQuestion(one, one.options, one.rows) for one in questions if one.kind is not Kind.FILE)
    return ShownPage(0, page, tuple(ShownGroup(group, shown) for group in page.groups[:1]))


def _store(work: Work, page: Page, sent: Iterable[Question], read: Mapping[str, Any]) -> None:
    for question in sent:
        if question.kind not in {Kind.FILE, Kind.HIDDEN}:
            work.answers.pop(question.code, None)
            work.answers.pop(other_name(question.code), None)
    work.answers.update(read)
    work.at = page.code


def _confirm(work: Work, sent: Iterable[Question], form: Sent) -> None:
    """Remember what was left empty on purpose; who fills it in and empties it again is asked again."""
    said = set(form.get(CONFIRMED) or ())
    for question in sent:
        empty = question.code not in work.answers
        if empty and question.code in said and question.code not in work.confirmed:
            work.confirmed.append(question.code)
        elif not empty and question.code in work.confirmed:
            work.confirmed.remove(question.code)
