"""One freeze: counts of people become tables that may be read by everybody, and nothing else is kept of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from baukasten_survey.cells import choices, crossed, ranked, single
from baukasten_survey.cells.plan import Circle, Plan, check
from baukasten_survey.cells.shown import MISSING, UNASKED, Crossing, Table, routed
from baukasten_survey.results.scheme import Counted, Form, Scheme
from baukasten_survey.results.tallies import Tally

RANKED, PARTLY = "ranked", "partly"
Dumped = dict[str, Any]


@dataclass(slots=True)
class Ranks:
    """How options of a ranking were placed by those who placed them all."""

    size: int
    places: dict[str, list[int]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, value: Any, *, unasked: bool) -> None:
        """Count one answer."""
        if unasked:
            self.counts[UNASKED] += 1
        elif not isinstance(value, list) or not value:
            self.counts[MISSING] += 1
        elif len(value) < self.size:
            self.counts[PARTLY] += 1
        else:
            self.counts[RANKED] += 1
            for place, option in enumerate(value):
                self.places.setdefault(option, [0] * self.size)[place] += 1


def allowed(scheme: Scheme, pairs: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """Give those of the chosen pairs that a version may tell: none where its conditions make a circle of them."""
    fitting = [
        pair
        for pair in pairs
        if all(code in scheme.counted and scheme.counted[code].crosses for code in pair)
    ]
    try:
        check_pairs(scheme, fitting)
    except Circle:
        return []
    return fitting


def check_pairs(scheme: Scheme, pairs: Sequence[Sequence[str]]) -> None:
    """Refuse pairs that go round in a circle, also by way of conditions; raises Circle."""
    routes = [(one.decided_by, code) for code, one in scheme.counted.items() if one.decided_by]
    check(Plan(crossings=[(row, column) for row, column in pairs], routes=routes))


def tables(
    scheme: Scheme,
    tally: Tally,
    rankings: Mapping[str, Ranks],
    pairs_counted: Mapping[tuple[int, str, str], int],
    pairs: Sequence[Sequence[str]],
    k: int,
) -> Dumped:
    """Protect all counts of a freeze together, ready to be stored; ``pairs`` as ``allowed`` gives them."""
    whole: dict[str, Table] = {}
    found: Dumped = {"tables": {}, "ranks": {}, "crossings": []}
    for code, one in scheme.counted.items():
        deciding = [whole[one.decided_by]] if one.decided_by else []
        parts = [""] if one.form is Form.RANKING else (one.asked.parts or [""])
        protected = {part: routed(_table(one, tally, rankings, part, k), deciding) for part in parts}
        if "" in protected:
            whole[code] = protected[""]
        found["tables"][code] = [[part, table.dump()] for part, table in protected.items()]
        if one.form is Form.RANKING:
            order = _ranking(one, rankings[code], protected[""], k)
            found["ranks"][code] = order.dump() if order else None
    for at, (row, column) in enumerate(pairs):
        rows, columns = whole[row], whole[column]
        counts = {(a, b): pairs_counted.get((at, a, b), 0) for a in rows.cells for b in columns.cells}
        crossing = crossed.protect(counts, rows, columns) or Crossing(rows, columns, {})
        found["crossings"].append([row, column, crossing.dump()])
    return found


def _table(one: Counted, tally: Tally, rankings: Mapping[str, Ranks], part: str, k: int) -> Table:
    code = one.question.code
    if one.form is Form.RANKING:
        counts = {key: rankings[code].counts[key] for key in (RANKED, PARTLY, UNASKED, MISSING)}
        return single.protect(_asked(one, counts), k=k)
    counts = tally.of(code, one.names, part)
    # Asked or not: the classes are the same in all freezes, or they would not add up.
    counts = _asked(one, {**counts, UNASKED: counts.get(UNASKED, 0), MISSING: counts[MISSING]})
    if one.form is Form.LIST:
        alone = [option.code for option in one.question.options if option.exclusive]
        least, most = (one.question.min_answers or 1, one.question.max_answers) if not part else (1, None)
        return choices.protect(counts, tally.people, alone=alone, least=least, most=most, k=k)
    # Classes that the questionnaire does not know, as old imports bring them, count as no answer.
    counts[MISSING] = tally.people - sum(number for key, number in counts.items() if key != MISSING)
    return single.protect(counts, k=k)


def _asked(one: Counted, counts: dict[str, int]) -> dict[str, int]:
    return counts if one.decided_by else {key: number for key, number in counts.items() if key != UNASKED}


def _ranking(one: Counted, ranks: Ranks, table: Table, k: int) -> Crossing | None:
    """Protect the places that options were given, by those who placed all; nothing where their number is not told."""
    people = table.cells[RANKED].count
    if not people:
        return None
    none = [0] * ranks.size
    return ranked.protect({option: ranks.places.get(option, none) for option in one.asked.parts}, people, k=k)
