"""What is known of the population: read from a small file, kept, forgotten."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from sqlalchemy import delete, select

from baukasten.plugin import MemberRef, lazy
from baukasten.sdk import Invalid, NotFound, Scope, language_named, record, speaking, translator_for
from baukasten_survey.analysis.models import Margin
from baukasten_survey.analysis.plan import Plan
from baukasten_survey.keys import NO_ANSWER
from baukasten_survey.models import Survey
from baukasten_survey.results.findings import Reader

_ = lazy("survey")
LARGEST = 64 * 1024
MOST_LINES, MOST_MARGINS, MOST_FAULTS = 1_000, 8, 10
COLUMNS = 3
FEWEST = 2
THOUSANDS = re.compile(r"\d{1,3}(?:[.\u00a0\u202f ]\d{3})+(?:,\d+)?")
NUMBER = re.compile(r"\d{1,15}(?:[.,]\d{1,10})?")
NO_TEXT = _("This is no text file. Save the table as CSV.")
EMPTY = _("The file holds no line with a question, an answer and a number.")
TOO_LONG = _("The file is too long.")
BAD_LINE = _("Line %(line)s: three columns are needed: question, answer, number.")
BAD_NUMBER = _("Line %(line)s: “%(text)s” is no number of people and no share.")
NO_QUESTION = _("Line %(line)s: there is no question “%(text)s” in which everybody chooses one answer.")
NO_OPTION = _("Line %(line)s: the question has no answer “%(text)s”.")
TWICE = _("Line %(line)s: “%(text)s” was there before.")
ONE_CLASS = _("“%(text)s” needs at least two answers with a number above 0.")
TOO_MANY = _("Up to %(number)s questions can be weighted by.")


def of_survey(session: Scope, survey_id: int) -> dict[str, dict[str, float]]:
    """Give the population's figures by question and answer; one statement."""
    query = select(Margin.code, Margin.shares).where(Margin.survey_id == survey_id).order_by(Margin.id)
    return {code: {name: float(share) for name, share in shares} for code, shares in session.execute(query)}


def fitting(plan: Plan, margins: Mapping[str, Mapping[str, float]]) -> dict[str, Mapping[str, float]]:
    """Give those figures whose questions and answers the survey still has."""
    return {
        code: margin
        for code, margin in margins.items()
        if code in plan.crossed and margin.keys() <= set(plan.names(code))
    }


def save(session: Scope, actor: MemberRef, survey: Survey, read: Mapping[str, Mapping[str, float]]) -> None:
    """Keep the figures of some questions in place of those that were there; raises Invalid for too many."""
    kept = of_survey(session, survey.id).keys() - read.keys()
    if len(kept) + len(read) > MOST_MARGINS:
        raise Invalid({"file": str(TOO_MANY) % {"number": MOST_MARGINS}})
    session.execute(delete(Margin).where(Margin.survey_id == survey.id, Margin.code.in_(read)))
    session.add_all(
        Margin(survey_id=survey.id, code=code, shares=[[name, share] for name, share in margin.items()])
        for code, margin in read.items()
    )
    session.flush()
    record(session, actor, "survey.margin.save", f"survey:{survey.id}", questions=sorted(read))


def forget(session: Scope, actor: MemberRef, survey: Survey, code: str) -> bool:
    """Forget the figures of a question; tells whether there were any."""
    gone = delete(Margin).where(Margin.survey_id == survey.id, Margin.code == code).returning(Margin.id)
    if not session.execute(gone).all():
        return False
    record(session, actor, "survey.margin.forget", f"survey:{survey.id}", question=code)
    return True


def read_file(data: bytes, plan: Plan, readers: Sequence[Reader]) -> dict[str, dict[str, float]]:
    """Read a table of question, answer and number; codes or titles in any language of the survey.

    Raises Invalid under ``file`` with what is wrong in which line.
    """
    if len(data) > LARGEST:
        raise Invalid({"file": str(TOO_LONG)})
    found: dict[str, dict[str, float]] = {}
    faults: list[str] = []
    finder = _Finder(plan, readers)
    for line, cells in _lines(_decoded(data)):
        fault = _take(found, finder, line, cells)
        if fault:
            faults.append(fault)
    for code, margin in found.items():
        if sum(share > 0 for share in margin.values()) < FEWEST:
            faults.append(str(ONE_CLASS) % {"text": finder.title(code)})
    if faults or not found:
        raise Invalid({"file": " ".join(faults[:MOST_FAULTS]) or str(EMPTY)})
    return found


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            found = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in found:
            return found
    raise Invalid({"file": str(NO_TEXT)})


