"""Thirty-seven answers, published as they arrive: what somebody who keeps everything finds out about few people."""

import random
from collections import Counter

import pytest

from baukasten_survey.cells import choices, crossed, rows, single
from baukasten_survey.cells.shown import MISSING, Cell, State, Table, due, shown
from tests.survey.cells.attacking import Puzzle

K, PEOPLE = 5, 37
AGES, OPTIONS, WISHES = ["young", "middle", "old"], ["a", "b", "c", "d"], ["w1", "w2", "w3"]
SMALL = set(range(1, K))


def _responses(seed):
    """Give 37 answers in their order, one combination rare: one to three old people who chose d."""
    dice = random.Random(seed)  # noqa: S311 - fixed, to fail again alike
    weights = [[6, 5, 3], [9, 7, 4, 0]]
    rare = dice.randint(1, 3)
    found = [{"age": "old", "q": "d", "wishes": ["w1"]}] * rare
    while len(found) < PEOPLE:
        age, answer = (
            dice.choices(AGES, weights[0])[0],
            dice.choices([*OPTIONS[:3], MISSING], [*weights[1][:3], 1])[0],
        )
        wishes = [one for one, share in zip(WISHES, (0.7, 0.4, 0.1), strict=True) if dice.random() < share]
        found.append({"age": age, "q": answer, "wishes": wishes})
    dice.shuffle(found)
    return found


def _count(responses, question, classes):
    counted = Counter(one[question] for one in responses)
    return {key: counted[key] for key in [*classes, MISSING]}


def _layer(responses):
    """Freeze some responses: everything that the layer lets out of them."""
    ages, answers = _count(responses, "age", AGES), _count(responses, "q", OPTIONS)
    wished = {key: sum(key in one["wishes"] for one in responses) for key in WISHES}
    wished[MISSING] = sum(not one["wishes"] for one in responses)
    age, answer = single.protect(ages, k=K), single.protect(answers, k=K)
    pairs: Counter[tuple[str, ...]] = Counter((one["age"], one["q"]) for one in responses)
    combined = rows.combine(pairs, ["age", "q"], {"age": age, "q": answer})
    return {
        "age": age,
        "q": answer,
        "wishes": choices.protect(wished, len(responses), k=K),
        "crossing": crossed.protect(Counter((one["age"], one["q"]) for one in responses), age, answer),
        "file": combined,
    }


def _naive(responses):
    """Hide small cells and nothing else."""
    found = {}
    for question, classes in (("age", AGES), ("q", OPTIONS)):
        counts = _count(responses, question, classes)
        cells = {key: Cell(State.SMALL) if 0 < n < K else shown(n) for key, n in counts.items()}
        found[question] = Table(len(responses), K, cells)
    return found


def _learn(puzzle, names, table, people):
    """Tell the solver what a table says of numbers."""
    for key, cell in table.cells.items():
        if cell.count is not None:
            puzzle.know(names[key], cell.count)
        elif cell.state is State.SMALL:
            slack = puzzle.unknown(1, K - 1)
            minus = puzzle.unknown(-people, 0)
            puzzle.know([slack, minus], 0)
            puzzle.know([*names[key], minus], 0)
    puzzle.know([one for members in names.values() for one in members], people)


def _days(dice, smallest):
    """Cut 37 answers into days."""
    days, at = [], 0
    while at < PEOPLE:
        following = min(PEOPLE, at + dice.randint(smallest, smallest + 8))
        days.append((at, PEOPLE if PEOPLE - following < smallest else following))
        at = days[-1][1]
    return days


def _attack_freezes(seed):
    """Give, for each day's table, each small number and what the layer leaves open for it."""
    responses, dice = _responses(seed), random.Random(seed + 1)  # noqa: S311 - as above
    found = []
    for begin, end in _days(dice, K):
        part = responses[begin:end]
        out = _layer(part)
        puzzle, pairs = Puzzle(), {}
        for age in [*AGES, MISSING]:
            for answer in [*OPTIONS, MISSING]:
                pairs[age, answer] = [puzzle.unknown(0, len(part))]
        ages = {age: [pairs[age, q][0] for q in [*OPTIONS, MISSING]] for age in [*AGES, MISSING]}
        answers = {q: [pairs[age, q][0] for age in [*AGES, MISSING]] for q in [*OPTIONS, MISSING]}
        _learn(puzzle, ages, out["age"], len(part))
        _learn(puzzle, answers, out["q"], len(part))
        truth = Counter((one["age"], one["q"]) for one in part)
        _learn_crossing(puzzle, pairs, out["crossing"], len(part))
        for place, (name,) in pairs.items():
            if truth[place] in SMALL:
                found.append((truth[place], puzzle.values(name, K)))
    return found


