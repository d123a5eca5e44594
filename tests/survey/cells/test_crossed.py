"""Cross-tables, against a solver that knows all margins, and the tree rule against all tables there are."""

import random
from collections import Counter, defaultdict
from itertools import combinations, product

import pytest

from baukasten_survey.cells import crossed, rows, single
from baukasten_survey.cells.flow import Hidden, bounds
from baukasten_survey.cells.plan import Circle, Plan, check, possible
from baukasten_survey.cells.shown import (
    HELD,
    MISSING,
    SMALL,
    TOGETHER,
    Crossing,
    State,
    openly,
    shown,
)
from baukasten_survey.statistics.crossing import chi_squared
from tests.survey.cells.attacking import Puzzle, compositions


def _table(dice, rows, columns, most):
    heavy = [dice.random() ** 3 for _ in range(columns)]
    return {
        (f"r{i}", f"c{j}"): int(most * heavy[j] * dice.random()) for i in range(rows) for j in range(columns)
    }


def _margins(counts, k):
    rows: Counter[str] = Counter()
    columns: Counter[str] = Counter()
    for (row, column), number in counts.items():
        rows[row] += number
        columns[column] += number
    return single.protect(rows, k=k), single.protect(columns, k=k)


def solve(crossing, merged, k):
    """Give for each hidden cell the values that margins and states leave it."""
    puzzle, names = Puzzle(), {}
    for place, cell in crossing.cells.items():
        limits = {State.SMALL: (1, k - 1), State.HELD: (k, 10_000)}.get(cell.state, (cell.known, cell.known))
        names[place] = puzzle.unknown(*limits)
    for side in (0, 1):
        for key in {place[side] for place in names}:
            members = [place for place in names if place[side] == key]
            puzzle.know([names[one] for one in members], sum(merged[one] for one in members))
    return {
        place: puzzle.values(names[place], k)
        for place, cell in crossing.cells.items()
        if cell.state is State.SMALL
    }


def attack(seed, k):
    """Protect a random table and give what a solver finds out about its small cells."""
    dice = random.Random(seed)  # noqa: S311 - fixed, to fail again alike
    counts = _table(dice, dice.randint(2, 4), dice.randint(2, 4), dice.choice([10, 40, 200]))
    rows, columns = _margins(counts, k)
    crossing = crossed.protect(counts, rows, columns)
    if crossing is None:
        return None
    told = [{place[side] for place in crossing.cells} for side in (0, 1)]
    merged: Counter[tuple[str, str]] = Counter()
    for (row, column), number in counts.items():
        merged[row if row in told[0] else TOGETHER, column if column in told[1] else TOGETHER] += number
    assert {p: c.count for p, c in crossing.cells.items() if c.count is not None}.items() <= merged.items()
    return solve(crossing, merged, k)


@pytest.mark.parametrize("k", [3, 5])
def test_a_solver_finds_no_small_cell(k):
    found = [attack(seed, k) for seed in range(500)]
    small = [values for one in found if one for values in one.values()]
    assert len(small) > 50
    assert all(values == set(range(1, k)) for values in small)


@pytest.mark.soak
def test_a_solver_finds_no_small_cell_for_long():
    for seed in range(20_000):
        for values in (attack(seed, 5) or {}).values():
            assert values == {1, 2, 3, 4}


def test_the_solver_finds_them_where_only_small_cells_are_hidden():
    counts = {("r", "a"): 2, ("r", "b"): 30, ("s", "a"): 20, ("s", "b"): 9}
    cells = {place: shown(n) if n >= 5 else SMALL for place, n in counts.items()}
    rows, columns = _margins(counts, 5)
    naive = Crossing(rows, columns, cells)
    assert solve(naive, counts, 5) == {("r", "a"): {2}}
    safe = crossed.protect(counts, rows, columns)
    assert safe is None or solve(safe, counts, 5) == {("r", "a"): {1, 2, 3, 4}}


def test_limits_are_those_of_a_solver():
    # Row r: 2 + 7, row s: 8 + 3; the corner may move by what its row and its column can take.
    hidden = {
        ("r", "a"): Hidden(2, 1, 4),
        ("r", "b"): Hidden(7, 5, 50),
        ("s", "a"): Hidden(8, 5, 50),
        ("s", "b"): Hidden(3, 1, 4),
    }
    assert bounds(hidden, ("r", "a")) == (1, 3)
    assert bounds(hidden, ("s", "b")) == (2, 4)
    assert bounds({("r", "a"): Hidden(2, 1, 4)}, ("r", "a")) == (2, 2)


def _full():
    counts = {
        ("r", "a"): 20,
        ("r", "b"): 30,
        ("r", MISSING): 6,
        ("s", "a"): 25,
        ("s", "b"): 0,
        ("s", MISSING): 8,
    }
    return counts, *_margins(counts, 5)


def test_a_table_without_small_cells_is_whole_and_gives_chi_squared():
    crossing = crossed.protect(*_full())
    assert crossing is not None
    assert crossing.whole
    assert crossing.counts() == [[20, 30, 6], [25, 0, 8]]
    assert chi_squared(crossing.counts()) is not None
    row = crossing.row("r")
    assert row is not None
    assert (row.people, row.base, row.share("a")) == (56, 50, 0.4)
    assert Crossing.load(crossing.dump()) == crossing


