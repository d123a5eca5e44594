"""Published figures in words and pictures: a finding for each question, from frozen tables only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from baukasten.plugin import LazyText, MediaRef, lazy
from baukasten.sdk import SafeHtml, Scope, dgettext, dngettext, media_by_id
from baukasten_survey.cells.averages import Average
from baukasten_survey.cells.shown import HELD, MISSING, TOGETHER, UNASKED, UNSAID, Crossing, Table
from baukasten_survey.charts.bars import frequency_bars, histogram, ranking_bars
from baukasten_survey.charts.places import places
from baukasten_survey.charts.stacked import heat_table, likert_bars
from baukasten_survey.charts.words import Chart, Rows, answers, number, people, share
from baukasten_survey.definition.model import Definition, Option, Question, Row, Text, said
from baukasten_survey.keys import NO_ANSWER, OTHER, Kind, Style
from baukasten_survey.results import measures, relating
from baukasten_survey.results.counting import PARTLY, RANKED
from baukasten_survey.results.scheme import GRID, edges_of
from baukasten_survey.results.standing import Standing
from baukasten_survey.results.tallies import ANSWERED

_ = lazy("survey")
WORDS: Mapping[str, LazyText] = {
    "true": _("Yes"),
    "false": _("No"),
    OTHER: _("Something else"),
    NO_ANSWER: _("No wish to say"),
    UNASKED: _("Was not asked"),
    MISSING: _("No answer"),
    ANSWERED: _("Has answered"),
    RANKED: _("Has put everything in order"),
    PARTLY: _("Has put some of it in order"),
    TOGETHER: _("Others together"),
}
ORDERED = frozenset({Kind.SCALE, Kind.YES_NO, Kind.CONSENT})
"""Their classes have an order of their own."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One question as results show it."""

    code: str
    title: str
    asked: str
    """The question as it was asked."""
    base: str
    """How many answered, in words."""
    chart: Chart
    wide: bool = False
    figures: str = ""
    """Mean, median and the like in one line, where nothing is held back."""
    weighted: str = ""
    """Shares as if groups were as large as in the town."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Says texts of a survey in one language; earlier versions say what the newest has no words for."""

    definitions: Sequence[Definition]
    language: str
    pictures: Mapping[int, MediaRef] = field(default_factory=dict)
    """What is below the places that people pointed at."""

    def question(self, code: str) -> Question | None:
        """Find a question, in the newest version that has it."""
        return next((one.questions[code] for one in self.definitions if code in one.questions), None)

    def words(self, text: Text) -> str:
        """Give the words of a text."""
        return said(text, self.language, self.definitions[0].languages[0])

    def title(self, code: str) -> str:
        """Give a question's title, its code where it has none."""
        question = self.question(code)
        return (self.words(question.title) if question else "") or code

    def labels(self, code: str, keys: Sequence[str]) -> dict[str, str]:
        """Give the words of classes, in the order of the questionnaire."""
        options: dict[str, Option | Row] = {}
        for one in self.definitions:
            if code in one.questions:
                for option in one.questions[code].options:
                    options.setdefault(option.code, option)
        ordered = [key for key in options if key in keys]
        return {key: self._label(code, key, options) for key in dict.fromkeys([*ordered, *keys])}

    def rows(self, code: str, parts: Sequence[str]) -> dict[str, str]:
        """Give the words of the rows of a matrix."""
        found: dict[str, str] = {}
        for one in self.definitions:
            for row in one.questions[code].rows if code in one.questions else ():
                ends = [self.words(row.title) or row.code, self.words(row.high)]
                found.setdefault(row.code, " – ".join(end for end in ends if end))
        return {part: found.get(part, part) for part in parts}

    def _label(self, code: str, key: str, options: Mapping[str, Option | Row]) -> str:
        question = self.question(code)
        if key in options:
            return self.words(options[key].title) or key
        if question is not None and key == OTHER and question.other:
            return self.words(question.other)
        if key in WORDS:
            return str(WORDS[key])
        return self._span(question, key) if question is not None else key

    def _span(self, question: Question, key: str) -> str:
        """Say from where to where a class of numbers goes."""
        edges, at = edges_of(question), key.removeprefix("n")
        if not (key.startswith("n") and at.isdigit() and edges):
            return key
        low = question.minimum if at == "0" else edges[int(at) - 1]
        if int(at) >= len(edges):
            return dgettext("survey", "from %(low)s", low=number(edges[-1]))
        high = number(edges[int(at)])
        return dgettext("survey", "%(low)s to below %(high)s", low=number(low or 0), high=high)


def surfaces(session: Scope, definitions: Sequence[Definition]) -> Mapping[int, MediaRef]:
    """Give the pictures that people pointed at; one statement, none where there are none."""
    asked = (question for one in definitions for question in one.questions.values())
    wanted = {
        option.picture
        for question in asked
        if question.kind is Kind.MAP
        for option in question.options[:1]
        if option.picture
    }
    return media_by_id(session, wanted) if wanted else {}