def _learn_crossing(puzzle, pairs, crossing, people):
    if crossing is None:
        return
    told = [{place[side] for place in crossing.cells} for side in (0, 1)]
    for (row, column), cell in crossing.cells.items():
        members = [
            names[0]
            for (age, answer), names in pairs.items()
            if (age == row or (row not in {*AGES, MISSING} and age not in told[0]))
            and (answer == column or (column not in {*OPTIONS, MISSING} and answer not in told[1]))
        ]
        if cell.count is not None:
            puzzle.know(members, cell.count)


def _attack_naive(seed):
    """Give the same for daily figures in which only small cells are left out."""
    responses, found, classes = _responses(seed), [], [*OPTIONS, MISSING]
    for day in range(1, PEOPLE + 1):
        puzzle = Puzzle()
        names = {q: [puzzle.unknown(0, day)] for q in classes}
        _learn(puzzle, names, _naive(responses[:day])["q"], day)
        for q in classes:
            true = sum(one["q"] == q for one in responses[:day])
            if true in SMALL:
                found.append((true, puzzle.values(names[q][0], K)))
    return found


def _told(found):
    """Count small numbers for which the attacker has fewer than k - 1 values left."""
    return sum(len(possible) < K - 1 for _, possible in found)


@pytest.mark.parametrize("seed", range(12))
def test_the_layer_gives_no_small_number_away(seed):
    found = _attack_freezes(seed)
    assert found
    assert _told(found) == 0


@pytest.mark.soak
@pytest.mark.parametrize("start", range(20))
def test_the_layer_gives_no_small_number_away_in_many_worlds(start):
    for seed in range(1_000 + 50 * start, 1_050 + 50 * start):
        assert _told(_attack_freezes(seed)) == 0, seed


def test_the_same_attacker_takes_daily_figures_apart_that_only_leave_small_cells_out():
    assert sum(_told(_attack_naive(seed)) > 0 for seed in range(20)) >= 15


@pytest.mark.parametrize("seed", range(40))
def test_no_small_number_stands_in_anything_that_leaves(seed):
    for part in (_responses(seed), _responses(seed)[:20]):
        out = _layer(part)
        told = [cell.count for one in ("age", "q", "wishes") for cell in out[one].cells.values()]
        if out["crossing"] is not None:
            told += [cell.count for cell in out["crossing"].cells.values()]
        told += out["file"].rows.values()
        assert not SMALL & set(told)
        assert not SMALL & {
            len(part) - cell.count for cell in out["wishes"].cells.values() if cell.count is not None
        }


def test_the_file_holds_everybody_or_nobody():
    for seed in range(40):
        out = _layer(_responses(seed))["file"]
        assert sum(out.rows.values()) in {0, PEOPLE}
        assert all(number >= K for number in out.rows.values())


def test_what_a_day_adds_is_a_table_of_its_own():
    one = single.protect({"a": 30, "b": 10, "c": 2, MISSING: 8})
    two = single.protect({"a": 30, "b": 2, "c": 9, MISSING: 9})
    both = one + two
    assert both.cells["a"] == shown(60)
    assert (both.cells["b"].state, both.cells["b"].known) == (State.HELD, 10)
    assert (both.cells["c"].state, both.cells["c"].known) == (State.HELD, 9)
    assert (both.people, both.base) == (100, 79)
    assert Table.load(both.dump()) == both


def test_small_stays_true_only_beside_nobody():
    small = single.protect({"a": 30, "b": 2, MISSING: 9})
    nobody = single.protect({"a": 30, "b": 0, MISSING: 9})
    assert (small + nobody).cells["b"].state is State.SMALL
    assert (small + small).cells["b"].state is State.HELD


def test_other_questions_do_not_add_up():
    with pytest.raises(ValueError, match="different questions"):
        single.protect({"a": 9}) + single.protect({"b": 9})


@pytest.mark.parametrize(
    ("new", "before", "said"), [(49, 0, False), (50, 0, True), (60, 400, False), (100, 400, True)]
)
def test_figures_are_frozen_in_large_steps(new, before, said):
    assert due(new, before, k=5) is said