def test_what_a_margin_hides_a_row_does_not_show():
    counts = {(row, column): 30 for row in "rst" for column in "ab"} | {("t", "a"): 1, ("t", "b"): 1}
    rows, columns = _margins(counts, 5)
    crossing = crossed.protect(counts, rows, columns)
    assert crossing is not None
    assert {row for row, _ in crossing.cells} == {"r", TOGETHER}
    assert (crossing.row("t"), crossing.row("s"), crossing.row("nowhere")) == (None, None, None)


def test_a_row_of_nothing_but_small_cells_joins_its_neighbour():
    counts = {(row, column): 30 for row in "rst" for column in "abc"}
    counts |= {("u", "a"): 2, ("u", "b"): 2, ("u", "c"): 2}
    crossing = crossed.protect(counts, *_margins(counts, 5))
    assert crossing is not None
    assert {row for row, _ in crossing.cells} == {"r", "s", TOGETHER}
    assert crossing.row("u") is None
    assert crossing.whole


def test_figures_come_of_whole_tables():
    crossing = Crossing(openly({}, 0), openly({}, 0), {("r", "a"): SMALL})
    with pytest.raises(ValueError, match="whole"):
        crossing.counts()


def test_tables_of_two_freezes_add_up_and_keep_what_is_held():
    counts, rows, columns = _full()
    one = crossed.protect(counts, rows, columns)
    assert one is not None
    two = Crossing(rows, columns, {**one.cells, ("r", "a"): HELD})
    both = one + two
    assert both.cells["r", "b"] == shown(60)
    assert (both.cells["r", "a"].state, both.cells["r", "a"].known) == (State.HELD, 20)


def test_counts_have_to_fit_their_margins():
    counts, rows, columns = _full()
    with pytest.raises(ValueError, match="adds up"):
        crossed.protect(counts | {("r", "a"): 21}, rows, columns)
    with pytest.raises(ValueError, match="classes"):
        crossed.protect(counts | {("x", "a"): 0}, rows, columns)


# Three questions with two options each: eight kinds of people, all tables of 12 people, k = 3.
KINDS = list(product("01", repeat=3))


def _seen(world, pairs):
    """Give the pair tables of a world, nothing where one has a small cell."""
    tables = []
    for one, other in pairs:
        sums: Counter[tuple[str, ...]] = Counter()
        for kind, number in zip(KINDS, world, strict=True):
            sums[kind[one], kind[other]] += number
        if any(0 < number < 3 for number in sums.values()):
            return None
        tables.append(tuple(sums[pair] for pair in product("01", repeat=2)))
    return tuple(tables)


def _recognised(pairs):
    """Count small groups, of any three answers, of which everybody could tell from the tables that they are small."""
    alike = defaultdict(list)
    for world in compositions(12, 8):
        if seen := _seen(world, pairs):
            alike[seen].append(world)
    return sum(
        0 < max(sum(world[place] for place in group) for world in worlds) < 3
        for worlds in alike.values()
        for size in (1, 2, 3)
        for group in combinations(range(8), size)
    )


def test_tables_in_a_tree_show_no_small_group_of_three_answers_and_tables_in_a_circle_do():
    assert _recognised([(0, 1), (0, 2)]) == 0
    assert _recognised([(0, 1), (0, 2), (1, 2)]) > 0


def test_plans_are_trees():
    check(Plan([("age", "q1"), ("age", "q2"), ("part", "q3"), ("age", "q1"), ("q2", "age")]))
    with pytest.raises(Circle, match="circle"):
        check(Plan([("age", "q1"), ("age", "q2"), ("q1", "q2")]))
    with pytest.raises(Circle):
        check(Plan([("age", "age")]))


def test_questions_that_decide_others_are_tied_to_them():
    check(Plan([("age", "q1")], routes=[("q1", "q2")]))
    with pytest.raises(Circle):
        check(Plan([("age", "q1"), ("age", "q2")], routes=[("q1", "q2")]))


def test_open_data_are_one_large_table():
    check(Plan([("age", "part"), ("age", "q1")], ["age", "part"]))
    with pytest.raises(Circle):
        check(Plan([("age", "q1"), ("part", "q1")], ["age", "part"]))


def test_a_circle_around_a_column_that_the_file_leaves_out_is_none_of_its_tables():
    """No pair of these three questions holds a group below five, and yet they tell that two said no to all."""
    people = {"nnn": 2, "yny": 5, "nyy": 5, "ynn": 6, "nyn": 6, "nny": 6}
    tables = {code: single.protect({"y": 15, "n": 15}) for code in ("age", "part", "q")}
    counted = {tuple(one): number for one, number in people.items()}
    file = rows.combine(counted, ["age", "part", "q"], tables)
    assert (file.columns, file.left_out) == (["age", "part"], ["q"])
    with pytest.raises(Circle):
        check(Plan([("age", "q"), ("part", "q")], ["age", "part", "q"]))
    check(Plan([("age", "part"), ("age", "q")], ["age", "part", "q"]))


def test_what_a_plan_still_takes():
    plan = Plan([("age", "q1"), ("age", "q2")])
    assert possible(plan, [("age", "q3"), ("q1", "q2"), ("part", "q1")]) == [("age", "q3"), ("part", "q1")]
