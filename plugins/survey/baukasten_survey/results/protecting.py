"""One freeze: counts of people become tables that may be read by everybody, and nothing else is kept of them."""

from collections.abc import Mapping
from typing import Any

from baukasten_survey.cells import averages, choices, crossed, ranked, rows, single, spots
from baukasten_survey.cells.plan import Circle, Plan, check
from baukasten_survey.cells.shown import MISSING, UNASKED, Crossing, Table, routed
from baukasten_survey.definition.renaming import Names
from baukasten_survey.keys import Shape
from baukasten_survey.results.counting import PARTLY, RANKED, Chosen, Count
from baukasten_survey.results.scheme import Counted, Form, Scheme, ends_of

Dumped = dict[str, Any]
MOST_SHAPES = 20
"""What ``answers.checking`` takes on a map."""


def allowed(scheme: Scheme, wanted: Chosen, names: Names, version: int) -> Chosen:
    """Give what of the chosen a version may tell, in its own codes: nothing where its conditions make a circle."""
    own = {names.code(code, version): code for code, one in scheme.counted.items() if one.crosses}
    known = [[own.get(names.code(code)) for code in pair] for pair in wanted.pairs]
    pairs = [(row, column) for row, column in known if row is not None and column is not None]
    columns = [own[now] for code in wanted.columns if (now := names.code(code)) in own]
    found = Chosen(list(dict.fromkeys(pairs)), list(dict.fromkeys(columns)))
    try:
        check_chosen(scheme, found)
    except Circle:
        return Chosen()
    return found


def check_chosen(scheme: Scheme, chosen: Chosen) -> None:
    """Refuse pairs and columns that go round in a circle, also by way of conditions; raises Circle."""
    routes = [(one.decided_by, code) for code, one in scheme.counted.items() if one.decided_by]
    check(Plan(crossings=chosen.pairs, open_data=chosen.columns, routes=routes))


def tables(scheme: Scheme, counted: Count, chosen: Chosen, k: int) -> Dumped:
    """Protect all counts of a freeze together, ready to be stored; ``chosen`` as ``allowed`` gives it."""
    whole: dict[str, Table] = {}
    found: Dumped = {"tables": {}, "ranks": {}, "crossings": [], "averages": {}, "edges": {}, "spots": {}}
    for code, one in scheme.counted.items():
        deciding = [whole[one.decided_by]] if one.decided_by else []
        parts = [""] if one.form is Form.RANKING else (one.asked.parts or [""])
        protected = {part: routed(_table(one, counted, part, k), deciding) for part in parts}
        if "" in protected:
            whole[code] = protected[""]
        found["tables"][code] = [[part, table.dump()] for part, table in protected.items()]
        if one.form is Form.RANKING:
            order = _ranking(one, counted, protected[""], k)
            found["ranks"][code] = order.dump() if order else None
        if code in counted.sums:
            mean = averages.average(protected[""], ends_of(one.question), counted.sums[code])
            found["averages"][code] = mean.dump() if mean else None
            found["edges"][code] = [one.question.minimum, *one.asked.edges, one.question.maximum]
        if code in counted.pointed:
            told = spots.protect(counted.pointed[code], protected[""], most=_most(one))
            found["spots"][code] = told.dump()
    for row, column in chosen.pairs:
        crossing = _crossing(counted.crossed[row, column], whole[row], whole[column])
        found["crossings"].append([row, column, crossing.dump()])
    if chosen.columns:
        found["open"] = rows.combine(counted.together, chosen.columns, whole).dump()
    return found


def _crossing(counted: Mapping[tuple[str, str], int], across: Table, down: Table) -> Crossing:
    counts = {(a, b): counted.get((a, b), 0) for a in across.cells for b in down.cells}
    return crossed.protect(counts, across, down) or Crossing(across, down, {})


def _most(one: Counted) -> int | None:
    """Give in how many squares of a map one person can be, where each shape is one point."""
    points = set(one.question.shapes) <= {Shape.POINT}
    return min(one.question.max_answers or MOST_SHAPES, MOST_SHAPES) if points else None


def _table(one: Counted, counted: Count, part: str, k: int) -> Table:
    code, tally = one.question.code, counted.tally
    if one.form is Form.RANKING:
        counts = {key: counted.rankings[code].counts[key] for key in (RANKED, PARTLY, UNASKED, MISSING)}
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


def _ranking(one: Counted, counted: Count, table: Table, k: int) -> Crossing | None:
    """Protect the places that options were given, by those who placed all; nothing where their number is not told."""
    ranks, people = counted.rankings[one.question.code], table.cells[RANKED].count
    if not people:
        return None
    none = [0] * ranks.size
    return ranked.protect({option: ranks.places.get(option, none) for option in one.asked.parts}, people, k=k)
