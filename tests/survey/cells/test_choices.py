"""Lists of choices, against a reader who tries every way in which people may have chosen."""

from collections import defaultdict
from itertools import combinations

import pytest

from baukasten_survey.cells import choices
from baukasten_survey.cells.shown import HELD, MISSING, SMALL, State, shown
from tests.survey.cells.attacking import compositions


def _worlds(people, options, alone, least, most):
    """Give the counts of all ways in which people may have chosen, each once."""
    together = [one for one in options if one not in alone]
    lists = [c for size in range(least, (most or len(together)) + 1) for c in combinations(together, size)]
    patterns = [*lists, *((one,) for one in alone), (MISSING,)]
    worlds = set()
    for numbers in compositions(people, len(patterns)):
        counts = dict.fromkeys([*options, MISSING], 0)
        for pattern, number in zip(patterns, numbers, strict=True):
            for option in pattern:
                counts[option] += number
        worlds.add(tuple(counts.values()))
    return worlds


@pytest.mark.parametrize(
    ("people", "options", "alone", "least", "most"),
    [
        (14, "ab", "", 1, None),
        (19, "ab", "", 1, None),
        (12, "abx", "x", 1, None),
        (16, "abx", "x", 1, None),
        (13, "abc", "", 1, None),
        (15, "abc", "", 1, 2),
        (18, "abc", "", 2, 2),
        (21, "abc", "", 2, 2),
        (16, "abc", "", 2, None),
    ],
)
def test_no_small_choice_nor_its_opposite_can_be_told(people, options, alone, least, most):
    k, alike = 3, defaultdict(list)
    names = [*options, MISSING]
    for counts in _worlds(people, options, alone, least, most):
        chosen = dict(zip(names, counts, strict=True))
        table = choices.protect(chosen, people, alone=alone, least=least, most=most, k=k)
        alike[str(table.dump())].append((counts, table))
    small = set(range(1, k))
    for group in alike.values():
        for place, name in enumerate(names):
            possible = {counts[place] for counts, _ in group}
            if group[0][1].cells[name].state is State.SMALL:
                assert possible == small
            assert not possible < small, (name, possible, group[0])
            assert not {people - n for n in possible} < small, (name, possible, group[0])


def test_shares_are_shares_of_those_who_answered():
    table = choices.protect({"a": 80, "b": 50, MISSING: 10}, 110)
    assert table.cells == {"a": shown(80), "b": shown(50), MISSING: shown(10)}
    assert table.share("a") == 0.8


def test_a_rare_choice_hides_alone_where_others_overlap():
    table = choices.protect({"a": 80, "b": 50, "c": 2, MISSING: 0}, 100)
    assert table.cells["c"] == SMALL
    assert table.cells["a"] == shown(80)


def test_what_nearly_all_chose_is_held_back():
    assert choices.protect({"a": 98, "b": 50, MISSING: 0}, 100).cells["a"] == HELD


def test_more_choices_than_people():
    with pytest.raises(ValueError, match="more choices"):
        choices.protect({"a": 3, MISSING: 0}, 2)