def finding(reader: Reader, standing: Standing, code: str, title: str = "") -> Finding | None:
    """Show one question; nothing where it was never counted."""
    question, parts = reader.question(code), standing.tables.get(code)
    if question is None or not parts:
        return None
    asked = reader.title(code)
    name, heading = f"q-{code}", title or asked
    first = next(iter(parts.values()))
    if code in standing.ranks:
        order = standing.ranks[code]
        labels = reader.labels(code, list(order.rows.cells) if order else [])
        chart = ranking_bars(name, heading, order, labels)
        return Finding(code, title or asked, asked, _base(first), chart)
    if "" not in parts:
        labels = reader.labels(code, [key for key in first.cells if key not in UNSAID])
        rows = reader.rows(code, list(parts))
        draw = heat_table if first.lists else likert_bars
        chart = draw(name, heading, parts, rows, labels)
        chart = replace(chart, table=_with_means(chart.table, question, list(parts.values())))
        base = dgettext("survey", "%(people)s people", people=number(first.people))
        return Finding(code, title or asked, asked, base, chart, wide=True)
    if code in standing.spots:
        picture = reader.pictures.get(question.options[0].picture or 0) if question.options else None
        several = len(standing.freezes) > 1
        chart = places(name, heading, standing.spots[code], GRID, picture, least=several)
        return Finding(code, title or asked, asked, _base(first), chart)
    if ANSWERED in first.cells:
        return Finding(code, title or asked, asked, _base(first), _spoken(first))
    chart, figures, best = _single(reader, question, name, heading, first, standing.averages.get(code))
    return Finding(code, title or best or asked, asked, _base(first), chart, figures=figures)


def _single(
    reader: Reader, question: Question, name: str, heading: str, table: Table, mean: Average | None = None
) -> tuple[Chart, str, str]:
    """Draw one table; gives the picture, its figures in a line, and what most answered."""
    labels = reader.labels(question.code, [key for key in table.cells if key != UNASKED])
    if question.kind in {Kind.NUMBER, Kind.SLIDER}:
        chart = histogram(name, heading, table, labels)
    else:
        ranked = question.kind not in ORDERED and question.style is not Style.NPS
        chart = frequency_bars(name, heading, table, labels, ranked=ranked)
    told = measures.of_table(question, table, mean)
    return chart, measures.line(told, labels) if told else "", _best(table, labels)


def of_group(reader: Reader, by: str, code: str, table: Table) -> Finding | None:
    """Show what one group of a characteristic answered to a question."""
    question = reader.question(code)
    if question is None:
        return None
    asked = reader.title(code)
    chart, figures, _lead = _single(reader, question, f"g-{by}-{code}", asked, table)
    return Finding(f"{by}-{code}-group", asked, asked, answers(table), chart, figures=figures)


def _with_means(rows: Rows, question: Question, tables: Sequence[Table]) -> Rows:
    """Give the table of a matrix with the mean of each row, where its points stand for numbers."""
    found = [measures.of_table(question, table) for table in tables]
    if not rows.rows or not any(one and one.mean is not None for one in found):
        return rows
    unknown = dgettext("survey", "not shown")
    means = [number(one.mean) if one and one.mean is not None else unknown for one in found]
    body = [[*row, mean] for row, mean in zip(rows.rows, means, strict=True)]
    return Rows(rows.caption, [*rows.head, dgettext("survey", "Mean")], body)


def _spoken(table: Table) -> Chart:
    """Say how many answered with words, a file or a place; what they said is no number."""
    cell = table.cells[ANSWERED]
    said = dgettext("survey", "%(people)s have answered in their own words.", people=people(cell, table.k))
    if cell.count is None:
        said = dgettext("survey", "How many have answered is not shown, so that nobody can be recognised.")
    return Chart(SafeHtml(""), said, Rows("", [], []))


def _base(table: Table) -> str:
    found = answers(table)
    asked = table.cells.get(UNASKED)
    if asked is not None and asked.count:
        rest = dngettext(
            "survey", "%(num)s person was not asked", "%(num)s people were not asked", asked.count
        )
        return f"{found} · {rest}"
    return found


def _best(table: Table, labels: Mapping[str, str]) -> str:
    """Say what most answered; nothing where that is not told, or nobody leads."""
    told = [(table.share(key) or 0, key) for key in labels if key in table.cells and key not in UNSAID]
    if table.empty or not told:
        return ""
    _part, key = max(told, key=lambda one: one[0])
    return dgettext("survey", "%(share)s say “%(option)s”", share=share(table, key), option=labels[key])


def crossing(reader: Reader, pair: tuple[str, str], found: Crossing) -> Finding | None:
    """Show how each group of a characteristic answered; groups that are not told apart are left out."""
    row, column = (reader.question(code) for code in pair)
    if row is None or column is None:
        return None
    rows = {key: found.row(key) for key in found.rows.cells if key not in UNSAID}
    told = {key: table for key, table in rows.items() if table is not None}
    asked = dgettext(
        "survey",
        "“%(question)s” by “%(row)s”",
        question=reader.title(pair[1]),
        row=reader.title(pair[0]),
    )
    keys = {key: None for table in told.values() for key in table.cells if key not in UNSAID | {TOGETHER}}
    # A group that one freeze does not tell apart lacks what others tell.
    told = {key: replace(one, cells=dict.fromkeys(keys, HELD) | dict(one.cells)) for key, one in told.items()}
    labels = reader.labels(pair[1], list(keys))
    chart = heat_table(f"x-{pair[0]}-{pair[1]}", asked, told, reader.labels(pair[0], list(told)), labels)
    test = relating.related(found)
    said = relating.sentence(test) if test and told else ""
    return Finding("-".join(pair), asked, asked, "", chart, wide=True, figures=said)
