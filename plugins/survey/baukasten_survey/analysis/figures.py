"""What was counted, in words and pictures: for each question the figure that fits its kind."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from baukasten.plugin import lazy
from baukasten.sdk import dgettext, dngettext
from baukasten_survey.analysis import spans
from baukasten_survey.analysis.plan import Form, Plan
from baukasten_survey.analysis.tallying import Amount, Lens, Tallied, Tally, total
from baukasten_survey.analysis.telling import (
    DASH,
    SUMMARY,
    Base,
    bare,
    base_words,
    score_facts,
    shapes,
    share_of,
    summary_facts,
    written,
)
from baukasten_survey.cells.shown import MISSING, UNSAID, Table, openly
from baukasten_survey.charts.bars import frequency_bars, histogram, points_bars
from baukasten_survey.charts.stacked import heat_table, likert_bars
from baukasten_survey.charts.words import Chart, Rows, number
from baukasten_survey.definition.model import Question
from baukasten_survey.keys import NO_ANSWER, Kind, Style
from baukasten_survey.results.findings import ORDERED, Finding, Reader
from baukasten_survey.results.measures import values_of
from baukasten_survey.results.tallies import Asked, classes
from baukasten_survey.statistics.measures import Summary, from_counts
from baukasten_survey.statistics.scales import net_promoters

_ = lazy("survey")
LEAST_POINTS = 2
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
"""A point of a scale as it is counted; imports hold other things too."""
OTHERWISE = _("Version %(number)s asks something else under this code; it is not counted here.")
UNSURE = _("This question depends on others: who gave no answer may not have been asked.")


@dataclass(frozen=True, slots=True)
class Figure:
    """One question as the analysis shows it."""

    finding: Finding
    facts: Sequence[tuple[str, str]] = ()
    more: Rows | None = None
    """Further figures, one line for each row."""
    beside: Rows | None = None
    """Shares with suspicious responses and without them."""
    versions: Sequence[tuple[int, int]] = ()
    """How many answered each version, where there is more than one."""
    notes: Sequence[str] = ()
    worded: bool = False
    """Whether the answers themselves have to be read."""


@dataclass(slots=True)
class Painter:
    """Paints the figures of one selection."""

    plan: Plan
    tally: Tally
    lens: Lens
    reader: Reader
    beside: str = ""

    def all(self) -> Iterator[Figure]:
        """Give the figures of all questions, in the order of the questionnaire."""
        for code in self.plan.questions:
            yield self.figure(code)

    def figure(self, code: str) -> Figure:
        """Give the figure of one question."""
        found = self.tally.questions.get(code) or Tallied()
        base = self.base(code, found)
        asked = self.reader.words(self.plan.questions[code].title) or code
        # Whatever is weighted, who answered is said in people.
        words = base_words(self.base(code, found, replace(self.lens, weighted=False)))
        if not base.people:
            chart = bare(dgettext("survey", "Nobody has answered this question."))
            return Figure(Finding(code, asked, asked, words, chart), versions=self._versions(code, found))
        chart, facts, more = self._drawn(code, found, base, asked)
        form = self.plan.forms[code]
        finding = Finding(code, asked, asked, words, chart, wide=form is Form.ROWS)
        beside = self._beside(code, found) if code == self.beside else None
        versions, notes = self._versions(code, found), self._notes(code)
        return Figure(finding, facts, more, beside, versions, notes, form in {Form.WORDS, Form.MAP})

    def base(self, code: str, found: Tallied, lens: Lens | None = None) -> Base:
        """Tell to whom the figures of a question refer."""
        look = lens or self.lens
        asked = total(self.tally.people[one] for one in self.plan.raw(code) if one in self.tally.people)
        unasked = self.tally.unasked.get(code, Amount())
        answered, unsaid = found.all, found.unsaid
        counted = [look.of(one) for one in (answered, unsaid, unasked)]
        # Sums of weights leave a trace of rounding.
        missing = max(0.0, round(look.of(asked) - sum(counted), 9))
        return Base(counted[0], counted[1], counted[2], missing, look.people(answered))

    def _drawn(
        self, code: str, found: Tallied, base: Base, asked: str
    ) -> tuple[Chart, list[tuple[str, str]], Rows | None]:
        form = self.plan.forms[code]
        if form in {Form.CHOICE, Form.LIST}:
            return self._choices(code, found, asked)
        if form is Form.ROWS:
            return self._rows(code, found, base, asked)
        if form in {Form.NUMBER, Form.DATE, Form.TIME}:
            return self._spread(code, found, base, asked)
        return self._said(code, found, asked), [], None

    def _said(self, code: str, found: Tallied, asked: str) -> Chart:
        """Give what has a picture of its own, or none."""
        form, people = self.plan.forms[code], self.lens.people(found.all)
        if form is Form.CELLS:
            return bare(*self._cells(code, found, asked))
        if form is Form.RANKING:
            ranked = self._ranked(code, found)
            labels = self.reader.labels(code, [option for option, _points, _middle in ranked])
            return points_bars(f"q-{code}", asked, ranked, labels)
        if form is Form.MAP:
            return bare(shapes(found, self.lens))
        return bare(
            dngettext("survey", "%(num)s person has answered.", "%(num)s people have answered.", people)
        )

    def _spread(
        self, code: str, found: Tallied, base: Base, asked: str
    ) -> tuple[Chart, list[tuple[str, str]], Rows | None]:
        """Show numbers, days and times."""
        form, values = self.plan.forms[code], found.values()
        pairs = [(value, self.lens.of(one)) for value, one in values]
        spread = spans.spread(form, self.plan.questions[code], [pair for pair in pairs if pair[1] > 0])
        table = openly(spread.counts, base.answered)
        if form is not Form.NUMBER:
            chart = frequency_bars(f"q-{code}", asked, table, spread.labels, ranked=False)
            return chart, spread.facts, None
        chart = histogram(f"q-{code}", asked, table, spread.labels)
        summary = self._summary((value, one) for value, one in values if isinstance(value, int | float))
        return chart, [*summary_facts(summary), *spread.facts], None

    def counts(self, code: str, found: Tallied) -> dict[str, Amount]:
        """Give how many chose each class of a choice or a list; what the questionnaire does not know stands last."""
        names = dict.fromkeys(name for name in self.plan.names(code) if name != NO_ANSWER)
        counted = {name: Amount() for name in names}
        if self.plan.forms[code] is Form.LIST:
            for name, amount in found.parts[""].items():
                counted.setdefault(name, Amount()).add(amount)
            return counted
        for value, amount in found.values():
            name = next(classes(self._asked(code), value))[1]
            counted.setdefault(name, Amount()).add(amount)
        return counted

    def table(self, code: str) -> Table:
        """Give the frequencies of a choice or a list."""
        found = self.tally.questions.get(code) or Tallied()
        base = self.base(code, found)
        counts = {name: self.lens.of(amount) for name, amount in self.counts(code, found).items()}
        if base.unsaid:
            counts[NO_ANSWER] = base.unsaid
        return openly({**counts, MISSING: base.missing}, base.asked, lists=self.plan.forms[code] is Form.LIST)

    def _asked(self, code: str) -> Asked:
        counted = self.plan.counted.get(code)
        return counted.asked if counted is not None else Asked(self.plan.questions[code].kind)

    def _choices(
        self, code: str, found: Tallied, asked: str
    ) -> tuple[Chart, list[tuple[str, str]], Rows | None]:
        question, table = self.plan.questions[code], self.table(code)
        labels = self.reader.labels(code, list(table.cells))
        ranked = question.kind not in ORDERED and question.style is not Style.NPS
        chart = frequency_bars(f"q-{code}", asked, table, labels, ranked=ranked)
        facts: list[tuple[str, str]] = []
        values = values_of(question)
        if self.plan.forms[code] is Form.CHOICE and len(values) >= LEAST_POINTS:
            counted = self.counts(code, found)
            facts = summary_facts(
                self._summary((values[one], counted[one]) for one in values if one in counted)
            )
            if question.style is Style.NPS:
                score = net_promoters(
                    {
                        int(values[one]): self.lens.of(amount)
                        for one, amount in counted.items()
                        if one in values
                    }
                )
                facts = [*score_facts(score), *facts]
        return chart, facts, None

    def _summary(self, pairs: Iterable[tuple[float, Amount]]) -> Summary:
        known = [(float(value), amount) for value, amount in pairs if abs(value) <= spans.LARGEST]
        squares = sum(self.lens.squares(amount) for _value, amount in known)
        return from_counts([(value, self.lens.of(amount)) for value, amount in known], squares)

    def _rows(
        self, code: str, found: Tallied, base: Base, asked: str
    ) -> tuple[Chart, list[tuple[str, str]], Rows | None]:
        question = self.plan.questions[code]
        lists = question.kind is Kind.MATRIX_MULTIPLE
        parts = list(dict.fromkeys([*self.plan.parts(code), *found.parts]))
        names = [name for name in self.plan.names(code) if name != NO_ANSWER]
        tables = {part: self._row(found, part, names, base, lists=lists) for part in parts}
        keys = dict.fromkeys(key for table in tables.values() for key in table.cells if key not in UNSAID)
        tables = {part: self._row(found, part, list(keys), base, lists=lists) for part in parts}
        rows, labels = self.reader.rows(code, parts), self.reader.labels(code, list(keys))
        draw = heat_table if lists else likert_bars
        chart = draw(f"q-{code}", asked, tables, rows, labels)
        return chart, [], None if lists else self._row_means(question, found, rows, asked)

    def _row(self, found: Tallied, part: str, names: Sequence[str], base: Base, *, lists: bool) -> Table:
        amounts = found.parts.get(part, {})
        counts = dict.fromkeys(names, 0.0) | {name: self.lens.of(one) for name, one in amounts.items()}
        unsaid = counts.pop(NO_ANSWER, 0.0)
        answered = self.lens.of(found.rows[part]) if part in found.rows else 0.0
        missing = max(0.0, base.asked - answered - unsaid)
        return openly({**counts, NO_ANSWER: unsaid, MISSING: missing}, base.asked, lists=lists)

    def _row_means(
        self, question: Question, found: Tallied, rows: Mapping[str, str], asked: str
    ) -> Rows | None:
        """Give the mean of each row, where its points stand for numbers."""
        values = values_of(question)
        if question.style is Style.DIFFERENTIAL:
            known = {name for part in found.parts.values() for name in part}
            values = {name: float(name) for name in known if NUMBER.fullmatch(name)}
        if len(values) < LEAST_POINTS:
            return None
        body = []
        for part, words in rows.items():
            amounts = found.parts.get(part, {})
            summary = self._summary((values[name], one) for name, one in amounts.items() if name in values)
            ends = (summary.mean, summary.median, summary.deviation)
            body.append([words, number(summary.n), *(written(one) for one in ends)])
        head = [
            str(_("Row")),
            str(_("Answers")),
            *(str(SUMMARY[one]) for one in ("mean", "median", "deviation")),
        ]
        return Rows(dgettext("survey", "%(question)s: means", question=asked), head, body)

    def _cells(self, code: str, found: Tallied, asked: str) -> tuple[str, Rows]:
        """Give the mean of each cell of a matrix of numbers."""
        rows: dict[str, None] = dict.fromkeys(self.plan.parts(code))
        columns = dict.fromkeys(name for name in self._option_labels(code))
        for place in found.parts:
            row, _sign, column = place.partition("/")
            rows[row], columns[column] = None, None
        labels = {**self._option_labels(code)}
        words, body = self.reader.rows(code, list(rows)), []
        for row in rows:
            cells = [self._cell(found, f"{row}/{column}") for column in columns]
            body.append([words[row], *cells])
        head = [str(_("Row")), *(labels.get(column, column) for column in columns)]
        said = dgettext("survey", "The table has the mean of each cell, and of how many answers it is.")
        return said, Rows(asked, head, body)

    def _cell(self, found: Tallied, place: str) -> str:
        pairs = [(json.loads(value), amount) for value, amount in found.parts.get(place, {}).items()]
        summary = self._summary(pair for pair in pairs if isinstance(pair[0], int | float))
        if summary.mean is None:
            return DASH
        return f"{number(summary.mean)} ({number(sum(self.lens.people(one) for _value, one in pairs))})"

    def _option_labels(self, code: str) -> dict[str, str]:
        options = [one.before.get(code) for one in self.plan.editions]
        names: dict[str, None] = {}
        for one, old in zip(self.plan.editions, options, strict=True):
            if old is not None and self.plan.fits(one, old):
                names |= dict.fromkeys(
                    one.part(old, each.code) for each in one.definition.questions[old].options
                )
        return self.reader.labels(code, list(names))

    def _ranked(self, code: str, found: Tallied) -> list[tuple[str, float, float | None]]:
        """Give options by Borda's count, best first; see ``statistics.scales.ranking``."""
        options = dict.fromkeys([*self._option_labels(code), *found.parts])
        lengths = {length: self.lens.of(one) for length, one in found.values() if type(length) is int}
        size = len(options)
        made = []
        for option in options:
            places = [
                (*json.loads(value), self.lens.of(amount))
                for value, amount in found.parts.get(option, {}).items()
            ]
            left = dict(lengths)
            for _place, length, people in places:
                left[length] = left.get(length, 0.0) - people
            points = sum(people * (size - place) for place, _length, people in places)
            points += sum(people * (size - length - 1) / 2 for length, people in left.items())
            by = sum(people for _place, _length, people in places)
            middle = sum(people * place for place, _length, people in places) / by if by else None
            made.append((option, round(points, 9), middle))
        return sorted(made, key=lambda one: -one[1])

    def _versions(self, code: str, found: Tallied) -> list[tuple[int, int]]:
        numbers = sorted(self.plan.raw(code))
        if len(self.plan.editions) == 1:
            return []
        return [(one, self.lens.people(found.answered.get(one, Amount()))) for one in numbers]

    def _notes(self, code: str) -> list[str]:
        same = self.plan.raw(code)
        others = [one.number for one in self.plan.editions if code in one.before and one.number not in same]
        found = [str(OTHERWISE) % {"number": one} for one in others]
        decided = any(old in self.plan.by_number[one].decided for one, old in same.items())
        known = any(
            old in self.plan.by_number[one].scheme.counted
            and self.plan.by_number[one].scheme.counted[old].decided_by
            for one, old in same.items()
        )
        return [*found, str(UNSURE)] if decided and not known else found

    def _beside(self, code: str, found: Tallied) -> Rows:
        """Give shares with suspicious responses and without them."""
        counts = self.counts(code, found)
        labels = self.reader.labels(code, list(counts))
        lenses = [Lens(), Lens(without=True)]
        bases = [lens.people(found.all) for lens in lenses]
        body = [
            [
                labels[name],
                *(share_of(lens.people(amount), base) for lens, base in zip(lenses, bases, strict=True)),
            ]
            for name, amount in counts.items()
        ]
        body.append([str(_("Valid answers")), *(number(base) for base in bases)])
        head = [str(_("Answer")), str(_("With suspicious ones")), str(_("Without them"))]
        return Rows(str(_("With and without suspicious responses")), head, body)
