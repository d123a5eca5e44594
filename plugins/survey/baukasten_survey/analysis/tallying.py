"""Sorts what the database counted by questions and classes, under the codes of the newest version."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from baukasten_survey.analysis.counting import Row, What
from baukasten_survey.analysis.plan import PLAIN, Edition, Form, Plan
from baukasten_survey.keys import NO_ANSWER
from baukasten_survey.results.tallies import classes


@dataclass(slots=True)
class Amount:
    """How many people, how many of them suspicious, and the sums of their weights."""

    people: int = 0
    suspicious: int = 0
    weight: float = 0.0
    squares: float = 0.0

    def add(self, more: "Row | Amount", sign: int = 1) -> None:
        """Count further people, or take some off."""
        self.people += sign * more.people
        self.suspicious += sign * more.suspicious
        self.weight += sign * more.weight
        self.squares += sign * more.squares


def total(amounts: Iterable[Amount]) -> Amount:
    """Add amounts of different people up."""
    found = Amount()
    for one in amounts:
        found.add(one)
    return found


EMPTY: Sequence[Any] = (None, "", [], {})
"""Values of those who gave no answer, as imports hold them."""


@dataclass(frozen=True, slots=True)
class Lens:
    """How amounts are looked at: weighted or not, with suspicious ones or without."""

    weighted: bool = False
    without: bool = False

    def people(self, amount: Amount) -> int:
        """Give how many people stand behind a figure."""
        return amount.people - amount.suspicious if self.without else amount.people

    def of(self, amount: Amount) -> float:
        """Give what a figure counts."""
        return amount.weight if self.weighted else self.people(amount)

    def squares(self, amount: Amount) -> float:
        """Give the sum of squared weights, as deviations need it."""
        return amount.squares if self.weighted else self.people(amount)


@dataclass(slots=True)
class Tallied:
    """All answers to one question."""

    answered: dict[int, Amount] = field(default_factory=lambda: defaultdict(Amount))
    """Who gave an answer, by version."""
    unsaid: Amount = field(default_factory=Amount)
    """Who said aloud that they do not want to say."""
    whole: dict[Any, Amount] = field(default_factory=lambda: defaultdict(Amount))
    """By the answer as it stands, as JSON."""
    parts: dict[str, dict[str, Amount]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Amount))
    )
    """By row and class; of lists by "" and element; of rankings by option and place."""
    rows: dict[str, Amount] = field(default_factory=lambda: defaultdict(Amount))
    """Who answered each row of a matrix."""

    @property
    def all(self) -> Amount:
        """Give who gave an answer, whatever the version."""
        return total(self.answered.values())

    def values(self) -> list[tuple[Any, Amount]]:
        """Give the answers as they stand."""
        return [(json.loads(value), amount) for value, amount in self.whole.items()]


@dataclass(slots=True)
class Tally:
    """All that was counted of a selection."""

    people: dict[int, Amount] = field(default_factory=lambda: defaultdict(Amount))
    """By version."""
    questions: dict[str, Tallied] = field(default_factory=lambda: defaultdict(Tallied))
    crossed: dict[tuple[str, str], Amount] = field(default_factory=lambda: defaultdict(Amount))
    unasked: dict[str, Amount] = field(default_factory=lambda: defaultdict(Amount))
    """Of questions that one other decides: to whom they were not shown."""

    @property
    def all(self) -> Amount:
        """Give everybody."""
        return total(self.people.values())


def tally(plan: Plan, rows: Iterable[Row], pair: tuple[str, str] = ("", "")) -> Tally:
    """Sort rows of the database; what versions do not know is left out."""
    found = Tally()
    deciding: dict[tuple[int, str], list[Row]] = defaultdict(list)
    for row in rows:
        one = plan.by_number.get(row.version)
        if one is None:
            continue
        if row.what == What.ALL:
            found.people[row.version].add(row)
        elif row.what == What.CROSS:
            _cross(found, plan, one, row, pair)
        elif row.what == What.HIDDEN:
            _hidden(found, plan, one, row)
        elif _is_counted(plan, one, row.key):
            _answer(found.questions[one.codes[row.key]], plan, one, row)
            if row.what == What.WHOLE:
                deciding[row.version, row.key].append(row)
    for one in plan.editions:
        _unasked(found, one, deciding)
    return found


def _is_counted(plan: Plan, one: Edition, key: str) -> bool:
    return key in one.forms and key not in one.hidden and plan.fits(one, key)


def _answer(found: Tallied, plan: Plan, one: Edition, row: Row) -> None:
    if row.what == What.PART:
        _part(found, plan, one, row)
        return
    if row.value in EMPTY:
        return
    if row.value == NO_ANSWER:
        found.unsaid.add(row)
        return
    found.answered[row.version].add(row)
    plain = one.forms[row.key] in PLAIN
    found.whole[json.dumps(one.renamed(row.key, row.value) if plain else row.value)].add(row)


def _part(found: Tallied, plan: Plan, one: Edition, row: Row) -> None:
    """Sort a row of a matrix, an element of a list or a place of a ranking."""
    form, part = one.forms[row.key], one.part(row.key, row.part)
    if form is Form.LIST:
        found.parts[""][part].add(row)
    elif form is Form.RANKING:
        found.parts[part][json.dumps(row.value)].add(row)
    elif form is Form.CELLS:
        for column, value in row.value.items():
            found.parts[f"{part}/{one.part(row.key, column)}"][json.dumps(value)].add(row)
    else:
        code = one.codes[row.key]
        asked = plan.counted[code].asked
        value = one.renamed(row.key, row.value)
        if value in (None, []):
            return
        for name, class_ in classes(asked, {part: value}):
            if name == part:
                found.parts[part][class_].add(row)
        if value != NO_ANSWER:
            found.rows[part].add(row)


def _hidden(found: Tally, plan: Plan, one: Edition, row: Row) -> None:
    """Count an answer where its question was shown to whoever gave it."""
    given = row.value or {}
    if row.key not in one.hidden or not plan.fits(one, row.key):
        return
    if not one.flow.follow(given, dt.date.fromisoformat(row.part)).is_visible(row.key):
        return
    for piece in _pieces(one.forms[row.key], row, given[row.key]):
        _answer(found.questions[one.codes[row.key]], plan, one, piece)


def _pieces(form: Form, row: Row, value: Any) -> Iterator[Row]:
    """Take an answer apart as the database does."""
    amounts = (row.people, row.suspicious, row.weight, row.squares)

    def made(what: What, part: str, piece: Any) -> Row:
        return Row(what, row.version, row.key, part, piece, *amounts)

    if value in EMPTY:
        return
    if value == NO_ANSWER or form in PLAIN or form is Form.WORDS:
        yield made(What.WHOLE, "", value)
    elif form is Form.MAP:
        shapes = value.get("shapes") if isinstance(value, dict) else None
        yield made(What.WHOLE, "", len(shapes) if isinstance(shapes, list) else 0)
    else:
        yield made(What.WHOLE, "", len(value) if form is Form.RANKING else True)
        for part, piece in _parts(form, value):
            yield made(What.PART, part, piece)


def _parts(form: Form, value: Any) -> Iterator[tuple[str, Any]]:
    if form is Form.LIST and isinstance(value, list):
        yield from ((str(one), None) for one in dict.fromkeys(value))
    elif form is Form.RANKING and isinstance(value, list):
        yield from ((str(one), [place, len(value)]) for place, one in enumerate(value, 1))
    elif form is Form.CELLS and isinstance(value, dict):
        for name, cells in value.items():
            yield from ((name, {column: cell}) for column, cell in (cells or {}).items())
    elif form is Form.ROWS and isinstance(value, dict):
        yield from ((name, cell) for name, cell in value.items() if cell not in ([], None))


def _cross(found: Tally, plan: Plan, one: Edition, row: Row, pair: Sequence[str]) -> None:
    """Sort a pair of answers; one that is missing is no class."""
    names = []
    for code, value in zip(pair, row.value or (None, None), strict=True):
        old = one.before.get(code)
        if value is None or old is None or code not in plan.counted:
            return
        asked = plan.counted[code].asked
        names.append(next(classes(asked, one.renamed(old, value)))[1])
    found.crossed[names[0], names[1]].add(row)


def _unasked(found: Tally, one: Edition, deciding: Mapping[tuple[int, str], Sequence[Row]]) -> None:
    """Count to whom questions were not shown, where one choice decides that."""
    people = found.people.get(one.number)
    if people is None:
        return
    day = dt.date.min
    for code, counted in one.scheme.counted.items():
        if not counted.decided_by or counted.decided_by in one.hidden:
            continue
        left = total([people])
        mine = found.unasked[one.codes[code]]
        for row in deciding.get((one.number, counted.decided_by), ()):
            left.add(row, -1)
            if not one.scheme.shows(code, counted.decided_by, row.value, day):
                mine.add(row)
        if not one.scheme.shows(code, counted.decided_by, None, day):
            mine.add(left)