def _lines(words: str) -> Iterator[tuple[int, list[str]]]:
    """Give the lines with their numbers, without empty ones and the heading."""
    lines = words.splitlines()
    if len(lines) > MOST_LINES:
        raise Invalid({"file": str(TOO_LONG)})
    first = next((line for line in lines if line.strip()), "")
    sign = next((sign for sign in (";", "\t") if sign in first), ",")
    try:
        rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=sign))
    except csv.Error as broken:
        raise Invalid({"file": str(NO_TEXT)}) from broken
    heading = True
    for line, row in enumerate(rows, 1):
        cells = [" ".join(cell.split()) for cell in row]
        while len(cells) > COLUMNS and not cells[-1]:
            cells.pop()
        if not any(cells):
            continue
        if not (heading and len(cells) == COLUMNS and not any(one.isdigit() for one in cells[2])):
            yield line, cells
        heading = False


def _take(found: dict[str, dict[str, float]], finder: "_Finder", line: int, cells: Sequence[str]) -> str:
    """Take one line; gives what is wrong with it, or nothing."""
    if len(cells) != COLUMNS:
        return str(BAD_LINE) % {"line": line}
    asked, answer, written = cells
    code = finder.question(asked)
    if not code:
        return str(NO_QUESTION) % {"line": line, "text": asked[:80]}
    name = finder.answer(code, answer)
    if not name:
        return str(NO_OPTION) % {"line": line, "text": answer[:80]}
    number = number_of(written)
    if number is None:
        return str(BAD_NUMBER) % {"line": line, "text": written[:80]}
    if name in found.setdefault(code, {}):
        return str(TWICE) % {"line": line, "text": answer[:80]}
    found[code][name] = number
    return ""


def number_of(written: str) -> float | None:
    """Read a number of people or a share, as Germans write it; a point before three digits parts thousands."""
    text = written.removesuffix("%").strip()
    if THOUSANDS.fullmatch(text) and not text.startswith("0"):
        return float(re.sub(r"[.\u00a0\u202f ]", "", text).replace(",", "."))
    return float(text.replace(",", ".")) if NUMBER.fullmatch(text) else None


class _Finder:
    """Finds questions and answers by code or by title."""

    def __init__(self, plan: Plan, readers: Sequence[Reader]) -> None:
        self.plan, self.readers = plan, readers
        self._questions: dict[str, str] = {}
        self._answers: dict[str, dict[str, str]] = {}
        for code in plan.crossed:
            for reader in readers:
                title = reader.words(plan.questions[code].title)
                self._questions.setdefault(_plain(title), code)
            self._answers[code] = self._named(code)
        self._questions |= {_plain(code): code for code in plan.crossed}

    def _named(self, code: str) -> dict[str, str]:
        names = [name for name in self.plan.names(code) if name != NO_ANSWER]
        found: dict[str, str] = {}
        for reader in self.readers:
            with _spoken(reader.language):
                for name, words in reader.labels(code, names).items():
                    found.setdefault(_plain(words), name)
        return found | {_plain(name): name for name in names}

    def question(self, words: str) -> str:
        """Give a question's code; nothing where there is none."""
        return self._questions.get(_plain(words), "")

    def answer(self, code: str, words: str) -> str:
        """Give an answer's code."""
        return self._answers[code].get(_plain(words), "")

    def title(self, code: str) -> str:
        """Give the words of a question."""
        return self.readers[0].words(self.plan.questions[code].title) or code


def _spoken(language: str) -> AbstractContextManager[object]:
    """Let yes and no be said in a language; in the reader's where the house does not speak it."""
    try:
        return speaking(translator_for(language_named(language).code))
    except NotFound:
        return nullcontext()


def _plain(words: str) -> str:
    return " ".join(words.split()).casefold()
